/**
 * Which labels the answer of absent() has: those that the selector asks for by equality, once each.
 *
 * Source: Prometheus 2.42, promql/functions.go, createLabelsForAbsentFunction.
 */
import { metricNameLabel, sortLabels } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import type { Expr } from './ast.ts';

export function absentLabels(expr: Expr): Labels {
  const matchers = expr.kind === 'selector' ? expr.matchers : expr.kind === 'range' ? expr.selector.matchers : [];
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, op, value } of matchers) {
    if (name === metricNameLabel) continue;
    if (op === '=' && !seen.has(name)) {
      seen.add(name);
      if (value !== '') labels.set(name, value);
    } else labels.delete(name);
  }
  return sortLabels([...labels].map(([name, value]) => ({ name, value })));
}
