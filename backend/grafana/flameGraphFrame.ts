/**
 * Call trees as the frames that Grafana's flame graph panels draw.
 *
 * Shape:  nodes depth first, children in the byte order of their names, "other" last; level says how deep a node lies. A diff
 *         has the baseline in value and self, what is compared with it in valueRight and selfRight. What is zero is left out.
 * Units:  the profile type's, exact Int64.
 * Source: @grafana/flamegraph 13.0, checkFields; reference grafana-plugins 4.2.
 */
import type { CallTree } from '../model/callTree.ts';
import { otherName, sortChildren } from '../model/callTree.ts';
import type { Estimate } from '../model/estimate.ts';
import { exactly } from '../model/estimate.ts';
import type { CallTreePair, TreeValues } from '../model/callTreePair.ts';
import type { Baseline } from './comparison.ts';
import { describeComparison } from './comparison.ts';
import type { DataFrame, FrameField } from './dataFrame.ts';
import { flameGraphUnit, profileTypeName } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';
import type { Comparison } from './savedQuery.ts';

type TreeShape = Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>;

/**
 * No frame when there is nothing: panels then say so, where a lone root bar would look like an answer. Of an estimate there is
 * one field more: how far off each frame's share may be.
 */
export function flameGraphFrames(
  { refId, query }: AskedQuery,
  tree: CallTree,
  notice = '',
  estimate: Estimate = exactly,
): readonly DataFrame[] {
  if ((tree.total[0] ?? 0n) === 0n) return [];
  const unit = flameGraphUnit(query.profileTypeId);
  const columns = walkDepthFirst(tree, [tree]);
  return [
    {
      name: profileTypeName(query.profileTypeId),
      refId,
      meta: {
        preferredVisualisationType: 'flamegraph',
        custom: { profileTypeId: query.profileTypeId, accuracy: accuracyOf(estimate) },
        ...(notice !== '' && { notices: [{ severity: 'info' as const, text: notice }] }),
      },
      fields: [
        columns.level,
        columns.column('value', 'Total', unit, tree.total),
        columns.column('self', 'Self', unit, tree.self),
        columns.label,
        ...(tree.shareErrors === undefined ? [] : [columns.errors(tree.shareErrors)]),
      ],
    },
  ];
}

const confidence = 0.95;

const accuracyOf = ({ exact, errorBound }: Estimate): object =>
  exact ? { kind: 'exact' } : { kind: 'estimate', bound: errorBound, confidence };

export function diffFrames(
  { refId, query, startMillis, endMillis }: AskedQuery,
  pair: CallTreePair,
  comparison: Comparison,
  { startMillis: baselineStartMillis, endMillis: baselineEndMillis }: Baseline,
): readonly DataFrame[] {
  const { left, right } = pair;
  if ((left.total[0] ?? 0n) === 0n && (right.total[0] ?? 0n) === 0n) return [];
  const { profileTypeId } = query;
  const unit = flameGraphUnit(profileTypeId);
  const baseline = describeComparison(comparison);
  const columns = walkDepthFirst(pair, [left, right]);
  const custom = { profileTypeId, baseline, baselineStartMillis, baselineEndMillis, startMillis, endMillis };
  return [
    {
      name: `${profileTypeName(profileTypeId)} against ${baseline}`,
      refId,
      meta: { preferredVisualisationType: 'flamegraph', custom },
      fields: [
        columns.level,
        columns.column('value', 'Baseline total', unit, left.total),
        columns.column('self', 'Baseline self', unit, left.self),
        columns.column('valueRight', 'Total', unit, right.total),
        columns.column('selfRight', 'Self', unit, right.self),
        columns.label,
      ],
    },
  ];
}

interface Columns {
  readonly level: FrameField;
  readonly label: FrameField;
  readonly errors: (shareErrors: Float64Array) => FrameField;
  readonly column: (name: string, displayName: string, unit: string, values: BigInt64Array) => FrameField;
}

function walkDepthFirst(tree: TreeShape, sides: readonly TreeValues[]): Columns {
  const { start, child } = sortChildren(tree);
  const other = tree.names.indexOf(otherName);
  const order: number[] = [];
  const depth = new Uint32Array(tree.count);
  const waiting = [0];
  while (waiting.length > 0) {
    const node = waiting.pop() ?? 0;
    order.push(node);
    const [first, end] = [start[node] ?? 0, start[node + 1] ?? 0];
    const below = [...child.subarray(first, end)].filter((one) => sides.some(({ total }) => total[one] !== 0n));
    // What is pushed last comes first.
    const others = below.filter((one) => tree.name[one] === other);
    for (const one of [...others, ...below.filter((each) => tree.name[each] !== other).reverse()]) {
      depth[one] = (depth[node] ?? 0) + 1;
      waiting.push(one);
    }
  }
  return {
    level: {
      name: 'level',
      kind: 'int',
      config: { displayName: 'Level' },
      values: BigInt64Array.from(order, (node) => BigInt(depth[node] ?? 0)),
    },
    label: {
      name: 'label',
      kind: 'choice',
      config: { displayName: 'Function' },
      texts: tree.names,
      values: Uint32Array.from(order, (node) => tree.name[node] ?? 0),
    },
    errors: (shareErrors) => ({
      name: 'shareError',
      kind: 'float',
      config: { displayName: 'Error of the share (95 %)', unit: 'percentunit' },
      values: Float64Array.from(order, (node) => shareErrors[node] ?? 0),
    }),
    column: (name, displayName, unit, values) => ({
      name,
      kind: 'int',
      config: { displayName, unit },
      values: BigInt64Array.from(order, (node) => values[node] ?? 0n),
    }),
  };
}
