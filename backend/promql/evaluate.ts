/**
 * Evaluates an expression at every step of a query at once: each part gives columns, never a row at a time.
 *
 * Errors: InputError failed_precondition for what only shows with data (many-to-many matching), resource_exhausted,
 *         canceled, and whatever the source throws.
 * Source: Prometheus 2.42, promql/engine.go (eval).
 */
import { invariant } from '../errors.ts';
import { absentLabels } from './absentLabels.ts';
import { aggregate } from './aggregate.ts';
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, MatrixSelector, Subquery } from './ast.ts';
import { applyBinary } from './binary.ts';
import type { Evaluation, Steps } from './evaluation.ts';
import { timeAt } from './evaluation.ts';
import { valueFunctions } from './instantFunctions.ts';
import type { ValueFunction } from './instantFunctions.ts';
import { joinSeries } from './joinSeries.ts';
import { joinLabels, replaceLabel } from './labelFunctions.ts';
import { withoutName } from './labelSets.ts';
import { absentOverTime, overWindows } from './overWindows.ts';
import { rangeFunctions } from './rangeFunctions.ts';
import { compareValues } from './rankSeries.ts';
import { matrixOfSteps, selectInstant, selectRange, subqueryGrid } from './selectSamples.ts';
import { presenceOf } from './signatures.ts';
import type { MatrixValue, ScalarValue, Value, VectorSeries, VectorValue } from './value.ts';

export async function evaluate(expr: Expr, steps: Steps, evaluation: Evaluation): Promise<Value> {
  switch (expr.kind) {
    case 'number':
      return constant(expr.value, steps, evaluation);
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return evaluate(expr.of, steps, evaluation);
    case 'selector':
      return (await selectInstant(expr, steps, evaluation)).vector;
    case 'range':
    case 'subquery':
      return evaluateMatrix(expr, steps, evaluation);
    case 'negate':
      return negate(await evaluate(expr.of, steps, evaluation));
    case 'binary':
      return evaluateBinary(expr, steps, evaluation);
    case 'aggregate':
      return evaluateAggregate(expr, steps, evaluation);
    case 'call':
      return evaluateCall(expr, steps, evaluation);
  }
}

function constant(value: number, { count }: Steps, { work }: Evaluation): ScalarValue {
  work.take(count);
  return { kind: 'scalar', values: new Float64Array(count).fill(value) };
}

async function evaluateMatrix(
  expr: MatrixSelector | Subquery,
  steps: Steps,
  evaluation: Evaluation,
): Promise<MatrixValue> {
  if (expr.kind === 'range') return selectRange(expr, steps, evaluation);
  const grid = subqueryGrid(expr, steps, evaluation);
  evaluation.work.take(grid.inner.count);
  if (grid.inner.count === 0) return { kind: 'matrix', series: [], ends: grid.ends, rangeMillis: expr.rangeMillis };
  const inner = await evaluateVector(expr.of, grid.inner, evaluation);
  return matrixOfSteps(inner, grid, expr.rangeMillis);
}

async function evaluateVector(expr: Expr, steps: Steps, evaluation: Evaluation): Promise<VectorValue> {
  const value = await evaluate(expr, steps, evaluation);
  invariant(value.kind === 'vector', 'types were checked when the expression was read');
  return value;
}

async function evaluateScalar(expr: Expr, steps: Steps, evaluation: Evaluation): Promise<ScalarValue> {
  const value = await evaluate(expr, steps, evaluation);
  invariant(value.kind === 'scalar', 'types were checked when the expression was read');
  return value;
}

function negate(value: Value): Value {
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((each) => -each) };
  invariant(value.kind === 'vector', 'types were checked when the expression was read');
  return joinSeries(
    value.series.map((one) => ({
      ...one,
      labels: withoutName(one.labels),
      values: one.values.map((each) => -each),
    })),
  );
}

async function evaluateBinary(expr: BinaryExpr, steps: Steps, evaluation: Evaluation): Promise<Value> {
  const [left, right] = await Promise.all([
    evaluate(expr.left, steps, evaluation),
    evaluate(expr.right, steps, evaluation),
  ]);
  const isOperand = (value: Value): value is ScalarValue | VectorValue =>
    value.kind === 'scalar' || value.kind === 'vector';
  invariant(isOperand(left) && isOperand(right), 'types were checked when the expression was read');
  return applyBinary(expr, left, right, steps, evaluation);
}

async function evaluateAggregate(expr: AggregateExpr, steps: Steps, evaluation: Evaluation): Promise<VectorValue> {
  const parameter = expr.parameter === undefined ? undefined : await evaluateScalar(expr.parameter, steps, evaluation);
  const vector = await evaluateVector(expr.of, steps, evaluation);
  evaluation.work.take(vector.series.length * steps.count);
  return aggregate(expr, vector, parameter, steps.count);
}

async function evaluateCall(call: CallExpr, steps: Steps, evaluation: Evaluation): Promise<Value> {
  const { name, args } = call;
  const [first, second] = args;
  const overTime = rangeFunctions.get(name);
  if (overTime !== undefined || name === 'absent_over_time') {
    const of = args.find((arg) => bare(arg).kind === 'range' || bare(arg).kind === 'subquery');
    const scalar = args.find((arg) => arg !== of);
    const matrixExpr = of === undefined ? undefined : bare(of);
    invariant(matrixExpr?.kind === 'range' || matrixExpr?.kind === 'subquery', 'a range function has a range');
    const parameter = scalar === undefined ? undefined : await evaluateScalar(scalar, steps, evaluation);
    const matrix = await evaluateMatrix(matrixExpr, steps, evaluation);
    if (overTime === undefined) return absentOverTime(matrixExpr, matrix, steps);
    return overWindows(name, overTime, matrix, parameter, steps, evaluation);
  }
  switch (name) {
    case 'pi':
      return constant(Math.PI, steps, evaluation);
    case 'time':
      return secondsOf(steps);
    case 'label_replace':
    case 'label_join':
      return evaluateLabelCall(call, steps, evaluation);
    default:
  }
  if (first === undefined) return mapValues(valueFunction(name), vectorOf(secondsOf(steps)), []);
  if (name === 'vector') return vectorOf(await evaluateScalar(first, steps, evaluation));
  if (name === 'timestamp') return evaluateTimestamp(first, steps, evaluation);
  const vector = await evaluateVector(first, steps, evaluation);
  switch (name) {
    case 'absent':
      return absent(first, vector, steps);
    case 'scalar':
      return toScalar(vector, steps);
    case 'sort':
    case 'sort_desc':
      return sortByValue(vector, steps, name === 'sort_desc');
    default: {
      const parameters: ScalarValue[] = [];
      for (const arg of second === undefined ? [] : args.slice(1)) {
        parameters.push(await evaluateScalar(arg, steps, evaluation));
      }
      return mapValues(valueFunction(name), vector, parameters);
    }
  }
}

const bare = (expr: Expr): Expr => (expr.kind === 'paren' ? bare(expr.of) : expr);

function valueFunction(name: string): ValueFunction {
  const found = valueFunctions.get(name);
  invariant(found !== undefined, `function ${name} is implemented`);
  return found;
}

function secondsOf(steps: Steps): ScalarValue {
  return { kind: 'scalar', values: Float64Array.from({ length: steps.count }, (_, i) => timeAt(steps, i) / 1_000) };
}

function vectorOf({ values }: ScalarValue): VectorValue {
  return { kind: 'vector', series: [{ labels: [], values, present: new Uint8Array(values.length).fill(1) }] };
}

function mapValues(apply: ValueFunction, vector: VectorValue, parameters: readonly ScalarValue[]): VectorValue {
  const series = vector.series.map(({ labels, values, present }): VectorSeries => {
    const changed = new Float64Array(values.length);
    const kept = present.slice();
    for (let step = 0; step < values.length; step++) {
      if (present[step] !== 1) continue;
      const result = apply(values[step] ?? NaN, ...parameters.map((each) => each.values[step] ?? NaN));
      if (result === undefined) kept[step] = 0;
      else changed[step] = result;
    }
    return { labels: withoutName(labels), values: changed, present: kept };
  });
  return joinSeries(series);
}

async function evaluateLabelCall(call: CallExpr, steps: Steps, evaluation: Evaluation): Promise<VectorValue> {
  const [first, ...rest] = call.args;
  invariant(first !== undefined, 'arguments were counted when the expression was read');
  const texts = rest.map((arg) => {
    const text = bare(arg);
    invariant(text.kind === 'string', 'types were checked when the expression was read');
    return text.value;
  });
  const vector = await evaluateVector(first, steps, evaluation);
  return call.name === 'label_join' ? joinLabels(vector, texts) : replaceLabel(vector, texts);
}

/** Of a selector: when its samples were taken. Of anything else: when it is evaluated. */
async function evaluateTimestamp(arg: Expr, steps: Steps, evaluation: Evaluation): Promise<VectorValue> {
  const selector = bare(arg);
  if (selector.kind === 'selector') {
    const { vector, times } = await selectInstant(selector, steps, evaluation);
    return joinSeries(
      vector.series.map(({ labels, present }, i) => ({
        labels: withoutName(labels),
        values: times[i]?.map((millis) => millis / 1_000) ?? new Float64Array(steps.count),
        present,
      })),
    );
  }
  const { series } = await evaluateVector(arg, steps, evaluation);
  const { values } = secondsOf(steps);
  return joinSeries(series.map(({ labels, present }) => ({ labels: withoutName(labels), values, present })));
}

function absent(arg: Expr, { series }: VectorValue, { count }: Steps): VectorValue {
  const present = presenceOf(series, count).map((flag) => 1 - flag);
  if (!present.includes(1)) return { kind: 'vector', series: [] };
  return { kind: 'vector', series: [{ labels: absentLabels(arg), values: new Float64Array(count).fill(1), present }] };
}

/** NaN where there is not exactly one series. */
function toScalar({ series }: VectorValue, { count }: Steps): ScalarValue {
  const values = new Float64Array(count).fill(NaN);
  const found = new Uint32Array(count);
  for (const one of series) {
    for (let step = 0; step < count; step++) {
      if (one.present[step] !== 1) continue;
      found[step] = (found[step] ?? 0) + 1;
      values[step] = found[step] === 1 ? (one.values[step] ?? NaN) : NaN;
    }
  }
  return { kind: 'scalar', values };
}

/** Over several steps there is no one order, and Prometheus leaves it as it is too. */
function sortByValue(vector: VectorValue, { count }: Steps, descending: boolean): VectorValue {
  if (count !== 1) return vector;
  const series = [...vector.series].sort((a, b) => compareValues(a.values[0] ?? NaN, b.values[0] ?? NaN, descending));
  return { kind: 'vector', series };
}
