/**
 * Cuts a walk to about maxNodes nodes, as flame graphs are cut: what is small is summed into a child called "other" of its
 * parent, together with a real child of that name, and that child is marked.
 */
import type { CutWalk, FunctionWalk } from '../model/functionViews.ts';
import { addInt64, isLess, isZero, wordsOf } from '../model/int64Column.ts';
import { nthLargest } from './nthLargest.ts';

/** `other`: the index of that name. */
export function cutWalk(walk: FunctionWalk, other: number, maxNodes: number): CutWalk {
  const { count } = walk;
  const [selfIn, totalIn] = [wordsOf(walk.self), wordsOf(walk.total)];
  const isCut = count - 1 > maxNodes;
  const threshold = isCut ? nthLargest(walk.total.subarray(1), maxNodes, walk.total[0] ?? 0n) : 0n;
  const least = wordsOf(BigInt64Array.of(threshold));
  // No parent has more nodes afterwards: "other" comes in place of one that went.
  const parent = new Int32Array(count).fill(-1);
  const name = new Uint32Array(count);
  const self = new BigInt64Array(count);
  const total = new BigInt64Array(count);
  const [selfOut, totalOut] = [wordsOf(self), wordsOf(total)];
  const truncated = new Uint8Array(count);
  /** New index + 1; 0 for what is gone. */
  const moved = new Uint32Array(count);
  const otherUnder = new Map<number, number>();
  let made = 0;
  const make = (above: number, called: number): number => {
    parent[made] = above;
    name[made] = called;
    if (called === other && above >= 0) otherUnder.set(above, made);
    return made++;
  };
  for (let node = 0; node < count; node++) {
    const above = node === 0 ? -1 : (moved[walk.parent[node] ?? 0] ?? 0) - 1;
    if (node > 0 && above < 0) continue;
    const called = walk.name[node] ?? 0;
    const isSmall = node > 0 && isCut && isLess(totalIn, node, least, 0);
    if (isSmall && isZero(totalIn, node)) continue;
    const at =
      isSmall || called === other
        ? (otherUnder.get(above) ?? make(above, isSmall ? other : called))
        : make(above, called);
    addInt64(totalOut, at, totalIn, node);
    addInt64(selfOut, at, isSmall ? totalIn : selfIn, node);
    if (isSmall) truncated[at] = 1;
    else moved[node] = at + 1;
  }
  return {
    count: made,
    parent: parent.subarray(0, made),
    name: name.subarray(0, made),
    self: self.subarray(0, made),
    total: total.subarray(0, made),
    truncated: truncated.subarray(0, made),
  };
}
