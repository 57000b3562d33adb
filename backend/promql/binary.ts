/**
 * Binary operators on scalars, on a vector and a scalar, and the choice between the two ways of joining vectors.
 *
 * Source: Prometheus 2.42, promql/engine.go (VectorscalarBinop, scalarBinop).
 */
import { calculate, compares, dropsMetricName } from './arithmetic.ts';
import type { ArithmeticOp, BinaryExpr, BinaryOp, ComparisonOp } from './ast.ts';
import { isComparison, isSetOp } from './checkTypes.ts';
import type { Evaluation, Steps } from './evaluation.ts';
import { joinSeries } from './joinSeries.ts';
import { withoutName } from './labelSets.ts';
import { matchVectors } from './matchVectors.ts';
import { combineSets } from './setOperators.ts';
import type { ScalarValue, VectorSeries, VectorValue } from './value.ts';

type Operand = ScalarValue | VectorValue;

export function applyBinary(
  expr: BinaryExpr,
  left: Operand,
  right: Operand,
  steps: Steps,
  { work }: Evaluation,
): Operand {
  const { op, returnBool } = expr;
  if (left.kind === 'vector' && right.kind === 'vector') {
    work.take((left.series.length + right.series.length) * steps.count);
    if (isSetOp(op)) return combineSets(op, expr.matching, left, right, steps.count);
    return matchVectors({ ...expr, op }, left, right, steps.count, (points) => work.take(points));
  }
  if (isSetOp(op)) return left;
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    return {
      kind: 'scalar',
      values: left.values.map((value, step) => number(op, value, right.values[step] ?? NaN)),
    };
  }
  if (left.kind === 'vector' && right.kind === 'scalar') return withScalar(op, returnBool, left, right, false);
  if (left.kind === 'scalar' && right.kind === 'vector') return withScalar(op, returnBool, right, left, true);
  return left;
}

const number = (op: Exclude<BinaryOp, 'and' | 'or' | 'unless'>, left: number, right: number): number =>
  isComparison(op) ? Number(compares(op, left, right)) : calculate(op, left, right);

function withScalar(
  op: ArithmeticOp | ComparisonOp,
  returnBool: boolean,
  vector: VectorValue,
  scalar: ScalarValue,
  scalarFirst: boolean,
): VectorValue {
  const filters = isComparison(op) && !returnBool;
  const series = vector.series.map(({ labels, values, present }): VectorSeries => {
    const changed = new Float64Array(values.length);
    const kept = present.slice();
    for (let step = 0; step < values.length; step++) {
      if (present[step] !== 1) continue;
      const value = values[step] ?? NaN;
      const other = scalar.values[step] ?? NaN;
      const result = scalarFirst ? number(op, other, value) : number(op, value, other);
      if (filters && result === 0) kept[step] = 0;
      changed[step] = filters ? value : result;
    }
    return { labels: dropsMetricName(op, returnBool) ? withoutName(labels) : labels, values: changed, present: kept };
  });
  return joinSeries(series);
}
