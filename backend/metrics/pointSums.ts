/**
 * Profiles added up by group of series and point of the grid.
 *
 * Shape:  point t holds the profiles whose time lies in (t - step, t], cut to milliseconds. Cells are group * points + point.
 * Units:  milliseconds; totals in the profile type's unit.
 *
 * A rate is over the time that the profiles cover: the sum of their durations, but no more than from the first one's start
 * to the last one's end. So two in a row that fell into one point are no double rate, a profile of a minute is no
 * fourfold one, and two at the same time add up.
 */
import type { ProfileRows } from './sampleRows.ts';
import type { TypeMeaning } from './metricTable.ts';
import { sliceMillis } from '../store/writeWatch.ts';

/** A slice of the samples is a point of the grid. */
export const gridMillis = sliceMillis;

export interface PointGrid {
  /** The first point, in milliseconds since 1970: a multiple of the step. */
  readonly startMillis: number;
  readonly stepMillis: number;
  readonly count: number;
}

/** Points of the grid in a range, both ends inclusive. */
export function gridOf(startMillis: number, endMillis: number, stepMillis = gridMillis): PointGrid {
  const first = Math.ceil(startMillis / stepMillis);
  const count = Math.max(0, Math.floor(endMillis / stepMillis) - first + 1);
  return { startMillis: first * stepMillis, stepMillis, count };
}

/** -1 or less, and count or more, are outside. */
export const pointOf = ({ startMillis, stepMillis }: PointGrid, timeMillis: number): number =>
  Math.ceil((timeMillis - startMillis) / stepMillis);

export class PointSums {
  readonly grid: PointGrid;
  readonly totals: Float64Array;
  readonly profileCounts: Uint32Array;
  readonly #samples: Float64Array;
  readonly #durations: Float64Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;

  constructor(groupCount: number, grid: PointGrid) {
    this.grid = grid;
    const cells = groupCount * grid.count;
    this.totals = new Float64Array(cells);
    this.profileCounts = new Uint32Array(cells);
    this.#samples = new Float64Array(cells);
    this.#durations = new Float64Array(cells);
    this.#starts = new Float64Array(cells).fill(Infinity);
    this.#ends = new Float64Array(cells).fill(-Infinity);
  }

  /** Where profile `row` belongs; -1: outside of the grid. */
  cellOf(rows: ProfileRows, row: number, group: number): number {
    const point = pointOf(this.grid, rows.timesMillis[row] ?? 0);
    return point < 0 || point >= this.grid.count ? -1 : group * this.grid.count + point;
  }

  add(cell: number, rows: ProfileRows, row: number, { sampling }: TypeMeaning): void {
    const total = rows.totals[row] ?? 0;
    const start = rows.timesMillis[row] ?? 0;
    const period = rows.periods[row] ?? 0;
    // A sender that does not say how long a profile took is taken to send one a point.
    const duration = (rows.durationsMillis[row] ?? 0) > 0 ? (rows.durationsMillis[row] ?? 0) : gridMillis;
    add(this.totals, cell, total);
    this.profileCounts[cell] = (this.profileCounts[cell] ?? 0) + 1;
    if (sampling === 'unit') add(this.#samples, cell, total);
    else if (sampling === 'period' && period > 0) add(this.#samples, cell, total / period);
    add(this.#durations, cell, duration);
    this.#starts[cell] = Math.min(this.#starts[cell] ?? 0, start);
    this.#ends[cell] = Math.max(this.#ends[cell] ?? 0, start + duration);
  }

  coveredSeconds(cell: number): number {
    const span = (this.#ends[cell] ?? 0) - (this.#starts[cell] ?? 0);
    return Math.min(this.#durations[cell] ?? 0, span) / 1_000;
  }

  /** 0 when nobody knows. */
  sampleCount(cell: number): number {
    return this.#samples[cell] ?? 0;
  }
}

function add(column: Float64Array, cell: number, amount: number): void {
  column[cell] = (column[cell] ?? 0) + amount;
}
