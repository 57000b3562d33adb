/**
 * Where evaluated samples go: a queue for remote write, or a list in a test.
 *
 * Shape:  labels are the series' own without __name__, all with a value; what is handed over of one series is ascending in
 *         time, over all calls too. History of a new rule comes first, so it is older than samples of other series.
 * Units:  times in milliseconds since 1970; values as the metric's unit says.
 * Errors: accept resolves when the samples survive a restart; a rejection hands them over again later, so a sink may see a
 *         sample twice, with the same value.
 */
export interface RuleSeries {
  /** Of the metric: __name__. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Ascending; parallel to values. */
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface SampleSink {
  accept(series: readonly RuleSeries[]): Promise<void>;
}
