/**
 * Reads what the Parca agent >= 0.48 puts into WriteArrow: samples with their stacks in one record.
 *
 * Shape:  Arrow IPC stream, buffers compressed as LZ4 frames -> profiles, one for each label set (without the thread's) and
 *         type in each record batch.
 * Units:  see sampleRows.ts.
 * Errors: InputError invalid_argument: a malformed stream, columns missing or of a type that the agent does not send, more
 *         than limits.bodyBytes of memory for what the sender decides.
 * Source: reference agents-wire 1.4 and 13, schema of parca-agent reporter/arrow_v2.go at cb46a8ea.
 */
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import { stringTableOf } from '../../model/profileBuilder.ts';
import { Budget, malformedArrow } from './arrow/budget.ts';
import { int64sOf, structsOf, TextTable, textsOf } from './arrow/cells.ts';
import type { StructColumn } from './arrow/columns.ts';
import { readArrowStream } from './arrow/readArrowStream.ts';
import { StackPicker } from './frameTables.ts';
import { threadLabels } from './parcaLabels.ts';
import { readFrames } from './readFrames.ts';
import { RowGroups } from './rowGroups.ts';
import type { SampleRows } from './sampleRows.ts';
import { groupRows, profilesOfRows } from './sampleRows.ts';

export const schemaVersionKey = 'parca_write_schema_version';

export interface ArrowOptions {
  /** Labels that make no series of their own; those of the thread when not said. */
  readonly dropLabels?: ReadonlySet<string>;
  /** Shared by what is read together; one of limits.bodyBytes when not said. */
  readonly budget?: Budget;
}

export function readArrowV2(
  bytes: Uint8Array,
  limits: Pick<Limits, 'bodyBytes'>,
  { dropLabels = threadLabels, budget = new Budget(limits.bodyBytes) }: ArrowOptions = {},
): WireReading {
  const { batches, metadata } = readArrowStream(bytes, budget);
  const version = metadata.get(schemaVersionKey) ?? 'v2';
  if (version !== 'v2') throw malformedArrow(`schema ${JSON.stringify(version)} where "v2" belongs`);
  const profiles: LabelledProfile[] = [];
  const leftOut: LeftOut[] = [];
  for (const batch of batches) {
    const read = readBatch(batch, budget, dropLabels);
    profiles.push(...read.profiles);
    leftOut.push(...read.leftOut);
  }
  return { profiles, leftOut, revision: 'parca arrow v2' };
}

function readBatch(batch: StructColumn, budget: Budget, dropLabels: ReadonlySet<string>) {
  const table = new TextTable(budget);
  const rows = readRows(batch, table, budget, dropLabels);
  const grouped = groupRows(rows.columns, budget);
  const frames = readFrames(rows.locations, table, budget);
  // The names of labels are not in the table yet.
  for (const { name } of rows.columns.labels) table.numberOf(name);
  const { texts } = table;
  const strings = stringTableOf(texts);
  const picker = new StackPicker({ ...frames, ...rows.stacks, strings }, budget);
  return profilesOfRows(
    { ...grouped, rows: { ...rows.columns, texts } },
    picker,
    (text) => table.numberOf(text),
    budget,
  );
}

function readRows(batch: StructColumn, table: TextTable, budget: Budget, dropLabels: ReadonlySet<string>) {
  const texts = (name: string) => textsOf(batch.child(name), name, table, budget);
  const labels = batch.child('labels');
  if (labels?.kind !== 'struct') throw malformedArrow('column "labels" is no struct');
  const stacktrace = batch.child('stacktrace');
  if (stacktrace?.kind !== 'list') throw malformedArrow('column "stacktrace" is no list');
  const { offsets, sizes } = stacktrace.spans();
  const { keys: frames, structs: locations } = structsOf(stacktrace.items, 'stacktrace', budget);
  // Offset and size: a stack without frames begins where its neighbour does.
  const stack = RowGroups.of(batch.length, budget);
  stack.divide(new Uint32Array(offsets.buffer, 0, batch.length));
  stack.divide(new Uint32Array(sizes.buffer, 0, batch.length));
  budget.take(stack.count * 8, 'stacks');
  const stackStart = new Int32Array(stack.count);
  const stackSize = new Int32Array(stack.count);
  for (let one = 0; one < stack.count; one++) {
    stackStart[one] = offsets[stack.firstRow(one)] ?? 0;
    stackSize[one] = sizes[stack.firstRow(one)] ?? 0;
  }
  const columns: SampleRows = {
    count: batch.length,
    texts: [],
    labels: labels.names
      .filter((name) => !dropLabels.has(name))
      .map((name) => ({ name, texts: textsOf(labels.child(name), name, table, budget) })),
    producer: texts('producer'),
    sampleType: texts('sample_type'),
    sampleUnit: texts('sample_unit'),
    periodType: texts('period_type'),
    periodUnit: texts('period_unit'),
    period: int64sOf(batch.child('period'), 'period', budget),
    duration: int64sOf(batch.child('duration'), 'duration', budget),
    timestamp: int64sOf(batch.child('timestamp'), 'timestamp', budget),
    value: int64sOf(batch.child('value'), 'value', budget),
    stack: stack.numbers,
  };
  return { columns, locations, stacks: { frames, stackStart, stackSize } };
}
