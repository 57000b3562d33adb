/**
 * Several stack tables as one: their columns stand one after the other, with indexes moved by what stands before.
 *
 * Shape:  stack i of the answer is stack i of the table from[i]; all tables have the same number of stacks. Equal strings,
 *         functions and locations of two tables stay two: names are looked up by text later anyway.
 */
import { invariant } from '../errors.ts';
import type { StackTable } from './stackTable.ts';

export function joinStackTables(tables: readonly StackTable[], from: Uint32Array): StackTable {
  const [first] = tables;
  invariant(first !== undefined, 'a table to join');
  invariant(
    tables.every(({ stackCount }) => stackCount === from.length),
    'the tables have the same stacks',
  );
  if (tables.length === 1) return first;
  const bytesBefore = sumsBefore(tables, ({ strings }) => strings.bytes.length);
  const stringsBefore = sumsBefore(tables, ({ strings }) => strings.starts.length);
  const mappingsBefore = sumsBefore(tables, ({ mappings }) => mappings.count);
  const functionsBefore = sumsBefore(tables, ({ functions }) => functions.count);
  const locationsBefore = sumsBefore(tables, ({ locations }) => locations.count);
  const linesBefore = sumsBefore(tables, ({ locations }) => locations.lineFunction.length);
  const lineStart = new Uint32Array((locationsBefore.at(-1) ?? 0) + 1);
  lineStart.set(
    joinIndexes(tables, ({ locations }) => locations.lineStart.subarray(1), linesBefore),
    1,
  );
  return {
    strings: {
      bytes: join(Uint8Array, tables, ({ strings }) => strings.bytes),
      starts: joinIndexes(tables, ({ strings }) => strings.starts, bytesBefore),
      ends: joinIndexes(tables, ({ strings }) => strings.ends, bytesBefore),
    },
    mappings: {
      count: mappingsBefore.at(-1) ?? 0,
      file: joinIndexes(tables, ({ mappings }) => mappings.file, stringsBefore, true),
      buildId: joinIndexes(tables, ({ mappings }) => mappings.buildId, stringsBefore, true),
      start: join(BigUint64Array, tables, ({ mappings }) => mappings.start),
      limit: join(BigUint64Array, tables, ({ mappings }) => mappings.limit),
      offset: join(BigUint64Array, tables, ({ mappings }) => mappings.offset),
    },
    functions: {
      count: functionsBefore.at(-1) ?? 0,
      name: joinIndexes(tables, ({ functions }) => functions.name, stringsBefore, true),
      systemName: joinIndexes(tables, ({ functions }) => functions.systemName, stringsBefore, true),
      file: joinIndexes(tables, ({ functions }) => functions.file, stringsBefore, true),
      startLine: join(Int32Array, tables, ({ functions }) => functions.startLine),
    },
    locations: {
      count: locationsBefore.at(-1) ?? 0,
      // Mapping 0 is "none" in each of them, and must stay 0.
      mapping: joinIndexes(tables, ({ locations }) => locations.mapping, mappingsBefore, true),
      address: join(BigUint64Array, tables, ({ locations }) => locations.address),
      lineStart,
      lineFunction: joinIndexes(tables, ({ locations }) => locations.lineFunction, functionsBefore),
      lineNumber: join(Int32Array, tables, ({ locations }) => locations.lineNumber),
      lineColumn: join(Int32Array, tables, ({ locations }) => locations.lineColumn),
    },
    ...joinStacks(tables, from, locationsBefore),
  };
}

/** Entry t counts what the tables before t have; the last entry counts all. */
function sumsBefore(tables: readonly StackTable[], count: (table: StackTable) => number): Uint32Array {
  const sums = new Uint32Array(tables.length + 1);
  tables.forEach((table, t) => (sums[t + 1] = (sums[t] ?? 0) + count(table)));
  return sums;
}

interface Column<Part> {
  readonly length: number;
  set(part: Part, at: number): void;
}

function join<Part extends Column<Part>>(
  Kind: new (length: number) => Part,
  tables: readonly StackTable[],
  pick: (table: StackTable) => Part,
): Part {
  const parts = tables.map(pick);
  const joined = new Kind(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A column of indexes, each moved by what stands before its table. With keepZero, 0 means "none" and stays 0. */
function joinIndexes(
  tables: readonly StackTable[],
  pick: (table: StackTable) => Uint32Array,
  before: Uint32Array,
  keepZero = false,
): Uint32Array {
  return join(Uint32Array, tables, (table) => {
    const shift = before[tables.indexOf(table)] ?? 0;
    return pick(table).map((index) => (keepZero && index === 0 ? 0 : index + shift));
  });
}

function joinStacks(
  tables: readonly StackTable[],
  from: Uint32Array,
  locationsBefore: Uint32Array,
): Pick<StackTable, 'stackCount' | 'stackStart' | 'stackLocations'> {
  const stackStart = new Uint32Array(from.length + 1);
  from.forEach((t, stack) => {
    const starts = tables[t]?.stackStart;
    stackStart[stack + 1] = (stackStart[stack] ?? 0) + (starts?.[stack + 1] ?? 0) - (starts?.[stack] ?? 0);
  });
  const stackLocations = new Uint32Array(stackStart[from.length] ?? 0);
  from.forEach((t, stack) => {
    const first = tables[t]?.stackStart[stack] ?? 0;
    const at = stackStart[stack] ?? 0;
    const length = (stackStart[stack + 1] ?? 0) - at;
    for (let i = 0; i < length; i++)
      stackLocations[at + i] = (tables[t]?.stackLocations[first + i] ?? 0) + (locationsBefore[t] ?? 0);
  });
  return { stackCount: from.length, stackStart, stackLocations };
}
