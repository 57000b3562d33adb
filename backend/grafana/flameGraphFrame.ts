/**
 * A call tree as the frame that Grafana's flame graph panels draw.
 *
 * Shape:  nodes depth first, children in the byte order of their names; level says how deep a node lies.
 * Units:  the profile type's, exact Int64.
 * Source: @grafana/flamegraph 13.0, checkFields; reference grafana-plugins 4.2.
 */
import type { CallTree } from '../model/callTree.ts';
import { sortChildren } from '../model/callTree.ts';
import type { DataFrame } from './dataFrame.ts';
import { flameGraphUnit, profileTypeName } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';

/** No frame when there is nothing: panels then say so, where a lone root bar would look like an answer. */
export function flameGraphFrames({ refId, query }: AskedQuery, tree: CallTree): readonly DataFrame[] {
  if ((tree.total[0] ?? 0n) === 0n) return [];
  const unit = flameGraphUnit(query.profileTypeId);
  const { order, level } = walkDepthFirst(tree);
  const inOrder = (values: BigInt64Array): BigInt64Array => BigInt64Array.from(order, (node) => values[node] ?? 0n);
  return [
    {
      name: profileTypeName(query.profileTypeId),
      refId,
      meta: { preferredVisualisationType: 'flamegraph', custom: { profileTypeId: query.profileTypeId } },
      fields: [
        { name: 'level', kind: 'int', config: { displayName: 'Level' }, values: level },
        { name: 'value', kind: 'int', config: { displayName: 'Total', unit }, values: inOrder(tree.total) },
        { name: 'self', kind: 'int', config: { displayName: 'Self', unit }, values: inOrder(tree.self) },
        {
          name: 'label',
          kind: 'choice',
          config: { displayName: 'Function' },
          texts: tree.names,
          values: Uint32Array.from(order, (node) => tree.name[node] ?? 0),
        },
      ],
    },
  ];
}

export interface DepthFirst {
  /** Nodes. */
  readonly order: Uint32Array;
  /** By place in `order`. */
  readonly level: BigInt64Array;
}

export function walkDepthFirst(tree: Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>): DepthFirst {
  const { start, child } = sortChildren(tree);
  const order = new Uint32Array(tree.count);
  const level = new BigInt64Array(tree.count);
  const waiting = [0];
  const depthOf = new Uint32Array(tree.count);
  for (let at = 0; waiting.length > 0; at++) {
    const node = waiting.pop() ?? 0;
    order[at] = node;
    level[at] = BigInt(depthOf[node] ?? 0);
    for (let i = (start[node + 1] ?? 0) - 1; i >= (start[node] ?? 0); i--) {
      const below = child[i] ?? 0;
      depthOf[below] = (depthOf[node] ?? 0) + 1;
      waiting.push(below);
    }
  }
  return { order, level };
}
