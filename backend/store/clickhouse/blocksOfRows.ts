/** Rows of the model as blocks of the tables: one function per table. */
import type { FunctionRow, LocationRow, ProfileRecord, StackRow } from '../../model/record.ts';
import { dayOfNanos } from '../../model/time.ts';
import type { RegisteredSeries } from '../seriesCatalog.ts';
import { fill } from './joinColumns.ts';
import type { NativeBlock, NativeColumn } from './nativeColumns.ts';
import { int32Column, int64Column, textColumn, uint64Column } from './nativeColumns.ts';

/** A row and where it belongs. */
export interface Owned<Row> {
  readonly tenant: string;
  readonly day: number;
  readonly row: Row;
}

export interface OwnedRecord {
  readonly series: RegisteredSeries;
  readonly record: ProfileRecord;
}

const sumLengths = (parts: readonly { readonly length: number }[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0);

function startsOf(parts: readonly { readonly length: number }[], width = 1): Uint32Array {
  const starts = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => (starts[i + 1] = (starts[i] ?? 0) + part.length / width));
  return starts;
}

const uint64Arrays = (parts: readonly BigUint64Array[]): NativeColumn => ({
  kind: 'Array',
  starts: startsOf(parts),
  items: { kind: 'UInt64', values: fill(new BigUint64Array(sumLengths(parts)), parts) },
});

const int64Arrays = (parts: readonly BigInt64Array[]): NativeColumn => ({
  kind: 'Array',
  starts: startsOf(parts),
  items: { kind: 'Int64', values: fill(new BigInt64Array(sumLengths(parts)), parts) },
});

const int32Arrays = (parts: readonly Int32Array[]): NativeColumn => ({
  kind: 'Array',
  starts: startsOf(parts),
  items: { kind: 'Int32', values: fill(new Int32Array(sumLengths(parts)), parts) },
});

const fixed16Arrays = (parts: readonly Uint8Array[]): NativeColumn => ({
  kind: 'Array',
  starts: startsOf(parts, 16),
  items: { kind: 'FixedString(16)', bytes: Buffer.concat(parts) },
});

const textArrays = (parts: readonly (readonly string[])[]): NativeColumn => ({
  kind: 'Array',
  starts: startsOf(parts),
  items: textColumn(parts.flat()),
});

export function profileBlock(rows: readonly OwnedRecord[], receivedMicros: bigint): NativeBlock {
  const records = rows.map(({ record }) => record);
  return {
    rowCount: rows.length,
    columns: [
      ['day', int32Column(Int32Array.from(records, (record) => dayOfNanos(record.timeNanos)))],
      ['tenant', textColumn(rows.map(({ series }) => series.tenant))],
      ['profile_type', textColumn(rows.map(({ series }) => series.profileType))],
      ['series_id', uint64Column(BigUint64Array.from(rows, ({ series }) => series.id))],
      ['time_nanos', int64Column(BigInt64Array.from(records, (record) => record.timeNanos))],
      ['duration_nanos', int64Column(BigInt64Array.from(records, (record) => record.durationNanos))],
      ['period', int64Column(BigInt64Array.from(records, (record) => record.period))],
      ['profile_id', { kind: 'UUID', bytes: Buffer.concat(records.map((record) => record.profileId)) }],
      ['received_micros', int64Column(new BigInt64Array(rows.length).fill(receivedMicros))],
      ['stack_ids', uint64Arrays(records.map((record) => record.stackIds))],
      ['values', int64Arrays(records.map((record) => record.values))],
      ['span_ids', uint64Arrays(records.map((record) => record.spanIds))],
      ['trace_ids', fixed16Arrays(records.map((record) => record.traceIds))],
    ],
  };
}

function dictionaryBlock<Row extends { readonly id: bigint }>(
  rows: readonly Owned<Row>[],
  columns: readonly (readonly [string, NativeColumn])[],
): NativeBlock {
  return {
    rowCount: rows.length,
    columns: [
      ['day', int32Column(Int32Array.from(rows, ({ day }) => day))],
      ['tenant', textColumn(rows.map(({ tenant }) => tenant))],
      ['id', uint64Column(BigUint64Array.from(rows, ({ row }) => row.id))],
      ...columns,
    ],
  };
}

export const stackBlock = (rows: readonly Owned<StackRow>[]): NativeBlock =>
  dictionaryBlock(rows, [['location_ids', uint64Arrays(rows.map(({ row }) => row.locationIds))]]);

export function locationBlock(rows: readonly Owned<LocationRow>[]): NativeBlock {
  const uint64 = (of: (row: LocationRow) => bigint) => uint64Column(BigUint64Array.from(rows, ({ row }) => of(row)));
  return dictionaryBlock(rows, [
    ['file', textColumn(rows.map(({ row }) => row.file))],
    ['build_id', textColumn(rows.map(({ row }) => row.buildId))],
    ['address', uint64((row) => row.address)],
    ['mapping_start', uint64((row) => row.mappingStart)],
    ['mapping_limit', uint64((row) => row.mappingLimit)],
    ['mapping_offset', uint64((row) => row.mappingOffset)],
    ['function_ids', uint64Arrays(rows.map(({ row }) => row.functionIds))],
    ['lines', int32Arrays(rows.map(({ row }) => row.lines))],
    ['columns', int32Arrays(rows.map(({ row }) => row.columns))],
  ]);
}

export const functionBlock = (rows: readonly Owned<FunctionRow>[]): NativeBlock =>
  dictionaryBlock(rows, [
    ['name', textColumn(rows.map(({ row }) => row.name))],
    ['system_name', textColumn(rows.map(({ row }) => row.systemName))],
    ['file', textColumn(rows.map(({ row }) => row.file))],
    ['start_line', int32Column(Int32Array.from(rows, ({ row }) => row.startLine))],
    ['frame_type', textColumn(rows.map(({ row }) => row.frameType ?? ''))],
  ]);

export const seriesBlock = (rows: readonly RegisteredSeries[]): NativeBlock => ({
  rowCount: rows.length,
  columns: [
    ['tenant', textColumn(rows.map(({ tenant }) => tenant))],
    ['id', uint64Column(BigUint64Array.from(rows, ({ id }) => id))],
    ['profile_type', textColumn(rows.map(({ profileType }) => profileType))],
    ['label_names', textArrays(rows.map(({ labels }) => labels.map(({ name }) => name)))],
    ['label_values', textArrays(rows.map(({ labels }) => labels.map(({ value }) => value)))],
  ],
});

/** Hours of one series and day, as bits. */
export interface SeriesDay {
  readonly series: RegisteredSeries;
  readonly day: number;
  hours: number;
}

export const seriesDayBlock = (rows: readonly SeriesDay[]): NativeBlock => ({
  rowCount: rows.length,
  columns: [
    ['tenant', textColumn(rows.map(({ series }) => series.tenant))],
    ['series_id', uint64Column(BigUint64Array.from(rows, ({ series }) => series.id))],
    ['day', int32Column(Int32Array.from(rows, ({ day }) => day))],
    ['hours', { kind: 'UInt32', values: Uint32Array.from(rows, ({ hours }) => hours) }],
  ],
});
