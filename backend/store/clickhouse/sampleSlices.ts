/**
 * A sample of profiles as conditions on `profiles`: pairs of series and slice, which the primary key finds, and the random
 * group that each row is in.
 */
import type { UnixNanos } from '../../model/time.ts';
import { hashLimit, sampleGroup, sliceNanos } from '../profileSample.ts';
import type { SampleScope } from '../store.ts';
import { int64Literal, intLiteral } from './dialect.ts';
import type { SqlPart } from './idSet.ts';
import { int64Column, uint64Column } from './nativeColumns.ts';
import type { NativeBlock } from './nativeColumns.ts';

export interface Bounds {
  readonly oldest: UnixNanos;
  readonly newest: UnixNanos;
}

/** Adds to `tables`. Slices outside of the bounds, where there is nothing, are left out. */
export function sampleCondition(
  tables: NativeBlock[],
  scope: SampleScope,
  share: number,
  { oldest, newest }: Bounds,
): SqlPart {
  const nanos = sliceNanos(scope);
  const { start, end } = scope.range;
  const first = (start > oldest ? start : oldest) / nanos;
  const last = (end < newest ? end : newest) / nanos;
  const seriesIds: bigint[] = [];
  const slices: bigint[] = [];
  for (const seriesId of scope.seriesIds) {
    for (let slice = first; slice <= last; slice++) {
      if (sampleGroup(seriesId, slice, share) === undefined) continue;
      seriesIds.push(seriesId);
      slices.push(slice);
    }
  }
  const columns = [
    ['series_id', uint64Column(BigUint64Array.from(seriesIds))],
    ['slice', int64Column(BigInt64Array.from(slices))],
  ] as const;
  const index = tables.push({ rowCount: slices.length, columns }) - 1;
  return (sources) => `(series_id, ${sliceOf(nanos)}) IN (SELECT series_id, slice FROM ${sources[index] ?? ''})`;
}

/** The group of a row that is in the sample. */
export function groupColumn(scope: SampleScope, share: number, groupCount: number): string {
  const hash = `CRC32(concat(toString(series_id), '/', toString(${sliceOf(sliceNanos(scope))})))`;
  return `toUInt32(intDiv(toUInt64(${hash}) * ${intLiteral(groupCount)}, ${intLiteral(hashLimit(share))}))`;
}

const sliceOf = (nanos: bigint): string => `intDiv(time_nanos, ${int64Literal(nanos)})`;
