/**
 * The dictionary of a request, as columns that all its profiles share.
 *
 * Shape:  since 1.8 row 0 of each table means "none": such locations, lines and links are left out, mapping 0 is the model's
 *         own. In 1.7 row 0 is a row like others and "none" is a field that is absent, so mappings move up by one.
 * Errors: InputError invalid_argument with the byte offset and the row: an index out of range.
 * Source: opentelemetry-proto profiles/v1development, v1.7.0 to main at 7c63f7b; reference agents-wire 2.2, 2.5.
 */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import { frameTypeNumber, FunctionTypes } from '../../model/frameType.ts';
import type { FunctionColumns, LocationColumns, MappingColumns } from '../../model/stackTable.ts';
import type { ProtoCursor } from '../protoCursor.ts';
import type { Outline, SpanList } from './outline.ts';
import { rowsOf, tableField } from './outline.ts';
import type { OtlpStrings } from './otlpStrings.ts';
import type { AttributeTable } from './readAttributes.ts';
import { attributeRole, readAttributeTable } from './readAttributes.ts';

export interface Stacks {
  readonly count: number;
  /** Locations of stack i are locations[starts[i] .. starts[i + 1]), the leaf first. */
  readonly starts: Uint32Array;
  readonly locations: Uint32Array;
}

export interface Links {
  readonly count: number;
  /** String indexes of the ids in hexadecimal, 0 for none. */
  readonly trace: Uint32Array;
  readonly span: Uint32Array;
  readonly invalidCount: number;
}

export interface Dictionary {
  readonly strings: OtlpStrings;
  readonly attributes: AttributeTable;
  readonly mappings: MappingColumns;
  readonly functions: FunctionColumns;
  readonly locations: LocationColumns;
  readonly stacks: Stacks;
  readonly links: Links;
}

export function readDictionary(cursor: ProtoCursor, outline: Outline, is17: boolean, strings: OtlpStrings): Dictionary {
  const rows = (field: number): SpanList => rowsOf(outline, field);
  const attributes = readAttributeTable(cursor, outline, is17, strings);
  const mappings = readMappings(cursor, rows(tableField.mappings), is17, strings, attributes);
  const named = readFunctions(cursor, rows(tableField.functions), strings);
  const types = new LocationTypes(strings, attributes, named.count);
  const locations = readLocations(cursor, rows(tableField.locations), is17, mappings.count, types);
  const frameType = types.ofFunctions.finish();
  const functions = { ...named, ...(frameType !== undefined && { frameType }) };
  const stacks = is17 ? noStacks : readStacks(cursor, rows(tableField.stacks), locations.count);
  const links = readLinks(cursor, rows(tableField.links), strings);
  return { strings, attributes, mappings, functions, locations, stacks, links };
}

const noStacks: Stacks = { count: 0, starts: new Uint32Array(1), locations: new Uint32Array(0) };

/** Calls `take` for each number of the repeated field that the cursor stands on, packed or not. */
export function forEachVarint(cursor: ProtoCursor, take: () => void): void {
  if (cursor.wireType === 0) take();
  else if (cursor.wireType === 2) {
    const { stop, end } = cursor;
    cursor.enter(cursor.start, stop);
    while (cursor.at < stop) {
      cursor.varint();
      take();
    }
    cursor.enter(stop, end);
  } else throw cursor.malformed(cursor.at, `field ${cursor.field} has wire type ${cursor.wireType}`);
}

/** What an id is called matters less than that there is one: GNU before Go before the hash of the file. */
const buildIdRoles: readonly number[] = [attributeRole.gnuBuildId, attributeRole.goBuildId, attributeRole.htlHash];

function readMappings(
  cursor: ProtoCursor,
  { count: rowCount, starts, stops }: SpanList,
  is17: boolean,
  strings: OtlpStrings,
  attributes: AttributeTable,
): MappingColumns {
  const shift = is17 ? 1 : 0;
  const count = Math.max(rowCount + shift, 1);
  const mappings = {
    count,
    file: new Uint32Array(count),
    buildId: new Uint32Array(count),
    start: new BigUint64Array(count),
    limit: new BigUint64Array(count),
    offset: new BigUint64Array(count),
  };
  for (let i = is17 ? 0 : 1; i < rowCount; i++) {
    const row = i + shift;
    let best = buildIdRoles.length;
    const takeAttribute = (): void => {
      const index = attributeIndex(cursor, attributes, `mapping ${i}`);
      const rank = buildIdRoles.indexOf(attributes.role[index] ?? 0);
      if (rank < 0 || rank >= best || attributes.text[index] === 0) return;
      best = rank;
      mappings.buildId[row] = attributes.text[index] ?? 0;
    };
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) {
      if (cursor.field === 5) forEachVarint(cursor, takeAttribute);
      else if (cursor.wireType !== 0) continue;
      else if (cursor.field === 1) mappings.start[row] = cursor.uint64();
      else if (cursor.field === 2) mappings.limit[row] = cursor.uint64();
      else if (cursor.field === 3) mappings.offset[row] = cursor.uint64();
      else if (cursor.field === 4) mappings.file[row] = strings.index(cursor, `mapping ${i}, file name`);
    }
  }
  return mappings;
}

export function attributeIndex(cursor: ProtoCursor, { count }: AttributeTable, what: string): number {
  const index = cursor.index();
  if (index < count || index === 0) return index;
  throw cursor.malformed(cursor.at, `${what}: attribute ${index} of ${count} in the dictionary`);
}

function readFunctions(cursor: ProtoCursor, { count, starts, stops }: SpanList, strings: OtlpStrings): FunctionColumns {
  const functions = {
    count,
    name: new Uint32Array(count),
    systemName: new Uint32Array(count),
    file: new Uint32Array(count),
    startLine: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) {
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) functions.name[i] = strings.index(cursor, `function ${i}, name`);
      else if (cursor.field === 2) functions.systemName[i] = strings.index(cursor, `function ${i}, system name`);
      else if (cursor.field === 3) functions.file[i] = strings.index(cursor, `function ${i}, file name`);
      else if (cursor.field === 4) functions.startLine[i] = cursor.int32();
    }
  }
  return functions;
}

function readLocations(
  cursor: ProtoCursor,
  { count, starts, stops }: SpanList,
  is17: boolean,
  mappingCount: number,
  types: LocationTypes,
): LocationColumns {
  const mapping = new Uint32Array(count);
  const address = new BigUint64Array(count);
  const lineStart = new Uint32Array(count + 1);
  const lines = new LineColumns(cursor, is17, types.functionCount);
  for (let i = 0; i < count; i++) {
    let type = 0;
    const takeAttribute = (): void => {
      type = types.of(cursor.index()) || type;
    };
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) {
      if (cursor.field === 3 && cursor.wireType === 2) lines.read(i);
      else if (cursor.field === (is17 ? 5 : 4)) forEachVarint(cursor, takeAttribute);
      else if (cursor.wireType !== 0) continue;
      else if (cursor.field === 2) address[i] = cursor.uint64();
      else if (cursor.field === 1) {
        const index = cursor.index() + (is17 ? 1 : 0);
        if (index >= mappingCount)
          throw cursor.malformed(cursor.at, `location ${i}: mapping ${cursor.index()}, which is not in the dictionary`);
        mapping[i] = index;
      }
    }
    lineStart[i + 1] = lines.fn.length;
    for (let line = lineStart[i] ?? 0; type > 0 && line < lines.fn.length; line++) {
      types.ofFunctions.note(lines.fn.at(line), type);
    }
  }
  return {
    count,
    mapping,
    address,
    lineStart,
    lineFunction: lines.fn.finish(),
    lineNumber: new Int32Array(lines.line.finish()),
    lineColumn: new Int32Array(lines.column.finish()),
  };
}

const frameTypeAttribute = 'profile.frame.type';

/** What locations' attributes say of the functions that they are in. */
class LocationTypes {
  readonly functionCount: number;
  readonly ofFunctions: FunctionTypes;
  private readonly types: Uint8Array;

  constructor(strings: OtlpStrings, { count, name, text }: AttributeTable, functionCount: number) {
    this.functionCount = functionCount;
    this.ofFunctions = new FunctionTypes(functionCount);
    this.types = new Uint8Array(count);
    // Few names stand in many attributes.
    const isType = new Map<number, boolean>();
    for (let i = 0; i < count; i++) {
      const key = name[i] ?? 0;
      const known = isType.get(key) ?? strings.text(key) === frameTypeAttribute;
      isType.set(key, known);
      if (known) this.types[i] = frameTypeNumber(strings.text(text[i] ?? 0));
    }
  }

  /** Nothing but a colour hangs on it, so an index that is out of range says nothing. */
  of(attribute: number): number {
    return this.types[attribute] ?? 0;
  }
}

class LineColumns {
  readonly fn = new GrowingUint32(256);
  readonly line = new GrowingUint32(256);
  readonly column = new GrowingUint32(256);
  private readonly cursor: ProtoCursor;
  private readonly is17: boolean;
  private readonly functionCount: number;

  constructor(cursor: ProtoCursor, is17: boolean, functionCount: number) {
    this.cursor = cursor;
    this.is17 = is17;
    this.functionCount = functionCount;
  }

  read(location: number): void {
    const { cursor } = this;
    const { stop, end } = cursor;
    let fn = 0;
    let line = 0;
    let column = 0;
    cursor.enter(cursor.start, stop);
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) fn = cursor.index();
      else if (cursor.field === 2) line = cursor.int32();
      else if (cursor.field === 3) column = cursor.int32();
    }
    // A line that names no function says nothing that could be drawn.
    const isNone = fn === 0 && (!this.is17 || this.functionCount === 0);
    if (!isNone) {
      if (fn >= this.functionCount)
        throw cursor.malformed(cursor.start, `location ${location}: function ${fn} of ${this.functionCount}`);
      this.fn.push(fn);
      this.line.push(line);
      this.column.push(column);
    }
    cursor.enter(stop, end);
  }
}

function readStacks(cursor: ProtoCursor, { count, starts, stops }: SpanList, locationCount: number): Stacks {
  const stackStarts = new Uint32Array(count + 1);
  const locations = new GrowingUint32(count * 16);
  for (let i = 0; i < count; i++) {
    const take = (): void => {
      const index = cursor.index();
      if (index === 0) return;
      if (index >= locationCount)
        throw cursor.malformed(cursor.at, `stack ${i}: location ${index} of ${locationCount}`);
      locations.push(index);
    };
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) if (cursor.field === 1) forEachVarint(cursor, take);
    stackStarts[i + 1] = locations.length;
  }
  return { count, starts: stackStarts, locations: locations.finish() };
}

const traceBytes = 16;
const spanBytes = 8;

function readLinks(cursor: ProtoCursor, { count, starts, stops }: SpanList, strings: OtlpStrings): Links {
  const trace = new Uint32Array(count);
  const span = new Uint32Array(count);
  let invalidCount = 0;
  const idText = (idBytes: number): number => {
    const id = cursor.bytes.subarray(cursor.start, cursor.stop);
    // All zeros, or nothing, is no id, as in W3C trace context.
    if (id.every((byte) => byte === 0)) return 0;
    if (id.length === idBytes) return strings.addText(Buffer.from(id).toString('hex'));
    invalidCount++;
    return 0;
  };
  for (let i = 0; i < count; i++) {
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) {
      if (cursor.wireType !== 2) continue;
      if (cursor.field === 1) trace[i] = idText(traceBytes);
      else if (cursor.field === 2) span[i] = idText(spanBytes);
    }
  }
  return { count, trace, span, invalidCount };
}
