/**
 * The tables of a pprof: strings, mappings, functions, locations.
 *
 * Errors: InputError invalid_argument with the byte offset, worded as Pyroscope's where it has the same check.
 * Source: github.com/google/pprof/proto/profile.proto; reference pyroscope-api 3.6.
 */
import { isUtf8 } from 'node:buffer';
import type { FunctionColumns, LocationColumns, MappingColumns, StringTable } from '../../model/stackTable.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import { IdTable } from './idTable.ts';
import type { ProtoCursor } from '../protoCursor.ts';

/** Where each message of one kind begins and ends. */
export interface Spans {
  readonly starts: Uint32Array;
  readonly stops: Uint32Array;
}

export function readStrings(cursor: ProtoCursor, { starts, stops }: Spans): StringTable {
  const { bytes } = cursor;
  if (starts.length === 0) return { bytes, starts: new Uint32Array(1), ends: new Uint32Array(1) };
  if (starts[0] !== stops[0]) throw cursor.malformed(starts[0] ?? 0, 'string 0 should be empty string');
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    const stop = stops[i] ?? 0;
    let at = start;
    while (at < stop && (bytes[at] ?? 0) < 0x80) at++;
    if (at === stop) continue;
    const text = bytes.subarray(start, stop);
    if (!isUtf8(text)) {
      const hex = Buffer.from(text.subarray(0, 64)).toString('hex');
      throw cursor.malformed(start, `invalid utf8 string hex: ${hex} (string ${i} is not valid UTF-8)`);
    }
  }
  return { bytes, starts, ends: stops };
}

/** Throws when the cursor's varint is not an index into the string table. */
export function stringIndex(cursor: ProtoCursor, strings: StringTable, what: string): number {
  const index = cursor.index();
  if (index >= strings.starts.length) throw cursor.malformed(cursor.at, `${what} string index out of range`);
  return index;
}

export interface Mappings {
  /** Entry 0 is "none"; place p of the table is entry p + 1. */
  readonly columns: MappingColumns;
  readonly ids: IdTable;
}

export function readMappings(cursor: ProtoCursor, { starts, stops }: Spans, strings: StringTable): Mappings {
  const count = starts.length + 1;
  const columns = {
    count,
    file: new Uint32Array(count),
    buildId: new Uint32Array(count),
    start: new BigUint64Array(count),
    limit: new BigUint64Array(count),
    offset: new BigUint64Array(count),
  };
  const ids = new IdTable(starts.length);
  for (let i = 0; i < starts.length; i++) {
    cursor.enter(starts[i] ?? 0, stops[i] ?? 0);
    let low = 0;
    let high = 0;
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) ({ low, high } = cursor);
      else if (cursor.field === 2) columns.start[i + 1] = cursor.uint64();
      else if (cursor.field === 3) columns.limit[i + 1] = cursor.uint64();
      else if (cursor.field === 4) columns.offset[i + 1] = cursor.uint64();
      else if (cursor.field === 5) columns.file[i + 1] = stringIndex(cursor, strings, 'mapping file name');
      else if (cursor.field === 6) columns.buildId[i + 1] = stringIndex(cursor, strings, 'mapping build id');
    }
    if (low === 0 && high === 0) throw cursor.malformed(starts[i] ?? 0, 'mapping id is 0');
    ids.add(low, high);
  }
  return { columns, ids };
}

export interface Functions {
  readonly columns: FunctionColumns;
  readonly ids: IdTable;
}

export function readFunctions(cursor: ProtoCursor, { starts, stops }: Spans, strings: StringTable): Functions {
  const count = starts.length;
  const columns = {
    count,
    name: new Uint32Array(count),
    systemName: new Uint32Array(count),
    file: new Uint32Array(count),
    startLine: new Int32Array(count),
  };
  const ids = new IdTable(count);
  for (let i = 0; i < count; i++) {
    cursor.enter(starts[i] ?? 0, stops[i] ?? 0);
    let low = 0;
    let high = 0;
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) ({ low, high } = cursor);
      else if (cursor.field === 2) columns.name[i] = stringIndex(cursor, strings, 'function name');
      else if (cursor.field === 3) columns.systemName[i] = stringIndex(cursor, strings, 'function system name');
      else if (cursor.field === 4) columns.file[i] = stringIndex(cursor, strings, 'function file name');
      else if (cursor.field === 5) columns.startLine[i] = cursor.int32();
    }
    if (low === 0 && high === 0) throw cursor.malformed(starts[i] ?? 0, 'function id is 0');
    ids.add(low, high);
  }
  return { columns, ids };
}

export interface Locations {
  readonly columns: LocationColumns;
  readonly ids: IdTable;
}

export function readLocations(
  cursor: ProtoCursor,
  { starts, stops }: Spans,
  mappings: Mappings,
  functions: Functions,
): Locations {
  const count = starts.length;
  const mapping = new Uint32Array(count);
  const address = new BigUint64Array(count);
  const lineStart = new Uint32Array(count + 1);
  const lines = new LineColumns(count);
  const ids = new IdTable(count);
  for (let i = 0; i < count; i++) {
    const start = starts[i] ?? 0;
    cursor.enter(start, stops[i] ?? 0);
    let low = 0;
    let high = 0;
    while (cursor.next()) {
      if (cursor.field === 4 && cursor.wireType === 2) lines.read(cursor, functions.ids);
      else if (cursor.wireType !== 0) continue;
      else if (cursor.field === 1) ({ low, high } = cursor);
      else if (cursor.field === 2) mapping[i] = mappingIndex(cursor, mappings.ids);
      else if (cursor.field === 3) address[i] = cursor.uint64();
    }
    if (low === 0 && high === 0) throw cursor.malformed(start, 'location id is 0');
    ids.add(low, high);
    lineStart[i + 1] = lines.count;
  }
  return { columns: { count, mapping, address, lineStart, ...lines.finish() }, ids };
}

function mappingIndex(cursor: ProtoCursor, ids: IdTable): number {
  if (cursor.low === 0 && cursor.high === 0) return 0;
  const place = ids.find(cursor.low, cursor.high);
  if (place < 0) throw cursor.malformed(cursor.at, `location refers to mapping ${cursor.uint64()}, which is not there`);
  return place + 1;
}

class LineColumns {
  private readonly fn: GrowingUint32;
  private readonly line: GrowingUint32;
  private readonly column: GrowingUint32;

  constructor(room: number) {
    this.fn = new GrowingUint32(room);
    this.line = new GrowingUint32(room);
    this.column = new GrowingUint32(room);
  }

  get count(): number {
    return this.fn.length;
  }

  /** Reads the line that the cursor has found, and puts the cursor back behind it. */
  read(cursor: ProtoCursor, functionIds: IdTable): void {
    const { start, stop, end } = cursor;
    cursor.enter(start, stop);
    let place = -1;
    let line = 0;
    let column = 0;
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) {
        place = functionIds.find(cursor.low, cursor.high);
        if (place < 0 && (cursor.low !== 0 || cursor.high !== 0)) {
          throw cursor.malformed(start, `line refers to function ${cursor.uint64()}, which is not there`);
        }
      } else if (cursor.field === 2) line = cursor.int32();
      else if (cursor.field === 3) column = cursor.int32();
    }
    cursor.enter(stop, end);
    // A line that names no function says nothing that could be drawn.
    if (place < 0) return;
    this.fn.push(place);
    this.line.push(line);
    this.column.push(column);
  }

  finish(): Pick<LocationColumns, 'lineFunction' | 'lineNumber' | 'lineColumn'> {
    return {
      lineFunction: this.fn.finish(),
      lineNumber: new Int32Array(this.line.finish()),
      lineColumn: new Int32Array(this.column.finish()),
    };
  }
}
