/**
 * How many profiles or spans had how large a total, over time.
 *
 * Shape:  slots in ascending time, those without anything left out; each has a count for every row.
 * Units:  rows in the profile type's; times in milliseconds.
 */
import type { Labels } from './labels.ts';
import type { Exemplar } from './seriesLine.ts';

export interface Heatmap {
  /** The lower bound of each row, ascending; the same for all lines. */
  readonly rows: readonly number[];
  readonly lines: readonly HeatmapLine[];
}

export interface HeatmapLine {
  readonly labels: Labels;
  readonly slots: readonly HeatmapSlot[];
}

export interface HeatmapSlot {
  /** The right edge. */
  readonly timeMillis: number;
  readonly counts: readonly number[];
  /** The largest of each row that has any. */
  readonly exemplars: readonly Exemplar[];
}
