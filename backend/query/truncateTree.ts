/**
 * Cuts a call tree to about maxNodes nodes: the small branches of each parent become one child called "other".
 *
 * Shape:  a node stays when its total is at least the maxNodes-th largest (the root not counted, ties kept, so the
 *         answer may be larger); what goes is summed into "other", together with a real child of that name.
 * Source: Pyroscope's flame graph truncation (reference: pyroscope-api 2.2 and correction 1). It cuts three times, per
 *         block and after merging; one cut keeps more detail.
 */
import type { CallTree } from '../model/callTree.ts';
import { otherName } from '../model/callTree.ts';
import { addInt64, isLess, isZero, wordsOf } from '../model/int64Column.ts';

export function truncateTree(tree: CallTree, maxNodes: number): CallTree {
  if (tree.count - 1 <= maxNodes) return tree;
  const smallest = tree.total
    .slice(1)
    .sort()
    .slice(tree.count - 1 - maxNodes, tree.count - maxNodes);
  const threshold = wordsOf(smallest);
  const totalWords = wordsOf(tree.total);

  const names = [...tree.names];
  let other = names.indexOf(otherName);
  if (other < 0) other = names.push(otherName) - 1;

  const growth = new TreeGrowth(tree, other);
  for (let node = 1; node < tree.count; node++) {
    const parent = growth.newIndex(tree.parent[node] ?? 0);
    if (parent < 0) continue;
    const small = isLess(totalWords, node, threshold, 0);
    if (!small) growth.keep(node, parent);
    else if (!isZero(totalWords, node)) growth.fold(node, parent);
  }
  return growth.finish(names);
}

/** The columns of the smaller tree while they grow. A folded node has no new index, so its children are passed over. */
class TreeGrowth {
  private readonly tree: CallTree;
  private readonly selfIn: Uint32Array;
  private readonly totalIn: Uint32Array;
  private readonly other: number;
  private readonly mapped: Int32Array;
  private readonly parent: number[] = [-1];
  private readonly name: number[] = [0];
  private readonly self: BigInt64Array;
  private readonly selfWords: Uint32Array;
  private readonly total: BigInt64Array;
  private readonly totalWords: Uint32Array;
  /** The "other" node under each new node; -1 for none. */
  private readonly otherUnder: number[] = [-1];

  constructor(tree: CallTree, other: number) {
    this.tree = tree;
    this.selfIn = wordsOf(tree.self);
    this.totalIn = wordsOf(tree.total);
    this.other = other;
    this.mapped = new Int32Array(tree.count).fill(-1);
    this.mapped[0] = 0;
    this.self = new BigInt64Array(tree.count + 1);
    this.selfWords = wordsOf(this.self);
    this.total = new BigInt64Array(tree.count + 1);
    this.totalWords = wordsOf(this.total);
    addInt64(this.selfWords, 0, this.selfIn, 0);
    addInt64(this.totalWords, 0, this.totalIn, 0);
  }

  newIndex(node: number): number {
    return this.mapped[node] ?? -1;
  }

  keep(node: number, parent: number): void {
    const isOther = this.tree.name[node] === this.other;
    const made = isOther ? this.otherOf(parent) : this.add(parent, this.tree.name[node] ?? 0);
    addInt64(this.selfWords, made, this.selfIn, node);
    addInt64(this.totalWords, made, this.totalIn, node);
    this.mapped[node] = made;
  }

  fold(node: number, parent: number): void {
    const made = this.otherOf(parent);
    addInt64(this.selfWords, made, this.totalIn, node);
    addInt64(this.totalWords, made, this.totalIn, node);
  }

  finish(names: readonly string[]): CallTree {
    const count = this.parent.length;
    return {
      count,
      parent: Int32Array.from(this.parent),
      name: Uint32Array.from(this.name),
      names,
      self: this.self.slice(0, count),
      total: this.total.slice(0, count),
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
