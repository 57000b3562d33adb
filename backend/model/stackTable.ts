/**
 * Call stacks and what their frames are called, as columns: what a reader makes of a profile's bytes and what the store
 * answers when it is asked for stacks. Everything refers to everything else by index; an index is never out of range
 * (assertProfileIntegrity walks it).
 */

/** Text that stays bytes until somebody draws it. String 0 is always ''. */
export interface StringTable {
  readonly bytes: Uint8Array;
  /** String i is bytes[starts[i], ends[i]), valid UTF-8. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Mapping 0 is "none": empty file, empty build id, zeros. */
export interface MappingColumns {
  readonly count: number;
  /** String indexes. */
  readonly file: Uint32Array;
  readonly buildId: Uint32Array;
  readonly start: BigUint64Array;
  readonly limit: BigUint64Array;
  readonly offset: BigUint64Array;
}

export interface FunctionColumns {
  readonly count: number;
  /** String indexes. */
  readonly name: Uint32Array;
  readonly systemName: Uint32Array;
  readonly file: Uint32Array;
  /** Line in the file, 0 when unknown. Int32 because some senders write -1. */
  readonly startLine: Int32Array;
  /** Indexes into frameTypeNames; left out when the sender says none, and in what the store answers. */
  readonly frameType?: Uint8Array;
}

export interface LocationColumns {
  readonly count: number;
  /** Mapping index, 0 for none. */
  readonly mapping: Uint32Array;
  readonly address: BigUint64Array;
  /** Lines of location i are [lineStart[i], lineStart[i + 1]); the first is the innermost inlined call. None: no symbols. */
  readonly lineStart: Uint32Array;
  readonly lineFunction: Uint32Array;
  readonly lineNumber: Int32Array;
  readonly lineColumn: Int32Array;
}

export interface StackTable {
  readonly strings: StringTable;
  readonly mappings: MappingColumns;
  readonly functions: FunctionColumns;
  readonly locations: LocationColumns;
  readonly stackCount: number;
  /** Locations of stack i are stackLocations[stackStart[i] .. stackStart[i + 1]), the leaf first. */
  readonly stackStart: Uint32Array;
  readonly stackLocations: Uint32Array;
}

const decoder = new TextDecoder();

export function textAt(strings: StringTable, index: number): string {
  return decoder.decode(strings.bytes.subarray(strings.starts[index], strings.ends[index]));
}
