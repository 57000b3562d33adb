/**
 * Aggregations: sum by (pod) (...) and the like.
 *
 * Source: Prometheus 2.42, promql/engine.go (aggregation).
 */
import { metricNameLabel } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import type { AggregateExpr, AggregateOp } from './ast.ts';
import { dropLabels, keepLabels, labelKey } from './labelSets.ts';
import { rankSeries } from './rankSeries.ts';
import { mean, variance, quantile } from './statistics.ts';
import type { ScalarValue, VectorSeries, VectorValue } from './value.ts';

interface Group {
  readonly labels: Labels;
  readonly members: VectorSeries[];
}

export function aggregate(
  expr: AggregateExpr,
  vector: VectorValue,
  parameter: ScalarValue | undefined,
  stepCount: number,
): VectorValue {
  const groups = groupSeries(expr, vector.series);
  const { op } = expr;
  if (op === 'topk' || op === 'bottomk') {
    return {
      kind: 'vector',
      series: groups.flatMap(({ members }) => rankSeries(members, parameter, op === 'topk')),
    };
  }
  const series = groups.map(({ labels, members }): VectorSeries => {
    const values = new Float64Array(stepCount);
    const present = new Uint8Array(stepCount);
    const buffer = new Float64Array(members.length);
    for (let step = 0; step < stepCount; step++) {
      let count = 0;
      for (const member of members) if (member.present[step] === 1) buffer[count++] = member.values[step] ?? NaN;
      if (count === 0) continue;
      present[step] = 1;
      values[step] = reduce(op, buffer.subarray(0, count), parameter?.values[step] ?? NaN);
    }
    return { labels, values, present };
  });
  return { kind: 'vector', series: series.filter(({ present }) => present.includes(1)) };
}

function groupSeries({ without, labels: names }: AggregateExpr, series: readonly VectorSeries[]): readonly Group[] {
  const set = new Set(without ? [...names, metricNameLabel] : names);
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = without ? dropLabels(one.labels, set) : keepLabels(one.labels, set);
    const key = labelKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, members: [one] });
    else group.members.push(one);
  }
  return [...groups.values()];
}

function reduce(op: Exclude<AggregateOp, 'topk' | 'bottomk'>, values: Float64Array, parameter: number): number {
  switch (op) {
    case 'sum':
      // Plain, as Prometheus sums across series.
      return values.reduce((total, value) => total + value, 0);
    case 'avg':
      return mean(values);
    case 'min':
      return values.reduce((best, value) => (value < best || isNaN(best) ? value : best), NaN);
    case 'max':
      return values.reduce((best, value) => (value > best || isNaN(best) ? value : best), NaN);
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'stddev':
      return Math.sqrt(variance(values));
    case 'stdvar':
      return variance(values);
    case 'quantile':
      return quantile(parameter, values);
  }
}
