/**
 * Reads the two records of the Parca agent 0.32-0.47: samples that name their stacks by id, and stacks by id.
 *
 * Shape:  Arrow IPC streams, not compressed. Samples keep their ids as numbers into `stackIds`; see twoPhaseWrite.ts for how
 *         the two become profiles.
 * Units:  see sampleRows.ts. The mapping's start, limit and offset are always 0: addresses are normalised.
 * Errors: as readArrowV2.
 * Source: reference agents-wire 1.3, schemas of parca-agent reporter/arrow.go.
 */
import type { Limits } from '../../limits.ts';
import type { FunctionLine } from '../../model/profileBuilder.ts';
import { Budget, malformedArrow } from './arrow/budget.ts';
import { hexOf, int64sOf, structsOf, TextTable, textsOf } from './arrow/cells.ts';
import type { Column, StructColumn } from './arrow/columns.ts';
import { readArrowStream } from './arrow/readArrowStream.ts';
import type { KnownFrame, KnownStack } from './knownStacks.ts';
import { threadLabels } from './parcaLabels.ts';
import type { ArrowOptions } from './readArrowV2.ts';
import { schemaVersionKey } from './readArrowV2.ts';
import { int32sOf } from './readFrames.ts';
import type { GroupedRows } from './sampleRows.ts';
import { groupRows } from './sampleRows.ts';

const labelPrefix = 'labels.';

/** A batch of samples whose stacks are still to come. */
export interface SamplesV1 {
  readonly grouped: GroupedRows;
  /** By the numbers of grouped.rows.stack, in hexadecimal; '' for a row that names no stack. */
  readonly stackIds: readonly string[];
}

export function readArrowV1Samples(
  bytes: Uint8Array,
  limits: Pick<Limits, 'bodyBytes'>,
  { dropLabels = threadLabels, budget = new Budget(limits.bodyBytes) }: ArrowOptions = {},
): readonly SamplesV1[] {
  return readBatches(bytes, budget).map((batch) => readSamples(batch, dropLabels, budget));
}

function readBatches(bytes: Uint8Array, budget: Budget): readonly StructColumn[] {
  const { batches, metadata } = readArrowStream(bytes, budget);
  const version = metadata.get(schemaVersionKey) ?? 'v1';
  if (version !== 'v1') throw malformedArrow(`schema ${JSON.stringify(version)} where "v1" belongs`);
  return batches;
}

function readSamples(batch: StructColumn, dropLabels: ReadonlySet<string>, budget: Budget): SamplesV1 {
  const table = new TextTable(budget);
  const ids = new TextTable(budget);
  const texts = (name: string) => textsOf(batch.child(name), name, table, budget);
  const int64s = (name: string) => int64sOf(batch.child(name), name, budget);
  const labels = batch.names
    .filter((name) => name.startsWith(labelPrefix) && !dropLabels.has(name.slice(labelPrefix.length)))
    .map((name) => ({ name: name.slice(labelPrefix.length), texts: texts(name) }));
  const rows = {
    count: batch.length,
    labels,
    producer: texts('producer'),
    sampleType: texts('sample_type'),
    sampleUnit: texts('sample_unit'),
    periodType: texts('period_type'),
    periodUnit: texts('period_unit'),
    period: int64s('period'),
    duration: int64s('duration'),
    timestamp: int64s('timestamp'),
    value: int64s('value'),
    stack: hexOf(batch.child('stacktrace_id'), 'stacktrace_id', ids, budget),
  };
  return { grouped: groupRows({ ...rows, texts: table.texts }, budget), stackIds: ids.texts };
}

/** Frames that the agent no longer had come as one of this name. */
export const missingStack = 'missing stacktrace';

export interface LocationsV1 {
  readonly stacks: ReadonlyMap<string, KnownStack>;
  /** The agent has forgotten them: nothing to be remembered. */
  readonly missing: ReadonlySet<string>;
}

export function readArrowV1Locations(
  bytes: Uint8Array,
  limits: Pick<Limits, 'bodyBytes'>,
  { budget = new Budget(limits.bodyBytes) }: Pick<ArrowOptions, 'budget'> = {},
): LocationsV1 {
  const stacks = new Map<string, KnownStack>();
  const missing = new Set<string>();
  for (const batch of readBatches(bytes, budget)) {
    const ids = new TextTable(budget);
    const rowIds = hexOf(batch.child('stacktrace_id'), 'stacktrace_id', ids, budget);
    const idTexts = ids.texts;
    const locations = batch.child('locations');
    if (locations?.kind !== 'list') throw malformedArrow('column "locations" is no list');
    const { offsets, sizes } = locations.spans();
    const frameAt = frameReader(locations.items, budget);
    for (let row = 0; row < batch.length; row++) {
      const id = idTexts[rowIds[row] ?? 0] ?? '';
      const first = offsets[row] ?? 0;
      const stack: KnownFrame[] = [];
      for (let item = first; item < first + (sizes[row] ?? 0); item++) stack.push(frameAt(item));
      stacks.set(id, stack);
      if (stack.length === 1 && stack[0]?.lines[0]?.name === missingStack) missing.add(id);
    }
  }
  return { stacks, missing };
}

/** An object with its place in arrays; its texts stand once. */
const frameBytes = 96;
const lineBytes = 112;

function frameReader(items: Column, budget: Budget): (item: number) => KnownFrame {
  const { structs } = structsOf(items, 'locations', budget);
  if (structs === undefined) return () => ({ address: 0n, file: '', buildId: '', lines: [] });
  const table = new TextTable(budget);
  const texts = (of: StructColumn, name: string) => textsOf(of.child(name), name, table, budget);
  const address = int64sOf(structs.child('address'), 'address', budget);
  const file = texts(structs, 'mapping_file');
  const buildId = texts(structs, 'mapping_build_id');
  const lines = structs.child('lines');
  if (lines?.kind !== 'list') throw malformedArrow('column "lines" is no list');
  const { offsets, sizes } = lines.spans();
  const lineAt = lineReader(lines.items, table, budget);
  const known = table.texts;
  return (item) => {
    const first = offsets[item] ?? 0;
    budget.take(frameBytes, 'frames');
    const called: FunctionLine[] = [];
    for (let line = first; line < first + (sizes[item] ?? 0); line++) called.push(lineAt(line));
    return {
      address: BigInt.asUintN(64, address[item] ?? 0n),
      file: known[file[item] ?? 0] ?? '',
      buildId: known[buildId[item] ?? 0] ?? '',
      lines: called,
    };
  };
}

function lineReader(items: Column, table: TextTable, budget: Budget): (line: number) => FunctionLine {
  const { structs } = structsOf(items, 'lines', budget);
  if (structs === undefined) return () => ({ name: '' });
  const texts = (name: string) => textsOf(structs.child(name), name, table, budget);
  const int32s = (name: string) => int32sOf(structs.child(name), name, structs.length, budget);
  const name = texts('function_name');
  const systemName = texts('function_system_name');
  const file = texts('function_filename');
  const startLine = int32s('function_start_line');
  const number = int32s('line');
  const column = int32s('column');
  const known = table.texts;
  const text = (column: Uint32Array, line: number): string => known[column[line] ?? 0] ?? '';
  return (line) => {
    budget.take(lineBytes, 'lines');
    const shown = text(name, line);
    const linked = text(systemName, line);
    return {
      name: shown === '' ? linked : shown,
      systemName: linked === '' ? shown : linked,
      file: text(file, line),
      startLine: startLine[line] ?? 0,
      line: number[line] ?? 0,
      column: column[line] ?? 0,
    };
  };
}
