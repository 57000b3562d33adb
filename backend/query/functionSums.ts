/**
 * How much each function takes: what it does itself, and what it and all that it calls take together.
 *
 * Shape:  a function that calls itself counts once in a stack.
 * Units:  the tree's.
 */
import type { CallTree } from '../model/callTree.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';

export interface FunctionSum {
  self: bigint;
  total: bigint;
}

export function functionSums(tree: CallTree): ReadonlyMap<string, FunctionSum> {
  const { count, name, names, self, total } = tree;
  const isOutermost = outermost(tree);
  const selfs = new BigInt64Array(names.length);
  const totals = new BigInt64Array(names.length);
  const [selfWords, totalWords, selfIn, totalIn] = [wordsOf(selfs), wordsOf(totals), wordsOf(self), wordsOf(total)];
  for (let node = 1; node < count; node++) {
    const fn = name[node] ?? 0;
    addInt64(selfWords, fn, selfIn, node);
    if (isOutermost[node] === 1) addInt64(totalWords, fn, totalIn, node);
  }
  const sums = new Map<string, FunctionSum>();
  names.forEach((text, fn) => {
    if (totals[fn] !== 0n || selfs[fn] !== 0n) sums.set(text, { self: selfs[fn] ?? 0n, total: totals[fn] ?? 0n });
  });
  return sums;
}

/** By node, 1 when no caller has the same name: one walk that remembers which names are on the way. */
export function outermost({ count, parent, name, names }: CallTree): Uint8Array {
  const { first, next } = childLists(parent);
  const isOutermost = new Uint8Array(count);
  const onTheWay = new Uint32Array(names.length);
  for (let node = first[0] ?? 0; node > 0;) {
    const fn = name[node] ?? 0;
    if (onTheWay[fn] === 0) isOutermost[node] = 1;
    onTheWay[fn] = (onTheWay[fn] ?? 0) + 1;
    let following = first[node] ?? 0;
    // Up again, until there is a sibling.
    for (let at = node; following === 0 && at > 0; at = parent[at] ?? 0) {
      const left = name[at] ?? 0;
      onTheWay[left] = (onTheWay[left] ?? 0) - 1;
      following = next[at] ?? 0;
    }
    node = following;
  }
  return isOutermost;
}

/** The first child of each node and its next sibling; 0 for none. */
export function childLists(parent: Int32Array): { readonly first: Uint32Array; readonly next: Uint32Array } {
  const first = new Uint32Array(parent.length);
  const next = new Uint32Array(parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    const at = parent[node] ?? 0;
    next[node] = first[at] ?? 0;
    first[at] = node;
  }
  return { first, next };
}
