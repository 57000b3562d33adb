/**
 * Functions over the samples of a window.
 *
 * Shape:  a window is samples [first, end) of a series; a function gives a number, or undefined where it has nothing to say.
 * Units:  rates are per second; moments in milliseconds.
 * Source: Prometheus 2.42, promql/functions.go, checked against that program by againstPrometheus.test.ts.
 */
import type { SampleSeries } from './sampleSource.ts';
import { mean, varianceOverTime, quantile, sum } from './statistics.ts';

export interface Window extends SampleSeries {
  readonly first: number;
  readonly end: number;
  /** The moment that the window ends at, which need not be a sample's. */
  readonly endMillis: number;
  readonly rangeMillis: number;
  /** The moment of evaluation, before any offset. */
  readonly nowMillis: number;
  /** phi of quantile_over_time, seconds of predict_linear. */
  readonly parameter: number;
}

export type RangeFunction = (window: Window) => number | undefined;

const at = (column: Float64Array, index: number): number => column[index] ?? NaN;
const valuesOf = ({ values, first, end }: Window): Float64Array => values.subarray(first, end);

export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', (window) => extrapolate(window, true, true)],
  ['increase', (window) => extrapolate(window, true, false)],
  ['delta', (window) => extrapolate(window, false, false)],
  ['irate', (window) => lastTwo(window, true)],
  ['idelta', (window) => lastTwo(window, false)],
  ['deriv', (window) => fitLine(window, at(window.times, window.first))?.slope],
  [
    'predict_linear',
    (window) => {
      const line = fitLine(window, window.nowMillis);
      return line && line.slope * window.parameter + line.intercept;
    },
  ],
  ['changes', (window) => countPairs(window, (before, now) => now !== before && !(isNaN(now) && isNaN(before)))],
  ['resets', (window) => countPairs(window, (before, now) => now < before)],
  ['avg_over_time', (window) => mean(valuesOf(window))],
  ['sum_over_time', (window) => sum(valuesOf(window))],
  ['count_over_time', ({ first, end }) => end - first],
  ['last_over_time', ({ values, end }) => at(values, end - 1)],
  ['present_over_time', () => 1],
  ['max_over_time', (window) => pick(valuesOf(window), (value, best) => value > best || isNaN(best))],
  ['min_over_time', (window) => pick(valuesOf(window), (value, best) => value < best || isNaN(best))],
  ['stddev_over_time', (window) => Math.sqrt(varianceOverTime(valuesOf(window)))],
  ['stdvar_over_time', (window) => varianceOverTime(valuesOf(window))],
  ['quantile_over_time', (window) => quantile(window.parameter, valuesOf(window).slice())],
]);

function pick(values: Float64Array, isBetter: (value: number, best: number) => boolean): number {
  let best = at(values, 0);
  for (const value of values) if (isBetter(value, best)) best = value;
  return best;
}

function countPairs({ values, first, end }: Window, counts: (before: number, now: number) => boolean): number {
  let count = 0;
  for (let i = first + 1; i < end; i++) if (counts(at(values, i - 1), at(values, i))) count++;
  return count;
}

function lastTwo({ times, values, first, end }: Window, isRate: boolean): number | undefined {
  if (end - first < 2) return undefined;
  const seconds = (at(times, end - 1) - at(times, end - 2)) / 1_000;
  if (seconds === 0) return undefined;
  const before = at(values, end - 2);
  const now = at(values, end - 1);
  if (!isRate) return now - before;
  // A counter that fell was set to zero in between.
  return (now < before ? now : now - before) / seconds;
}

/**
 * The change between the first and the last sample, stretched to the whole window, unless the samples stop far from its
 * ends: then the series is taken to begin or end half a sample distance away. A counter is not stretched below zero.
 */
function extrapolate(window: Window, isCounter: boolean, isRate: boolean): number | undefined {
  const { times, values, first, end, endMillis, rangeMillis } = window;
  if (end - first < 2) return undefined;
  const last = end - 1;
  let change = at(values, last) - at(values, first);
  if (isCounter) {
    for (let i = first + 1; i < end; i++) if (at(values, i) < at(values, i - 1)) change += at(values, i - 1);
  }
  const sampledSeconds = (at(times, last) - at(times, first)) / 1_000;
  const distance = sampledSeconds / (last - first);
  let before = (at(times, first) - (endMillis - rangeMillis)) / 1_000;
  const after = (endMillis - at(times, last)) / 1_000;
  if (isCounter && change > 0 && at(values, first) >= 0) {
    before = Math.min(before, sampledSeconds * (at(values, first) / change));
  }
  const reach = (seconds: number): number => (seconds < distance * 1.1 ? seconds : distance / 2);
  const factor = (sampledSeconds + reach(before) + reach(after)) / sampledSeconds;
  return change * (isRate ? factor / (rangeMillis / 1_000) : factor);
}

/** Least squares; the intercept is the value at originMillis. */
function fitLine(
  window: Window,
  originMillis: number,
): { readonly slope: number; readonly intercept: number } | undefined {
  const { times, values, first, end } = window;
  const count = end - first;
  if (count < 2) return undefined;
  const initial = at(values, first);
  if (valuesOf(window).every((value) => value === initial)) {
    return isFinite(initial) ? { slope: 0, intercept: initial } : { slope: NaN, intercept: NaN };
  }
  const xs = Float64Array.from({ length: count }, (_, i) => (at(times, first + i) - originMillis) / 1_000);
  const sumX = sum(xs);
  const sumY = sum(valuesOf(window));
  const covariance = sum(xs.map((x, i) => x * at(values, first + i))) - (sumX * sumY) / count;
  const spread = sum(xs.map((x) => x * x)) - (sumX * sumX) / count;
  const slope = covariance / spread;
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}
