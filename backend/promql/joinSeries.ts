/**
 * Brings series with equal labels together, as an operation that drops labels may leave them: one after the other is one
 * series, two at the same moment is an error.
 *
 * Errors: InputError failed_precondition.
 * Source: Prometheus 2.42, promql/engine.go (rangeEval, ContainsSameLabelset).
 */
import { InputError } from '../errors.ts';
import { labelKey } from './labelSets.ts';
import type { VectorSeries, VectorValue } from './value.ts';

export function joinSeries(series: readonly VectorSeries[]): VectorValue {
  const byKey = new Map<string, VectorSeries>();
  for (const one of series) {
    if (!one.present.includes(1)) continue;
    const key = labelKey(one.labels);
    const same = byKey.get(key);
    byKey.set(key, same === undefined ? one : merge(same, one));
  }
  return { kind: 'vector', series: [...byKey.values()] };
}

function merge(a: VectorSeries, b: VectorSeries): VectorSeries {
  const values = a.values.slice();
  const present = a.present.slice();
  for (let step = 0; step < present.length; step++) {
    if (b.present[step] !== 1) continue;
    if (present[step] === 1) {
      throw new InputError('failed_precondition', 'vector cannot contain metrics with the same labelset');
    }
    present[step] = 1;
    values[step] = b.values[step] ?? NaN;
  }
  return { labels: a.labels, values, present };
}
