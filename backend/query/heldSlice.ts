/**
 * Profiles of one series in one slice of time, as they lie in memory, and how questions add them up.
 *
 * Shape:  slice k holds the times (k, k + 1] * heldMillis in whole milliseconds, as the slices of the write watch do.
 *         Places are those of a KnownStacks. Sample values are float64, which is exact as long as the sum of their
 *         magnitudes stays below 2^53: who adds slices up checks `magnitude` first.
 */
import { addInt64, floatsOf, wordsOf } from '../model/int64Column.ts';
import { millisOfNanos, rangeAfter, unixNanos } from '../model/time.ts';
import type { TimeRange, UnixNanos } from '../model/time.ts';
import type { StoredSamples, TimeGrid } from '../store/store.ts';
import { copySamples } from './copySamples.ts';
import type { CopiedSamples } from './copySamples.ts';
import type { KnownStacks } from './knownStacks.ts';
import type { RecalledStacks } from './stackMemory.ts';

export const heldMillis = 300_000;

const sliceOfMillis = (millis: number): number => Math.ceil(millis / heldMillis) - 1;

export const heldSliceOf = (time: UnixNanos): number => sliceOfMillis(millisOfNanos(time));

export const rangeOfHeld = (first: number, last: number): TimeRange =>
  rangeAfter(first * heldMillis, (last + 1) * heldMillis);

export interface HeldRows {
  readonly timesNanos: BigInt64Array;
  readonly timesMillis: Float64Array;
  readonly totals: BigInt64Array;
  /** undefined: only the totals were read. */
  readonly samples: HeldSamples | undefined;
}

export interface HeldSamples extends CopiedSamples {
  /** Identity of the KnownStacks, which may be forgotten before the samples are. */
  readonly known: object;
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

export function bytesOfHeld(rows: HeldRows): number {
  if (rows === noRows) return keyBytes;
  const { timesNanos, samples } = rows;
  const bytes = keyBytes + rowsBytes + 28 * timesNanos.length;
  return samples === undefined ? bytes : bytes + samplesBytes + 12 * samples.places.length;
}

interface LocatedSamples {
  readonly known: KnownStacks;
  readonly samples: CopiedSamples;
}

/** Rows of the answer by series and slice. */
export function splitRows(
  stored: StoredSamples,
  located: RecalledStacks | undefined,
): ReadonlyMap<bigint, ReadonlyMap<number, HeldRows>> {
  const timesMillis = Float64Array.from(stored.timesNanos, (time) => millisOfNanos(unixNanos(time)));
  const { sampleStart: start } = stored;
  const all = located && { ...located, samples: { start, places: located.places, values: floatsOf(stored.values) } };
  const pick = (rows: readonly number[]): HeldRows => ({
    timesNanos: BigInt64Array.from(rows, (row) => stored.timesNanos[row] ?? 0n),
    timesMillis: Float64Array.from(rows, (row) => timesMillis[row] ?? 0),
    totals: BigInt64Array.from(rows, (row) => stored.totals[row] ?? 0n),
    samples: all && pickSamples(rows, all),
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

function pickSamples(rows: readonly number[], { known, samples }: LocatedSamples): HeldSamples {
  const copied = copySamples(rows, samples);
  let magnitude = 0;
  copied.values.forEach((value, i) => (magnitude += copied.places[i] === -1 ? Infinity : Math.abs(value)));
  return { known: known.identity, ...copied, magnitude };
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
