/**
 * Writes a call tree as Pyroscope's FlameGraph.
 *
 * Shape:  levels of bars, four numbers each: offset from the right edge of the bar before, total, self, name index. Level 0
 *         is the root. Children stand in byte order of their names, "other" last. names are numbered in the order of a
 *         depth-first walk that visits the last child first, names[0] = "total".
 * Units:  the profile type's, Int64.
 * Source: reference pyroscope-api 2.1, worked examples there.
 */
import type { CallTree } from '../../model/callTree.ts';
import { otherName, rootName, sortChildren } from '../../model/callTree.ts';

export interface FlameGraphLevels {
  readonly names: string[];
  readonly levels: bigint[][];
  readonly total: bigint;
  readonly maxSelf: bigint;
}

export function writeFlameGraph(tree: CallTree): FlameGraphLevels {
  const children = sortChildren(tree);
  const other = tree.names.indexOf(otherName);
  const names = [rootName];
  const nameAt = new Int32Array(tree.names.length).fill(-1);
  nameAt[0] = 0;
  /** Per level: the bars from right to left, because the walk goes so. */
  const levels: Bar[][] = [];
  const pending: Bar[] = [{ node: 0, level: 0, x: 0n, name: 0 }];
  let maxSelf = 0n;
  for (let bar = pending.pop(); bar !== undefined; bar = pending.pop()) {
    const name = tree.name[bar.node] ?? 0;
    let index = nameAt[name] ?? -1;
    if (index < 0) {
      index = names.push(tree.names[name] ?? '') - 1;
      nameAt[name] = index;
    }
    (levels[bar.level] ??= []).push({ ...bar, name: index });
    const self = tree.self[bar.node] ?? 0n;
    if (self > maxSelf) maxSelf = self;
    pushChildren(tree, children, other, bar, self, pending);
  }
  return { names, levels: levels.map((bars) => encodeLevel(tree, bars)), total: tree.total[0] ?? 0n, maxSelf };
}

interface Bar {
  readonly node: number;
  readonly level: number;
  /** Left edge, absolute. */
  readonly x: bigint;
  readonly name: number;
}

function pushChildren(
  tree: CallTree,
  children: { readonly start: Uint32Array; readonly child: Uint32Array },
  other: number,
  parent: Bar,
  self: bigint,
  pending: Bar[],
): void {
  const end = children.start[parent.node + 1] ?? 0;
  let x = parent.x + self;
  let last: number | undefined;
  const push = (node: number): void => {
    const total = tree.total[node] ?? 0n;
    if (total === 0n) return;
    pending.push({ node, level: parent.level + 1, x, name: 0 });
    x += total;
  };
  for (let i = children.start[parent.node] ?? 0; i < end; i++) {
    const node = children.child[i] ?? 0;
    if (tree.name[node] === other) last = node;
    else push(node);
  }
  if (last !== undefined) push(last);
}

function encodeLevel(tree: CallTree, bars: Bar[]): bigint[] {
  const values: bigint[] = [];
  let edge = 0n;
  for (let i = bars.length - 1; i >= 0; i--) {
    const bar = bars[i];
    if (bar === undefined) continue;
    const total = tree.total[bar.node] ?? 0n;
    values.push(bar.x - edge, total, tree.self[bar.node] ?? 0n, BigInt(bar.name));
    edge = bar.x + total;
  }
  return values;
}
