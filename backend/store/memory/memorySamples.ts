/** Records in scope as columns. */
import { InputError } from '../../errors.ts';
import type { SampleReading, StoredSamples } from '../store.ts';
import type { StoredRecord } from './openMemoryStore.ts';

export type RecordInScope = StoredRecord & { readonly samples: readonly number[]; readonly total: bigint };

export function storedSamplesOf(
  rows: readonly RecordInScope[],
  { withStacks, mostProfiles }: SampleReading,
): StoredSamples {
  if (rows.length > mostProfiles) {
    throw new InputError('resource_exhausted', `more than ${mostProfiles} profiles to read one by one`);
  }
  const sampleStart = [0];
  const stackIds: bigint[] = [];
  const values: bigint[] = [];
  for (const { record, samples } of rows) {
    for (const i of withStacks ? samples : []) {
      stackIds.push(record.stackIds[i] ?? 0n);
      values.push(record.values[i] ?? 0n);
    }
    sampleStart.push(stackIds.length);
  }
  return {
    seriesIds: BigUint64Array.from(rows, ({ seriesId }) => seriesId),
    timesNanos: BigInt64Array.from(rows, ({ record }) => record.timeNanos),
    durationsNanos: BigInt64Array.from(rows, ({ record }) => record.durationNanos),
    periods: BigInt64Array.from(rows, ({ record }) => record.period),
    totals: BigInt64Array.from(rows, ({ total }) => total),
    sampleStart: Uint32Array.from(sampleStart),
    stackIds: BigUint64Array.from(stackIds),
    values: BigInt64Array.from(values),
  };
}
