/**
 * Profiles of one series in one slice of time, as they lie in memory, and how questions add them up.
 *
 * Shape:  slice k holds the times (k, k + 1] * heldMillis in whole milliseconds, as the slices of the write watch do.
 *         Places are those of a KnownStacks. Sample values are float64, which is exact as long as the sum of their
 *         magnitudes stays below 2^53: who adds slices up checks `magnitude` first.
 */
import { addInt64, floatsOf, wordsOf } from '../model/int64Column.ts';
import { millisOfNanos, nanosOfMillis, unixNanos } from '../model/time.ts';
import type { TimeRange, UnixNanos } from '../model/time.ts';
import type { StoredSamples, TimeGrid } from '../store/store.ts';
import type { KnownStacks } from './knownStacks.ts';

export const heldMillis = 300_000;

const sliceOfMillis = (millis: number): number => Math.ceil(millis / heldMillis) - 1;

export const heldSliceOf = (time: UnixNanos): number => sliceOfMillis(millisOfNanos(time));

export const rangeOfHeld = (first: number, last: number): TimeRange => ({
  start: nanosOfMillis(first * heldMillis + 1),
  end: unixNanos(nanosOfMillis((last + 1) * heldMillis + 1) - 1n),
});

export interface HeldRows {
  readonly timesNanos: BigInt64Array;
  readonly timesMillis: Float64Array;
  readonly totals: BigInt64Array;
  /** undefined: only the totals were read. */
  readonly samples: HeldSamples | undefined;
}

export interface HeldSamples {
  /** Identity of the KnownStacks, which may be forgotten before the samples are. */
  readonly known: object;
  /** Samples of row i are [start[i], start[i + 1]). */
  readonly start: Uint32Array;
  readonly places: Uint32Array;
  readonly values: Float64Array;
  /** Infinity when a stack is not known yet: it may be a moment later. */
  readonly magnitude: number;
}

export const noRows: HeldRows = {
  timesNanos: new BigInt64Array(0),
  timesMillis: new Float64Array(0),
  totals: new BigInt64Array(0),
  samples: undefined,
};

/** Of a slice's key and its place; small columns are objects of some 200 bytes each. */
const keyBytes = 300;
const rowsBytes = 800;
const samplesBytes = 900;
/** -1 among unsigned numbers. */
const unknownPlace = 0xffff_ffff;

export function bytesOfHeld(rows: HeldRows): number {
  if (rows === noRows) return keyBytes;
  const { timesNanos, samples } = rows;
  const bytes = keyBytes + rowsBytes + 28 * timesNanos.length;
  return samples === undefined ? bytes : bytes + samplesBytes + 12 * samples.places.length;
}

/** Places of the samples, in their order; undefined when they were not read. */
export interface LocatedSamples {
  readonly known: KnownStacks;
  readonly places: Int32Array;
}

/** Rows of the answer by series and slice. */
export function splitRows(
  stored: StoredSamples,
  located: LocatedSamples | undefined,
): ReadonlyMap<bigint, ReadonlyMap<number, HeldRows>> {
  const timesMillis = Float64Array.from(stored.timesNanos, (time) => millisOfNanos(unixNanos(time)));
  const values = located && floatsOf(stored.values);
  const pick = (rows: readonly number[]): HeldRows => ({
    timesNanos: BigInt64Array.from(rows, (row) => stored.timesNanos[row] ?? 0n),
    timesMillis: Float64Array.from(rows, (row) => timesMillis[row] ?? 0),
    totals: BigInt64Array.from(rows, (row) => stored.totals[row] ?? 0n),
    samples: located && values && pickSamples(stored.sampleStart, rows, located, values),
  });
  const rowsOf = new Map<bigint, Map<number, number[]>>();
  stored.seriesIds.forEach((id, row) => {
    const slice = sliceOfMillis(timesMillis[row] ?? 0);
    const slices = rowsOf.get(id) ?? new Map<number, number[]>();
    rowsOf.set(id, slices);
    const rows = slices.get(slice);
    if (rows === undefined) slices.set(slice, [row]);
    else rows.push(row);
  });
  const picked = new Map<bigint, ReadonlyMap<number, HeldRows>>();
  for (const [id, slices] of rowsOf) picked.set(id, new Map([...slices].map(([slice, rows]) => [slice, pick(rows)])));
  return picked;
}

/** Copies, so that a slice that stays does not keep the whole answer alive. */
function pickSamples(
  starts: Uint32Array,
  rows: readonly number[],
  { known, places: from }: LocatedSamples,
  values: Float64Array,
): HeldSamples {
  const start = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (start[i + 1] = (start[i] ?? 0) + (starts[row + 1] ?? 0) - (starts[row] ?? 0)));
  const count = start[rows.length] ?? 0;
  const picked = { known: known.identity, start, places: new Uint32Array(count), values: new Float64Array(count) };
  rows.forEach((row, i) => {
    picked.places.set(from.subarray(starts[row], starts[row + 1]), start[i]);
    picked.values.set(values.subarray(starts[row], starts[row + 1]), start[i]);
  });
  let magnitude = 0;
  for (let i = 0; i < count; i++) {
    magnitude += picked.places[i] === unknownPlace ? Infinity : Math.abs(picked.values[i] ?? 0);
  }
  return { ...picked, magnitude };
}

/** sums[place] += value, of the rows in range. */
export function addSamples(sums: Float64Array, rows: HeldRows, range: TimeRange | undefined): void {
  const { samples } = rows;
  if (samples === undefined) return;
  const { start, places, values } = samples;
  for (let row = 0; row < rows.timesNanos.length; row++) {
    if (range !== undefined && !isWithin(rows.timesNanos[row] ?? 0n, range)) continue;
    const end = start[row + 1] ?? 0;
    for (let i = start[row] ?? 0; i < end; i++) {
      const place = places[i] ?? 0;
      sums[place] = (sums[place] ?? 0) + (values[i] ?? 0);
    }
  }
}

/** Sums of one series by point of a grid. */
export class PointTotals {
  readonly totals: BigInt64Array;
  readonly counts: Uint32Array;
  readonly #words: Uint32Array;
  readonly #grid: TimeGrid;

  constructor(grid: TimeGrid) {
    this.#grid = grid;
    this.totals = new BigInt64Array(grid.pointCount);
    this.#words = wordsOf(this.totals);
    this.counts = new Uint32Array(grid.pointCount);
  }

  add({ timesNanos, timesMillis, totals }: HeldRows, range: TimeRange | undefined): void {
    const { startMillis, stepMillis, pointCount } = this.#grid;
    const words = wordsOf(totals);
    for (let row = 0; row < timesNanos.length; row++) {
      if (range !== undefined && !isWithin(timesNanos[row] ?? 0n, range)) continue;
      const point = Math.max(0, Math.ceil(((timesMillis[row] ?? 0) - startMillis) / stepMillis));
      if (point >= pointCount) continue;
      addInt64(this.#words, point, words, row);
      this.counts[point] = (this.counts[point] ?? 0) + 1;
    }
  }
}

const isWithin = (time: bigint, { start, end }: TimeRange): boolean => time >= start && time <= end;
