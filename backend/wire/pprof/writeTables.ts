/**
 * Writes the tables of a pprof: mappings, locations, functions, strings. Each function uses rows of the tables after it, so
 * they are called in this order.
 */
import { wordsOf } from '../../model/int64Column.ts';
import type { StackTable } from '../../model/stackTable.ts';
import type { ProtoBuffer } from './protoBuffer.ts';
import { longestVarint, sizeOfField, sizeOfField64, sizeOfFieldInt32, sizeOfVarint } from './protoBuffer.ts';
import type { UsedStrings } from './usedRows.ts';
import { UsedRows } from './usedRows.ts';

export interface MappingIds {
  /** By mapping of the table; 0: none. */
  readonly ids: Uint32Array;
}

/** Flags of a mapping, as its fields 7 to 10 say them. */
const hasFunctions = 1;
const hasFilenames = 2;
const hasLineNumbers = 4;
const hasInlineFrames = 8;
const flagCount = 4;
/** Tag and length of a message, and its fields: at most five numbers of 64 bits and four flags. */
const mostHeader = 1 + longestVarint;
const mostFields = 6 * (1 + longestVarint) + 2 * flagCount;

export function writeMappings(
  out: ProtoBuffer,
  stacks: StackTable,
  locations: UsedRows,
  strings: UsedStrings,
): MappingIds {
  const { mappings } = stacks;
  const used = new UsedRows(mappings.count);
  for (let i = 0; i < locations.rows.length; i++) {
    const mapping = stacks.locations.mapping[locations.rows.at(i)] ?? 0;
    if (mapping !== 0) used.idOf(mapping);
  }
  // Tools of pprof look at a location's mapping without asking whether it has one.
  if (used.rows.length === 0 && locations.rows.length > 0) used.idOf(0);
  const flags = mappingFlags(stacks, locations);
  const start = wordsOf(mappings.start);
  const limit = wordsOf(mappings.limit);
  const offset = wordsOf(mappings.offset);
  for (let id = 1; id <= used.rows.length; id++) {
    const row = used.rows.at(id - 1);
    const low = 2 * row;
    const high = low + 1;
    const file = strings.idOf(mappings.file[row] ?? 0);
    const buildId = strings.idOf(mappings.buildId[row] ?? 0);
    const flag = flags[row] ?? 0;
    let size =
      sizeOfField(id) +
      sizeOfField64(start[low] ?? 0, start[high] ?? 0) +
      sizeOfField64(limit[low] ?? 0, limit[high] ?? 0) +
      sizeOfField64(offset[low] ?? 0, offset[high] ?? 0) +
      sizeOfField(file) +
      sizeOfField(buildId);
    for (let bit = 0; bit < flagCount; bit++) size += 2 * ((flag >>> bit) & 1);
    out.reserve(mostHeader + mostFields);
    out.tag(3, 2);
    out.varint(size);
    out.field(1, id);
    out.field64(2, start[low] ?? 0, start[high] ?? 0);
    out.field64(3, limit[low] ?? 0, limit[high] ?? 0);
    out.field64(4, offset[low] ?? 0, offset[high] ?? 0);
    out.field(5, file);
    out.field(6, buildId);
    for (let bit = 0; bit < flagCount; bit++) out.field(7 + bit, (flag >>> bit) & 1);
  }
  return used;
}

/** What is known of every written location of a mapping; pprof looks for the binary of a mapping that lacks something. */
function mappingFlags({ mappings, locations, functions }: StackTable, used: UsedRows): Uint8Array {
  const flags = new Uint8Array(mappings.count).fill(hasFunctions | hasFilenames | hasLineNumbers);
  for (let i = 0; i < used.rows.length; i++) {
    const location = used.rows.at(i);
    const mapping = locations.mapping[location] ?? 0;
    const first = locations.lineStart[location] ?? 0;
    const last = locations.lineStart[location + 1] ?? 0;
    let flag = flags[mapping] ?? 0;
    if (first === last) flag &= hasInlineFrames;
    if (last - first > 1) flag |= hasInlineFrames;
    for (let line = first; line < last; line++) {
      if (locations.lineNumber[line] === 0) flag &= ~hasLineNumbers;
      if (functions.file[locations.lineFunction[line] ?? 0] === 0) flag &= ~hasFilenames;
    }
    flags[mapping] = flag;
  }
  return flags;
}

/** The functions that the locations use. */
export function writeLocations(
  out: ProtoBuffer,
  { locations, functions }: StackTable,
  used: UsedRows,
  mappings: MappingIds,
): UsedRows {
  const usedFunctions = new UsedRows(functions.count);
  const address = wordsOf(locations.address);
  for (let id = 1; id <= used.rows.length; id++) {
    const row = used.rows.at(id - 1);
    const mapping = mappings.ids[locations.mapping[row] ?? 0] ?? 0;
    const low = address[2 * row] ?? 0;
    const high = address[2 * row + 1] ?? 0;
    const first = locations.lineStart[row] ?? 0;
    const last = locations.lineStart[row + 1] ?? 0;
    let size = sizeOfField(id) + sizeOfField(mapping) + sizeOfField64(low, high);
    for (let line = first; line < last; line++) {
      const body =
        sizeOfField(usedFunctions.idOf(locations.lineFunction[line] ?? 0)) +
        sizeOfFieldInt32(locations.lineNumber[line] ?? 0) +
        sizeOfFieldInt32(locations.lineColumn[line] ?? 0);
      size += 1 + sizeOfVarint(body) + body;
    }
    out.reserve(mostHeader + size);
    out.tag(4, 2);
    out.varint(size);
    out.field(1, id);
    out.field(2, mapping);
    out.field64(3, low, high);
    for (let line = first; line < last; line++) {
      const fn = usedFunctions.idOf(locations.lineFunction[line] ?? 0);
      const number = locations.lineNumber[line] ?? 0;
      const column = locations.lineColumn[line] ?? 0;
      out.tag(4, 2);
      out.varint(sizeOfField(fn) + sizeOfFieldInt32(number) + sizeOfFieldInt32(column));
      out.field(1, fn);
      out.fieldInt32(2, number);
      out.fieldInt32(3, column);
    }
  }
  return usedFunctions;
}

export function writeFunctions(
  out: ProtoBuffer,
  { functions }: StackTable,
  used: UsedRows,
  strings: UsedStrings,
): void {
  for (let id = 1; id <= used.rows.length; id++) {
    const row = used.rows.at(id - 1);
    const name = strings.idOf(functions.name[row] ?? 0);
    const systemName = strings.idOf(functions.systemName[row] ?? 0);
    const file = strings.idOf(functions.file[row] ?? 0);
    const startLine = functions.startLine[row] ?? 0;
    out.reserve(mostHeader + mostFields);
    out.tag(5, 2);
    out.varint(
      sizeOfField(id) + sizeOfField(name) + sizeOfField(systemName) + sizeOfField(file) + sizeOfFieldInt32(startLine),
    );
    out.field(1, id);
    out.field(2, name);
    out.field(3, systemName);
    out.field(4, file);
    out.fieldInt32(5, startLine);
  }
}

export function writeStrings(out: ProtoBuffer, { table, sources, texts }: UsedStrings): void {
  for (const source of sources) {
    const text = source < 0 ? texts[~source] : undefined;
    const bytes = text ?? table.bytes;
    const start = text === undefined ? (table.starts[source] ?? 0) : 0;
    const end = text === undefined ? (table.ends[source] ?? 0) : text.length;
    out.reserve(mostHeader + end - start);
    out.tag(6, 2);
    out.varint(end - start);
    copy(bytes, start, end, out);
  }
}

/** A loop beats set(subarray()) below a hundred bytes or so: most names. */
const longestLoop = 96;

function copy(from: Uint8Array, start: number, end: number, out: ProtoBuffer): void {
  const { bytes, at } = out;
  if (end - start > longestLoop) bytes.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) bytes[at + i - start] = from[i] ?? 0;
  out.at = at + end - start;
}
