/**
 * Calls merged by function name from the root: what a flame graph draws.
 *
 * Shape:  columns by node; node 0 is the root, and a parent stands before its children.
 * Units:  the profile type's; exact Int64.
 */
import { compareText } from './labels.ts';
import { addInt64, wordsOf } from './int64Column.ts';

export interface CallTree {
  readonly count: number;
  /** Parent of each node; -1 for the root. */
  readonly parent: Int32Array;
  /** Index into names; the root's is 0. */
  readonly name: Uint32Array;
  /** Distinct; names[0] is the root's name. */
  readonly names: readonly string[];
  readonly self: BigInt64Array;
  readonly total: BigInt64Array;
  /**
   * Of a tree that is told from a sample, when it was asked for: each node's share of the root is at most so far off in 95 of 100
   * cases.
   */
  readonly shareErrors?: Float64Array;
}

export const rootName = 'total';
/** What the small branches of a parent are called together once a tree was cut. */
export const otherName = 'other';

/** Totals from selfs: one pass from the last node to the first adds each node to its parent. */
export function sumTotals(parent: Int32Array, self: BigInt64Array): BigInt64Array {
  const total = self.slice();
  const words = wordsOf(total);
  for (let node = parent.length - 1; node > 0; node--) addInt64(words, parent[node] ?? 0, words, node);
  return total;
}

/** Children of every node in the byte order of their names: children of node i are child[start[i] .. start[i + 1]). */
export interface SortedChildren {
  readonly start: Uint32Array;
  readonly child: Uint32Array;
}

export function sortChildren(tree: Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>): SortedChildren {
  const { count, parent } = tree;
  const byName = nodesByName(tree);
  const start = new Uint32Array(count + 1);
  for (let node = 1; node < count; node++) {
    const slot = (parent[node] ?? 0) + 1;
    start[slot] = (start[slot] ?? 0) + 1;
  }
  for (let node = 0; node < count; node++) start[node + 1] = (start[node + 1] ?? 0) + (start[node] ?? 0);
  const next = start.slice();
  const child = new Uint32Array(Math.max(count - 1, 0));
  for (const node of byName) {
    if (node === 0) continue;
    const at = parent[node] ?? 0;
    const place = next[at] ?? 0;
    child[place] = node;
    next[at] = place + 1;
  }
  return { start, child };
}

/** All nodes, sorted by the name they carry: a counting sort over the ranks of the names. */
function nodesByName({ count, name, names }: Pick<CallTree, 'count' | 'name' | 'names'>): Uint32Array {
  const order = names.map((_, index) => index).sort((a, b) => compareText(names[a] ?? '', names[b] ?? ''));
  const rank = new Uint32Array(names.length);
  order.forEach((index, place) => (rank[index] = place));
  const next = new Uint32Array(names.length + 1);
  for (let node = 0; node < count; node++) {
    const slot = (rank[name[node] ?? 0] ?? 0) + 1;
    next[slot] = (next[slot] ?? 0) + 1;
  }
  for (let i = 0; i < names.length; i++) next[i + 1] = (next[i + 1] ?? 0) + (next[i] ?? 0);
  const sorted = new Uint32Array(count);
  for (let node = 0; node < count; node++) {
    const slot = rank[name[node] ?? 0] ?? 0;
    const place = next[slot] ?? 0;
    sorted[place] = node;
    next[slot] = place + 1;
  }
  return sorted;
}
