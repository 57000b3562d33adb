/**
 * Where samples come from: the only thing that the evaluator wants to know about the world.
 *
 * Units: times in milliseconds since 1970, both ends of a range inclusive; values are float64.
 */
import type { Labels } from '../model/labels.ts';
import type { Matchers } from '../model/selector.ts';

export interface SampleSeries {
  /** The metric name is the label __name__; sorted by name. */
  readonly labels: Labels;
  /** Ascending; parallel to values. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface SampleRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

export interface SampleSource {
  /** Series that fit all matchers, with their samples in the range; no two with the same labels. */
  select(matchers: Matchers, range: SampleRange, signal?: AbortSignal): Promise<readonly SampleSeries[]>;
}
