/**
 * What the drawing draws: a call tree as columns, depth first (a nested set), as Grafana's flame graph frame has it.
 *
 * Units: values are float64 and only for drawing; `unit` is pprof's (nanoseconds, bytes, count ...).
 */
export interface FlameGraphData {
  /** Bars. Bar 0 is the root at level 0. */
  readonly count: number;
  /** Depth of each bar; a bar's children follow it directly, one level deeper, before its next sibling. */
  readonly level: Int32Array;
  /** Index into names. */
  readonly name: Uint32Array;
  readonly total: Float64Array;
  readonly self: Float64Array;
  /** Distinct function names. */
  readonly names: readonly string[];
  readonly unit: string;
}
