/**
 * What is stored: one ProfileRecord per pushed profile, series and sample type, and the dictionary rows that its stack ids
 * need. Ids are keyed 64-bit hashes of content, so the same stack has the same id in every profile of a store.
 */
import type { Labels } from './labels.ts';
import type { UnixNanos } from './time.ts';

export interface ProfileRecord {
  /** All labels of the series, the profile type's among them. */
  readonly labels: Labels;
  readonly profileType: string;
  readonly timeNanos: UnixNanos;
  readonly durationNanos: bigint;
  readonly period: bigint;
  /** 16 bytes, the same for all records of one pushed profile and service. */
  readonly profileId: Uint8Array;
  /** Ascending; an id stands twice only under different spans. */
  readonly stackIds: BigUint64Array;
  /** Parallel to stackIds, in the unit of the profile type. */
  readonly values: BigInt64Array;
  /** Parallel to stackIds, or empty when no sample has a span. 0: no span. */
  readonly spanIds: BigUint64Array;
  /** 16 bytes for each of stackIds, or empty. All zero: no trace. */
  readonly traceIds: Uint8Array;
}

export interface StackRow {
  readonly id: bigint;
  /** Leaf first. */
  readonly locationIds: BigUint64Array;
}

/** With lines it is what the lines say; without, it is (build id, address) and its lines are looked up when asked. */
export interface LocationRow {
  readonly id: bigint;
  /** The mapping's file, as sent. */
  readonly file: string;
  readonly buildId: string;
  /** 0 for locations with lines. */
  readonly address: bigint;
  /** Where the binary was mapped when the address was taken; 0 for locations with lines. */
  readonly mappingStart: bigint;
  readonly mappingLimit: bigint;
  readonly mappingOffset: bigint;
  /** Innermost first; the three are parallel. */
  readonly functionIds: BigUint64Array;
  readonly lines: Int32Array;
  readonly columns: Int32Array;
}

export interface FunctionRow {
  readonly id: bigint;
  readonly name: string;
  readonly systemName: string;
  readonly file: string;
  readonly startLine: number;
  /** One of frameTypeNames, when its sender said it. */
  readonly frameType?: string;
}

/** Rows of one UTC day (days since 1970): a day's profiles find all that they need in that day's dictionary. */
export interface DictionaryRows {
  readonly day: number;
  readonly stacks: readonly StackRow[];
  readonly locations: readonly LocationRow[];
  readonly functions: readonly FunctionRow[];
}

export interface WriteBatch {
  readonly tenant: string;
  readonly records: readonly ProfileRecord[];
  readonly dictionary: readonly DictionaryRows[];
}
