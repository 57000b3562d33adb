/** One line of a time series chart. */
import type { Labels } from './labels.ts';

export interface SeriesLine {
  readonly labels: Labels;
  /** Ascending in time; points without profiles are left out. */
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly timeMillis: number;
  /** float64: this is for drawing. */
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

/** A single pushed profile that stands for a point. */
export interface Exemplar {
  readonly timeMillis: number;
  readonly profileId: string;
  readonly value: bigint;
  readonly labels: Labels;
}
