/**
 * Cuts a call tree to about maxNodes nodes: the small branches of each parent become one child called "other".
 *
 * Shape:  a node stays when its total is at least the maxNodes-th largest (the root not counted, ties kept, so the
 *         answer may be larger); what goes is summed into "other", together with a real child of that name.
 * Source: Pyroscope's flame graph truncation (reference: pyroscope-api 2.2 and corrections 1 and 2). It cuts three times, per
 *         block and after merging; one cut keeps more detail.
 */
import type { CallTree } from '../model/callTree.ts';
import { otherName } from '../model/callTree.ts';
import type { CallTreePair, TreeValues } from '../model/callTreePair.ts';
import { addInt64, isLess, isZero, wordsOf } from '../model/int64Column.ts';
import { nthLargest } from './nthLargest.ts';

export function truncateTree(tree: CallTree, maxNodes: number): CallTree {
  if (tree.count - 1 <= maxNodes) return tree;
  const threshold = BigInt64Array.of(nthLargest(tree.total.subarray(1), maxNodes, tree.total[0] ?? 0n));
  const { sides, ...shape } = cut(tree, [tree], thresholdTest([tree], threshold));
  return { ...shape, ...sides(0) };
}

/** A node's size is that of its larger side, and the root counts as a node: so Pyroscope cuts a diff. */
export function truncatePair(pair: CallTreePair, maxNodes: number): CallTreePair {
  if (pair.count <= maxNodes) return pair;
  const { left, right } = pair;
  const larger = largerOf(left.total, right.total);
  const threshold = BigInt64Array.of(nthLargest(larger, maxNodes, larger[0] ?? 0n));
  const { sides, ...shape } = cut(pair, [left, right], thresholdTest([left, right], threshold));
  return { ...shape, left: sides(0), right: sides(1) };
}

function largerOf(a: BigInt64Array, b: BigInt64Array): BigInt64Array {
  const larger = a.slice();
  const [to, from] = [wordsOf(larger), wordsOf(b)];
  for (let node = 0; node < a.length; node++) {
    if (!isLess(to, node, from, node)) continue;
    to[2 * node] = from[2 * node] ?? 0;
    to[2 * node + 1] = from[2 * node + 1] ?? 0;
  }
  return larger;
}

type Shape = Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>;

function thresholdTest(sides: readonly TreeValues[], threshold: BigInt64Array): (node: number) => boolean {
  const words = wordsOf(threshold);
  const [first = words, second] = sides.map(({ total }) => wordsOf(total));
  if (second === undefined) return (node) => isLess(first, node, words, 0);
  return (node) => isLess(first, node, words, 0) && isLess(second, node, words, 0);
}

interface CutTree extends Shape {
  readonly sides: (side: number) => TreeValues;
}

function cut(tree: Shape, sides: readonly TreeValues[], isSmall: (node: number) => boolean): CutTree {
  const names = [...tree.names];
  let other = names.indexOf(otherName);
  if (other < 0) other = names.push(otherName) - 1;
  const growth = new TreeGrowth(tree, sides, other);
  for (let node = 1; node < tree.count; node++) {
    const parent = growth.newIndex(tree.parent[node] ?? 0);
    if (parent < 0) continue;
    if (!isSmall(node)) growth.keep(node, parent);
    else growth.fold(node, parent);
  }
  return growth.finish(names);
}

/** One side's values while the smaller tree grows. */
class SideGrowth {
  private readonly selfIn: Uint32Array;
  private readonly totalIn: Uint32Array;
  private readonly self: BigInt64Array;
  private readonly selfWords: Uint32Array;
  private readonly total: BigInt64Array;
  private readonly totalWords: Uint32Array;

  constructor({ self, total }: TreeValues) {
    this.selfIn = wordsOf(self);
    this.totalIn = wordsOf(total);
    // A parent gets one node more at the most, and only in place of one that went.
    this.self = new BigInt64Array(self.length + 1);
    this.selfWords = wordsOf(this.self);
    this.total = new BigInt64Array(total.length + 1);
    this.totalWords = wordsOf(this.total);
  }

  isZero(node: number): boolean {
    return isZero(this.totalIn, node);
  }

  keep(node: number, made: number): void {
    addInt64(this.selfWords, made, this.selfIn, node);
    addInt64(this.totalWords, made, this.totalIn, node);
  }

  fold(node: number, made: number): void {
    addInt64(this.selfWords, made, this.totalIn, node);
    addInt64(this.totalWords, made, this.totalIn, node);
  }

  finish(count: number): TreeValues {
    return { self: this.self.slice(0, count), total: this.total.slice(0, count) };
  }
}

/** The columns of the smaller tree while they grow. A folded node has no new index, so its children are passed over. */
class TreeGrowth {
  private readonly tree: Shape;
  private readonly other: number;
  private readonly mapped: Int32Array;
  private readonly parent: number[] = [-1];
  private readonly name: number[] = [0];
  private readonly values: readonly SideGrowth[];
  /** The "other" node under each new node; -1 for none. */
  private readonly otherUnder: number[] = [-1];

  constructor(tree: Shape, sides: readonly TreeValues[], other: number) {
    this.tree = tree;
    this.other = other;
    this.mapped = new Int32Array(tree.count).fill(-1);
    this.mapped[0] = 0;
    this.values = sides.map((side) => new SideGrowth(side));
    for (const side of this.values) side.keep(0, 0);
  }

  newIndex(node: number): number {
    return this.mapped[node] ?? -1;
  }

  keep(node: number, parent: number): void {
    const isOther = this.tree.name[node] === this.other;
    const made = isOther ? this.otherOf(parent) : this.add(parent, this.tree.name[node] ?? 0);
    for (const side of this.values) side.keep(node, made);
    this.mapped[node] = made;
  }

  fold(node: number, parent: number): void {
    if (this.values.every((side) => side.isZero(node))) return;
    const made = this.otherOf(parent);
    for (const side of this.values) side.fold(node, made);
  }

  finish(names: readonly string[]): CutTree {
    const count = this.parent.length;
    return {
      count,
      parent: Int32Array.from(this.parent),
      name: Uint32Array.from(this.name),
      names,
      sides: (side) => this.values[side]?.finish(count) ?? { self: new BigInt64Array(0), total: new BigInt64Array(0) },
    };
  }

  private otherOf(parent: number): number {
    const there = this.otherUnder[parent] ?? -1;
    if (there >= 0) return there;
    const made = this.add(parent, this.other);
    this.otherUnder[parent] = made;
    return made;
  }

  private add(parent: number, name: number): number {
    this.otherUnder.push(-1);
    this.name.push(name);
    return this.parent.push(parent) - 1;
  }
}
