/**
 * Stacks with their locations and names, from the dictionaries of the days of a range: three questions, each with the ids
 * that the one before has brought.
 *
 * Shape:  rows come in any order and, over several days, more than once; an id means the same in each of its rows.
 */
import { wordsOf } from '../../model/int64Column.ts';
import type { StackTable } from '../../model/stackTable.ts';
import type { TimeRange } from '../../model/time.ts';
import { quoteText } from './dialect.ts';
import type { Engine } from './engine.ts';
import { IdIndex } from './idIndex.ts';
import { uint64Set } from './idSet.ts';
import type { NativeBlock, NativeTable } from './nativeColumns.ts';
import { columnOf, ofKind } from './nativeColumns.ts';
import { rowsById } from './rowsById.ts';
import { daysOf } from './samplePlan.ts';
import { linesOf, namesOf } from './stackNames.ts';

interface Reading {
  readonly engine: Engine;
  /** Key of the hashes by which equal texts are found. */
  readonly hashKey: Uint8Array;
  readonly tenant: string;
  readonly range: TimeRange;
  readonly signal: AbortSignal | undefined;
}

export async function readStacks(reading: Reading, stackIds: BigUint64Array): Promise<StackTable> {
  const stacks = indexOf(stackIds);
  const stackRows = await ask(reading, 'stacks', 'location_ids', stacks);
  const locations = new IdIndex(stackIds.length);
  const { stackStart, stackLocations } = locateStacks(stackIds, stacks, stackRows, locations);

  const locationRows = await ask(reading, 'locations', locationColumns(textHash(reading.hashKey)), locations);
  const lines = linesOf(locations, locationRows);
  const functionRows = await ask(reading, 'functions', functionColumns(textHash(reading.hashKey)), lines.functions);
  return {
    ...namesOf(lines, functionRows),
    stackCount: stackIds.length,
    stackStart,
    stackLocations,
  };
}

type TextHash = (column: string) => string;

/** Keyed, since texts come from outside and equal hashes are taken for equal texts. */
function textHash(hashKey: Uint8Array): TextHash {
  const key = Buffer.from(hashKey).readBigUInt64LE(0);
  return (columns) => `sipHash64Keyed((toUInt64(${key}), toUInt64(0)), ${columns})`;
}

/** LowCardinality comes encoded, so texts are cast; their hashes spare decoding and comparing them here. */
function locationColumns(hash: TextHash): string {
  const file = 'CAST(file AS String)';
  const buildId = 'CAST(build_id AS String)';
  return (
    `${file} AS file_text, ${hash(file)} AS file_hash, ${buildId} AS build_id_text, ${hash(buildId)} AS build_id_hash, ` +
    `${hash(`${file}, ${buildId}, mapping_start, mapping_limit, mapping_offset`)} AS mapping_hash, ` +
    'address, mapping_start, mapping_limit, mapping_offset, function_ids, lines, columns'
  );
}

const functionColumns = (hash: TextHash): string =>
  ['name', 'system_name', 'file'].map((column) => `${column}, ${hash(column)} AS ${column}_hash`).join(', ') +
  ', start_line';

async function ask(
  { engine, tenant, range, signal }: Reading,
  table: string,
  columns: string,
  wanted: IdIndex,
): Promise<NativeTable> {
  if (wanted.count === 0) return { rowCount: 0, columns: new Map() };
  const tables: NativeBlock[] = [];
  const ids = uint64Set(tables, wanted.ids());
  const sql = (sources: readonly string[]): string =>
    `SELECT id, ${columns} FROM ${table} WHERE tenant = ${quoteText(tenant)} AND ${daysOf(range)}` +
    ` AND id IN ${ids(sources)} LIMIT 1 BY id`;
  return engine.ask({ tables, sql }, signal);
}

function indexOf(ids: BigUint64Array): IdIndex {
  const index = new IdIndex(ids.length);
  const words = wordsOf(ids);
  for (let i = 0; i < ids.length; i++) index.add(words, i);
  return index;
}

function locateStacks(
  stackIds: BigUint64Array,
  stacks: IdIndex,
  table: NativeTable,
  locations: IdIndex,
): Pick<StackTable, 'stackStart' | 'stackLocations'> {
  const stackStart = new Uint32Array(stackIds.length + 1);
  if (table.rowCount === 0) return { stackStart, stackLocations: new Uint32Array(0) };
  const rows = rowsById(stacks, table);
  const { starts, items } = columnOf(table, 'location_ids', 'Array');
  const itemWords = wordsOf(ofKind(items, 'UInt64').values);
  const words = wordsOf(stackIds);
  const rowOfStack = (stack: number): number => rows[stacks.find(words, stack)] ?? -1;
  for (let stack = 0; stack < stackIds.length; stack++) {
    const row = rowOfStack(stack);
    const depth = row < 0 ? 0 : (starts[row + 1] ?? 0) - (starts[row] ?? 0);
    stackStart[stack + 1] = (stackStart[stack] ?? 0) + depth;
  }
  const stackLocations = new Uint32Array(stackStart[stackIds.length] ?? 0);
  let at = 0;
  for (let stack = 0; stack < stackIds.length; stack++) {
    const row = rowOfStack(stack);
    if (row < 0) continue;
    const end = starts[row + 1] ?? 0;
    for (let item = starts[row] ?? 0; item < end; item++) stackLocations[at++] = locations.add(itemWords, item);
  }
  return { stackStart, stackLocations };
}
