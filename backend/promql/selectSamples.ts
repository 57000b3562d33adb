/**
 * Selectors and subqueries: which samples an expression looks at, at every step.
 *
 * Shape:  an instant selector takes the newest sample of [t - lookback, t], a range selector all of [t - range, t]. Both
 *         ends count, as in Prometheus 2.42; 3.0 left the older end out.
 * Source: Prometheus 2.42, promql/engine.go (vectorSelectorSingle, matrixIterSlice, evalSubquery).
 */
import type { MatrixSelector, Pin, Subquery, Timing, VectorSelector } from './ast.ts';
import type { Evaluation, Steps } from './evaluation.ts';
import { timeAt } from './evaluation.ts';
import type { SampleSeries } from './sampleSource.ts';
import type { MatrixValue, VectorSeries, VectorValue } from './value.ts';

/** The moment that a selector means at each step. */
export function momentsOf({ pin, offsetMillis = 0 }: Timing, steps: Steps, evaluation: Evaluation): Float64Array {
  const moments = new Float64Array(steps.count);
  const pinned = pin === undefined ? undefined : pinMillis(pin, evaluation);
  for (let i = 0; i < steps.count; i++) moments[i] = (pinned ?? timeAt(steps, i)) - offsetMillis;
  return moments;
}

function pinMillis(pin: Pin, { startMillis, endMillis }: Evaluation): number {
  if (pin.kind === 'time') return pin.millis;
  return pin.kind === 'start' ? startMillis : endMillis;
}

export interface InstantSamples {
  readonly vector: VectorValue;
  /** When each sample was taken, in milliseconds; parallel to the series' values. */
  readonly times: readonly Float64Array[];
}

export async function selectInstant(
  selector: VectorSelector,
  steps: Steps,
  evaluation: Evaluation,
): Promise<InstantSamples> {
  const { source, lookbackMillis, work, signal } = evaluation;
  const moments = momentsOf(selector, steps, evaluation);
  const range = spanOf(moments, lookbackMillis);
  const found = await source.select(selector.matchers, range, signal);
  const series: VectorSeries[] = [];
  const times: Float64Array[] = [];
  for (const one of found) {
    work.take(one.times.length + steps.count);
    const picked = pickNewest(one, moments, lookbackMillis);
    if (!picked.series.present.includes(1)) continue;
    series.push(picked.series);
    times.push(picked.times);
  }
  return { vector: { kind: 'vector', series }, times };
}

function pickNewest(
  { labels, times, values }: SampleSeries,
  moments: Float64Array,
  lookbackMillis: number,
): { readonly series: VectorSeries; readonly times: Float64Array } {
  const picked = new Float64Array(moments.length);
  const pickedTimes = new Float64Array(moments.length);
  const present = new Uint8Array(moments.length);
  let next = 0;
  for (let step = 0; step < moments.length; step++) {
    const moment = moments[step] ?? 0;
    while (next < times.length && (times[next] ?? 0) <= moment) next++;
    const time = times[next - 1];
    if (time === undefined || time < moment - lookbackMillis) continue;
    present[step] = 1;
    picked[step] = values[next - 1] ?? NaN;
    pickedTimes[step] = time;
  }
  return { series: { labels, values: picked, present }, times: pickedTimes };
}

export async function selectRange(
  { selector, rangeMillis }: MatrixSelector,
  steps: Steps,
  evaluation: Evaluation,
): Promise<MatrixValue> {
  const ends = momentsOf(selector, steps, evaluation);
  const series = await evaluation.source.select(selector.matchers, spanOf(ends, rangeMillis), evaluation.signal);
  for (const one of series) evaluation.work.take(one.times.length);
  return { kind: 'matrix', series, ends, rangeMillis };
}

const spanOf = (moments: Float64Array, beforeMillis: number) => ({
  startMillis: (moments[0] ?? 0) - beforeMillis,
  endMillis: moments.at(-1) ?? 0,
});

export interface SubqueryGrid {
  readonly ends: Float64Array;
  /** The inner expression is evaluated on whole multiples of the step, so that it answers alike whenever it is asked. */
  readonly inner: Steps;
}

export function subqueryGrid(subquery: Subquery, steps: Steps, evaluation: Evaluation): SubqueryGrid {
  const ends = momentsOf(subquery, steps, evaluation);
  const stepMillis = subquery.stepMillis ?? evaluation.subqueryStepMillis;
  const first = (ends[0] ?? 0) - subquery.rangeMillis;
  const startMillis = Math.ceil(first / stepMillis) * stepMillis;
  const count = Math.max(0, Math.floor(((ends.at(-1) ?? 0) - startMillis) / stepMillis) + 1);
  return { ends, inner: { startMillis, stepMillis, count } };
}

export function matrixOfSteps(vector: VectorValue, { ends, inner }: SubqueryGrid, rangeMillis: number): MatrixValue {
  const series = vector.series.map(({ labels, values, present }): SampleSeries => {
    const count = present.reduce((sum, flag) => sum + flag, 0);
    const times = new Float64Array(count);
    const kept = new Float64Array(count);
    let at = 0;
    for (let step = 0; step < inner.count; step++) {
      if (present[step] !== 1) continue;
      times[at] = timeAt(inner, step);
      kept[at++] = values[step] ?? NaN;
    }
    return { labels, times, values: kept };
  });
  return { kind: 'matrix', series, ends, rangeMillis };
}
