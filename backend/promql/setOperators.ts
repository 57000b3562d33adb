/**
 * and, or, unless.
 *
 * Source: Prometheus 2.42, promql/engine.go (VectorAnd, VectorOr, VectorUnless).
 */
import type { Matching, SetOp } from './ast.ts';
import { joinSeries } from './joinSeries.ts';
import { bySignature, presenceOf, signatureOf } from './signatures.ts';
import type { VectorSeries, VectorValue } from './value.ts';

export function combineSets(
  op: SetOp,
  matching: Matching | undefined,
  left: VectorValue,
  right: VectorValue,
  stepCount: number,
): VectorValue {
  const signature = signatureOf(matching);
  const others = op === 'or' ? left : right;
  const filtered = op === 'or' ? right : left;
  const presence = new Map<string, Uint8Array>();
  for (const [key, series] of bySignature(others.series, signature)) presence.set(key, presenceOf(series, stepCount));
  const keepWhere = op === 'and' ? 1 : 0;
  const kept = filtered.series.map((one): VectorSeries => {
    const other = presence.get(signature(one.labels));
    const present = one.present.map((flag, step) => (flag === 1 && (other?.[step] ?? 0) === keepWhere ? 1 : 0));
    return { ...one, present };
  });
  return joinSeries(op === 'or' ? [...left.series, ...kept] : kept);
}
