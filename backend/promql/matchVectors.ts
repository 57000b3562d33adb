/**
 * Arithmetic and comparisons between vectors: one-to-one, group_left, group_right.
 *
 * Shape:  the right side has one series a signature and step ("the one"), the left may have many when it is said so.
 * Errors: InputError failed_precondition where a side that must be unique is not.
 * Source: Prometheus 2.42, promql/engine.go (VectorBinop, resultMetric).
 */
import { InputError } from '../errors.ts';
import { formatLabels, labelValue } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import { calculate, compares, dropsMetricName } from './arithmetic.ts';
import type { ArithmeticOp, BinaryExpr, ComparisonOp, Matching } from './ast.ts';
import { isComparison } from './checkTypes.ts';
import { joinSeries } from './joinSeries.ts';
import { dropLabels, keepLabels, labelKey, setLabel, withoutName } from './labelSets.ts';
import { bySignature, presenceOf, signatureOf } from './signatures.ts';
import type { VectorSeries, VectorValue } from './value.ts';

export interface VectorOperation extends Omit<BinaryExpr, 'op'> {
  readonly op: ArithmeticOp | ComparisonOp;
}

export function matchVectors(
  expr: VectorOperation,
  left: VectorValue,
  right: VectorValue,
  stepCount: number,
  take: (points: number) => void,
): VectorValue {
  const { matching } = expr;
  const swapped = matching?.cardinality === 'one-to-many';
  const many = swapped ? right : left;
  const one = swapped ? left : right;
  const signature = signatureOf(matching);
  const ones = bySignature(one.series, signature);
  const bothThere = andPresence(presenceOf(many.series, stepCount), presenceOf(one.series, stepCount));
  for (const group of ones.values()) checkOneSide(group, bothThere, swapped ? 'left' : 'right');
  const isGrouped = matching !== undefined && matching.cardinality !== 'one-to-one';
  const taken = new Map<string, Uint8Array>();
  const results: VectorSeries[] = [];
  for (const from of many.series) {
    const key = signature(from.labels);
    for (const to of ones.get(key) ?? []) {
      take(stepCount);
      const result = combine(expr, from, to, swapped);
      noteTaken(taken, isGrouped ? key + '\0' + labelKey(result.labels) : key, result, isGrouped);
      results.push(result);
    }
  }
  return joinSeries(results);
}

function andPresence(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((flag, step) => flag & (b[step] ?? 0));
}

/** Two of the "one" at the same step are an error, unless the other side is empty there: then nothing would match. */
function checkOneSide(group: readonly VectorSeries[], bothThere: Uint8Array, side: string): void {
  const [first] = group;
  if (group.length < 2 || first === undefined) return;
  for (let step = 0; step < bothThere.length; step++) {
    if (bothThere[step] !== 1) continue;
    const [a, b] = group.filter(({ present }) => present[step] === 1);
    if (a === undefined || b === undefined) continue;
    throw new InputError(
      'failed_precondition',
      `found duplicate series for the match group on the ${side} hand-side of the operation: [${formatLabels(a.labels)}, ` +
        `${formatLabels(b.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}

function noteTaken(taken: Map<string, Uint8Array>, key: string, { present }: VectorSeries, isGrouped: boolean): void {
  const known = taken.get(key);
  if (known === undefined) {
    taken.set(key, present.slice());
    return;
  }
  for (let step = 0; step < present.length; step++) {
    if (present[step] !== 1) continue;
    if (known[step] === 1) {
      throw new InputError(
        'failed_precondition',
        isGrouped
          ? 'multiple matches for labels: grouping labels must ensure unique matches'
          : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      );
    }
    known[step] = 1;
  }
}

function combine(
  { op, returnBool, matching }: VectorOperation,
  many: VectorSeries,
  one: VectorSeries,
  swapped: boolean,
): VectorSeries {
  const values = new Float64Array(many.values.length);
  const present = new Uint8Array(many.values.length);
  for (let step = 0; step < values.length; step++) {
    if (many.present[step] !== 1 || one.present[step] !== 1) continue;
    const left = (swapped ? one : many).values[step] ?? NaN;
    const right = (swapped ? many : one).values[step] ?? NaN;
    if (isComparison(op)) {
      const holds = compares(op, left, right);
      if (!holds && !returnBool) continue;
      values[step] = returnBool ? Number(holds) : left;
    } else values[step] = calculate(op, left, right);
    present[step] = 1;
  }
  const dropsName = dropsMetricName(op, returnBool);
  return { labels: resultLabels(dropsName, many.labels, one.labels, matching), values, present };
}

function resultLabels(dropsName: boolean, many: Labels, one: Labels, matching: Matching | undefined): Labels {
  let labels = dropsName ? withoutName(many) : many;
  if (matching === undefined) return labels;
  const names = new Set(matching.labels);
  if (matching.cardinality === 'one-to-one') {
    labels = matching.on ? keepLabels(labels, names) : dropLabels(labels, names);
  }
  for (const name of matching.include) labels = setLabel(labels, name, labelValue(one, name) ?? '');
  return labels;
}
