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

/** A single pushed profile, or a span in one, that stands for a point. */
export interface Exemplar {
  readonly timeMillis: number;
  readonly profileId: string;
  /** 16 hex digits; undefined when a whole profile is meant. */
  readonly spanId?: string;
  /** 32 hex digits, when the span has one. */
  readonly traceId?: string;
  readonly value: bigint;
  readonly labels: Labels;
}
