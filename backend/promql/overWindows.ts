/** Applies a range function to every window of every series. */
import type { Expr } from './ast.ts';
import { InputError } from '../errors.ts';
import type { Evaluation, Steps } from './evaluation.ts';
import { timeAt } from './evaluation.ts';
import { labelKey, withoutName } from './labelSets.ts';
import type { RangeFunction } from './rangeFunctions.ts';
import type { SampleSeries } from './sampleSource.ts';
import type { MatrixValue, ScalarValue, VectorSeries, VectorValue } from './value.ts';
import { absentLabels } from './absentLabels.ts';

export function overWindows(
  name: string,
  apply: RangeFunction,
  matrix: MatrixValue,
  parameter: ScalarValue | undefined,
  steps: Steps,
  { work }: Evaluation,
): VectorValue {
  const keepsName = name === 'last_over_time';
  const series: VectorSeries[] = [];
  const seen = new Set<string>();
  for (const one of matrix.series) {
    work.take(steps.count);
    const labels = keepsName ? one.labels : withoutName(one.labels);
    const applied = overSeries(apply, one, matrix, parameter, steps, (points) => work.take(points));
    if (!applied.present.includes(1)) continue;
    const key = labelKey(labels);
    if (seen.has(key)) {
      throw new InputError('failed_precondition', 'vector cannot contain metrics with the same labelset');
    }
    seen.add(key);
    series.push({ labels, ...applied });
  }
  return { kind: 'vector', series };
}

function overSeries(
  apply: RangeFunction,
  one: SampleSeries,
  { ends, rangeMillis }: MatrixValue,
  parameter: ScalarValue | undefined,
  steps: Steps,
  take: (points: number) => void,
): { readonly values: Float64Array; readonly present: Uint8Array } {
  const values = new Float64Array(steps.count);
  const present = new Uint8Array(steps.count);
  // One object for all windows of a series: there may be a million of them.
  const window = { ...one, first: 0, end: 0, endMillis: 0, rangeMillis, nowMillis: 0, parameter: NaN };
  let first = 0;
  let end = 0;
  for (let step = 0; step < steps.count; step++) {
    const endMillis = ends[step] ?? 0;
    while (end < one.times.length && (one.times[end] ?? 0) <= endMillis) end++;
    while (first < end && (one.times[first] ?? 0) < endMillis - rangeMillis) first++;
    if (first === end) continue;
    take(end - first);
    window.first = first;
    window.end = end;
    window.endMillis = endMillis;
    window.nowMillis = timeAt(steps, step);
    window.parameter = parameter?.values[step] ?? NaN;
    const value = apply(window);
    if (value === undefined) continue;
    values[step] = value;
    present[step] = 1;
  }
  return { values, present };
}

/** 1 where no series has a sample in the window. */
export function absentOverTime(of: Expr, matrix: MatrixValue, steps: Steps): VectorValue {
  const present = new Uint8Array(steps.count).fill(1);
  for (const one of matrix.series) {
    const { present: found } = overSeries(
      () => 1,
      one,
      matrix,
      undefined,
      steps,
      () => undefined,
    );
    for (let step = 0; step < steps.count; step++) if (found[step] === 1) present[step] = 0;
  }
  const values = new Float64Array(steps.count).fill(1);
  return { kind: 'vector', series: present.includes(1) ? [{ labels: absentLabels(of), values, present }] : [] };
}
