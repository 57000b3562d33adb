/**
 * topk and bottomk: at every step the k series with the largest (smallest) values, NaN last in both.
 *
 * Shape:  the series themselves, with fewer steps; with one step they come in the order of their values.
 * Source: Prometheus 2.42, promql/engine.go (aggregation, TOPK); k is cut to a whole number, below 1 nothing is kept.
 */
import { InputError } from '../errors.ts';
import type { ScalarValue, VectorSeries } from './value.ts';

export function rankSeries(
  members: readonly VectorSeries[],
  parameter: ScalarValue | undefined,
  largest: boolean,
): readonly VectorSeries[] {
  const stepCount = members[0]?.present.length ?? 0;
  const kept = members.map(() => new Uint8Array(stepCount));
  let order: readonly number[] = [];
  for (let step = 0; step < stepCount; step++) {
    const most = wholeNumber(parameter?.values[step] ?? NaN);
    const there = [...members.keys()].filter((index) => members[index]?.present[step] === 1);
    const valueOf = (index: number): number => members[index]?.values[step] ?? NaN;
    there.sort((a, b) => compareValues(valueOf(a), valueOf(b), largest));
    order = there.slice(0, Math.max(0, most));
    for (const index of order) {
      const flags = kept[index];
      if (flags !== undefined) flags[step] = 1;
    }
  }
  const ranked = stepCount === 1 ? order : [...members.keys()];
  return ranked.flatMap((index) => {
    const member = members[index];
    const present = kept[index];
    return member !== undefined && present?.includes(1) === true ? [{ ...member, present }] : [];
  });
}

export function compareValues(a: number, b: number, descending: boolean): number {
  if (isNaN(a)) return isNaN(b) ? 0 : 1;
  if (isNaN(b)) return -1;
  return descending ? b - a : a - b;
}

function wholeNumber(parameter: number): number {
  if (isNaN(parameter) || Math.abs(parameter) >= 2 ** 63) {
    throw new InputError('failed_precondition', `Scalar value ${parameter} overflows int64`);
  }
  return Math.trunc(parameter);
}
