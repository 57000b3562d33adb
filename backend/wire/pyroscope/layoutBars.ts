/**
 * Where the bars of a flame graph stand: a call tree, or the pair of a diff, as levels of numbers.
 *
 * Shape:  levels of bars, each with three numbers for every side (offset from the right edge of the bar before, total, self)
 *         and then its name. Level 0 is the root. Children stand in byte order of their names, "other" last; what is zero on
 *         all sides is left out. Names are numbered in the order of a depth-first walk that visits the last child first.
 * Units:  the profile type's, Int64, in 32-bit words: a BigInt for each number takes four times as long.
 * Source: reference pyroscope-api 2.1 and 2.2, worked examples there.
 */
import type { CallTree } from '../../model/callTree.ts';
import { otherName, rootName, sortChildren } from '../../model/callTree.ts';
import type { TreeValues } from '../../model/callTreePair.ts';
import { addInt64, isLess, isZero, wordsOf } from '../../model/int64Column.ts';

export interface Bars {
  readonly names: readonly string[];
  /** Numbers of a bar. */
  readonly width: number;
  /** Bars of level i are levelStart[i] .. levelStart[i + 1]. */
  readonly levelStart: readonly number[];
  /** `width` for each bar. */
  readonly values: BigInt64Array;
  /** The largest self of any bar, on any side. */
  readonly maxSelf: bigint;
  /** The tree's node of each bar. */
  readonly order: Uint32Array;
}

type TreeShape = Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>;

export function layoutBars(tree: TreeShape, sides: readonly TreeValues[]): Bars {
  const columns = sides.map(({ self, total }) => new Side(self, total));
  const isShown = new Uint8Array(tree.count);
  for (const side of columns) side.show(isShown);
  const children = shownChildren(tree, isShown);
  const { order, levelStart } = orderByLevel(children, tree.count);
  const width = 3 * sides.length + 1;
  const values = new BigInt64Array(width * order.length);
  const words = wordsOf(values);
  let maxSelf = 0n;
  columns.forEach((side, i) => {
    side.place(children, order);
    for (let level = 0; level + 1 < levelStart.length; level++) {
      side.write(words, 3 * i, width, order, levelStart[level] ?? 0, levelStart[level + 1] ?? 0);
    }
    const largest = side.maxSelf(order);
    if (largest > maxSelf) maxSelf = largest;
  });
  const { names, numbers } = numberNames(tree, children);
  for (let bar = 0; bar < order.length; bar++) {
    words[2 * (bar * width + width - 1)] = numbers[tree.name[order[bar] ?? 0] ?? 0] ?? 0;
  }
  return { names, width, levelStart, values, maxSelf, order };
}

/** One side's values and the left edges of its bars. */
class Side {
  readonly total: Uint32Array;
  private readonly selfValues: BigInt64Array;
  private readonly self: Uint32Array;
  /** By node. */
  private readonly x: Uint32Array;
  private readonly edge = new Uint32Array(2);

  constructor(self: BigInt64Array, total: BigInt64Array) {
    this.selfValues = self;
    this.self = wordsOf(self);
    this.total = wordsOf(total);
    this.x = new Uint32Array(2 * self.length);
  }

  /** Marks what is not zero on this side. */
  show(isShown: Uint8Array): void {
    for (let node = 0; node < isShown.length; node++) if (!isZero(this.total, node)) isShown[node] = 1;
  }

  /** A parent's self stands left of its children. */
  place({ start, child }: Children, order: Uint32Array): void {
    const { x, edge } = this;
    for (const node of order) {
      edge[0] = x[2 * node] ?? 0;
      edge[1] = x[2 * node + 1] ?? 0;
      addInt64(edge, 0, this.self, node);
      const end = start[node + 1] ?? 0;
      for (let i = start[node] ?? 0; i < end; i++) {
        const at = child[i] ?? 0;
        x[2 * at] = edge[0];
        x[2 * at + 1] = edge[1];
        addInt64(edge, 0, this.total, at);
      }
    }
    edge.fill(0);
  }

  /** The bars first .. end of a level: their numbers at `offset` of each. */
  write(words: Uint32Array, offset: number, width: number, order: Uint32Array, first: number, end: number): void {
    const { x, edge, total, self } = this;
    edge.fill(0);
    for (let bar = first; bar < end; bar++) {
      const node = order[bar] ?? 0;
      const at = 2 * (bar * width + offset);
      const low = (x[2 * node] ?? 0) - (edge[0] ?? 0);
      words[at] = low;
      words[at + 1] = (x[2 * node + 1] ?? 0) - (edge[1] ?? 0) - (low < 0 ? 1 : 0);
      words[at + 2] = total[2 * node] ?? 0;
      words[at + 3] = total[2 * node + 1] ?? 0;
      words[at + 4] = self[2 * node] ?? 0;
      words[at + 5] = self[2 * node + 1] ?? 0;
      edge[0] = x[2 * node] ?? 0;
      edge[1] = x[2 * node + 1] ?? 0;
      addInt64(edge, 0, total, node);
    }
  }

  maxSelf(order: Uint32Array): bigint {
    let most = 0;
    for (const node of order) if (isLess(this.self, most, this.self, node)) most = node;
    return this.selfValues[most] ?? 0n;
  }
}

interface Children {
  readonly start: Uint32Array;
  readonly child: Uint32Array;
}

/** Sorted, without those that are not shown, "other" last whatever its letters. */
function shownChildren(tree: TreeShape, isShown: Uint8Array): Children {
  const { start, child } = sortChildren(tree);
  const other = tree.names.indexOf(otherName);
  const kept = new Uint32Array(child.length);
  const keptStart = new Uint32Array(start.length);
  let at = 0;
  for (let node = 0; node < tree.count; node++) {
    keptStart[node] = at;
    const end = start[node + 1] ?? 0;
    let last = -1;
    for (let i = start[node] ?? 0; i < end; i++) {
      const one = child[i] ?? 0;
      if (isShown[one] === 0) continue;
      if (tree.name[one] === other) last = one;
      else kept[at++] = one;
    }
    if (last >= 0) kept[at++] = last;
  }
  keptStart[tree.count] = at;
  return { start: keptStart, child: kept };
}

/** Nodes level by level, from left to right. */
function orderByLevel({ start, child }: Children, count: number): { order: Uint32Array; levelStart: number[] } {
  const order = new Uint32Array(count);
  const levelStart = [0];
  let made = 1;
  for (let first = 0; first < made;) {
    const end = made;
    levelStart.push(end);
    for (let bar = first; bar < end; bar++) {
      const node = order[bar] ?? 0;
      const last = start[node + 1] ?? 0;
      for (let i = start[node] ?? 0; i < last; i++) order[made++] = child[i] ?? 0;
    }
    first = end;
  }
  return { order: order.subarray(0, made), levelStart };
}

/** By index of the tree's names: the number in the answer. */
function numberNames(tree: TreeShape, { start, child }: Children): { names: string[]; numbers: Int32Array } {
  const names = [rootName];
  const numbers = new Int32Array(tree.names.length).fill(-1);
  numbers[0] = 0;
  const pending = new Uint32Array(tree.count);
  let top = 1;
  while (top > 0) {
    const node = pending[--top] ?? 0;
    const name = tree.name[node] ?? 0;
    if ((numbers[name] ?? 0) < 0) numbers[name] = names.push(tree.names[name] ?? '') - 1;
    const end = start[node + 1] ?? 0;
    for (let i = start[node] ?? 0; i < end; i++) pending[top++] = child[i] ?? 0;
  }
  return { names, numbers };
}
