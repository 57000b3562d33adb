/**
 * Profiles and their samples as columns, cut into slices of 15 s.
 *
 * Shape:  stacks are places in KnownStacks. Values are float64, exact below 2^53.
 * Units:  milliseconds since 1970, also for durations.
 */
import { floatsOf } from '../model/int64Column.ts';
import { millisOfNanos, unixNanos } from '../model/time.ts';
import { copySamples } from '../query/copySamples.ts';
import type { KnownStacks } from '../query/knownStacks.ts';
import type { StoredSamples } from '../store/store.ts';
import { sliceMillis } from '../store/writeWatch.ts';

export interface ProfileRows {
  readonly count: number;
  readonly seriesIds: BigUint64Array;
  readonly timesMillis: Float64Array;
  readonly durationsMillis: Float64Array;
  readonly periods: Float64Array;
  readonly totals: Float64Array;
}

export interface SampleRows extends ProfileRows {
  /** Samples of row i are [sampleStart[i], sampleStart[i + 1]). */
  readonly sampleStart: Uint32Array;
  /** Places in `known`; -1 for a stack that the store does not know. */
  readonly places: Int32Array;
  /** All places are below it. */
  readonly placeCount: number;
  readonly values: Float64Array;
  readonly known: KnownStacks;
}

export function profileRows(stored: StoredSamples): ProfileRows {
  const { seriesIds, timesNanos, durationsNanos, periods, totals } = stored;
  return {
    count: seriesIds.length,
    seriesIds,
    // Exact, as points are told by whole milliseconds: nanoseconds as float64 are not.
    timesMillis: Float64Array.from(timesNanos, (time) => millisOfNanos(unixNanos(time))),
    durationsMillis: floatsOf(durationsNanos, 1e-6),
    periods: floatsOf(periods),
    totals: floatsOf(totals),
  };
}

export interface SlicedRun {
  readonly first: number;
  readonly length: number;
}

/** One piece a slice. */
export function splitSamples(
  stored: StoredSamples,
  places: Int32Array,
  known: KnownStacks,
  run: SlicedRun,
): readonly SampleRows[] {
  const whole = profileRows(stored);
  const samples = { start: stored.sampleStart, places, values: floatsOf(stored.values) };
  const placeCount = known.tree().leaf.length;
  return rowsBySlice(whole, run).map((rows) => {
    const { start: sampleStart, ...copied } = copySamples(rows, samples);
    return { ...pickProfiles(rows, whole), sampleStart, ...copied, placeCount, known };
  });
}

export function splitProfiles(stored: StoredSamples, run: SlicedRun): readonly ProfileRows[] {
  const whole = profileRows(stored);
  return rowsBySlice(whole, run).map((rows) => pickProfiles(rows, whole));
}

function rowsBySlice({ timesMillis }: ProfileRows, { first, length }: SlicedRun): readonly (readonly number[])[] {
  const rowsOf = Array.from({ length }, (): number[] => []);
  timesMillis.forEach((time, row) => rowsOf[Math.ceil(time / sliceMillis) - 1 - first]?.push(row));
  return rowsOf;
}

const pickProfiles = (rows: readonly number[], whole: ProfileRows): ProfileRows => ({
  count: rows.length,
  seriesIds: BigUint64Array.from(rows, (row) => whole.seriesIds[row] ?? 0n),
  timesMillis: Float64Array.from(rows, (row) => whole.timesMillis[row] ?? 0),
  durationsMillis: Float64Array.from(rows, (row) => whole.durationsMillis[row] ?? 0),
  periods: Float64Array.from(rows, (row) => whole.periods[row] ?? 0),
  totals: Float64Array.from(rows, (row) => whole.totals[row] ?? 0),
});
