/**
 * Lays the bars out once per data, whatever the zoom: where each begins and ends, and which bars stand in each level.
 *
 * Shape:  columns by bar, in the nested set's order; `byLevel` lists the bars level after level, left to right.
 * Units:  start, stop and weight are values, from 0 at the root's left edge; pixels come in when drawing. In a diff they
 *         are sums of both sides' shares, so that a side that was gathered for longer does not drown the other.
 * Errors: columns that are no nested set are our own mistake (readers check theirs) and throw.
 */
import type { FlameGraphData } from './flameGraphData.ts';
import { shareOf } from './flameGraphData.ts';

export interface TreeLayout {
  readonly data: FlameGraphData;
  /** What decides the width; the totals, but in a diff. */
  readonly weight: Float64Array;
  readonly start: Float64Array;
  /** Never beyond the parent's, so that starts and stops both rise along a level. */
  readonly stop: Float64Array;
  /** -1 for the root. */
  readonly parent: Int32Array;
  /** The first bar behind each bar's subtree. */
  readonly end: Int32Array;
  readonly levelCount: number;
  /** Position in byLevel at which each level begins, with one more for the end of the last. */
  readonly levelStart: Int32Array;
  readonly byLevel: Int32Array;
}

export function layoutTree(data: FlameGraphData): TreeLayout {
  const { count, level } = data;
  const levelStart = countLevels(data);
  const weight = weightsOf(data);
  const levelCount = levelStart.length - 1;
  const start = new Float64Array(count);
  const stop = new Float64Array(count);
  const parent = new Int32Array(count);
  const end = new Int32Array(count).fill(count);
  const byLevel = new Int32Array(count);
  const filled = levelStart.slice();
  const openBar = new Int32Array(levelCount);
  const nextStart = new Float64Array(levelCount + 1);
  let before = -1;
  for (let bar = 0; bar < count; bar++) {
    const depth = level[bar] ?? 0;
    for (let closed = depth; closed <= before; closed++) end[openBar[closed] ?? 0] = bar;
    before = depth;
    openBar[depth] = bar;
    const above = depth === 0 ? -1 : (openBar[depth - 1] ?? 0);
    parent[bar] = above;
    const from = nextStart[depth] ?? 0;
    const value = Math.max(0, weight[bar] ?? 0);
    const to = above < 0 ? value : Math.min(from + value, stop[above] ?? 0);
    start[bar] = from;
    stop[bar] = to;
    nextStart[depth] = to;
    nextStart[depth + 1] = from;
    const position = filled[depth] ?? 0;
    byLevel[position] = bar;
    filled[depth] = position + 1;
  }
  return { data, weight, start, stop, parent, end, levelCount, levelStart, byLevel };
}

/** The wholes of the sides that are drawn: of callers and callees bar 0, whatever shares are shares of. */
function weightsOf({ count, total, totalRight }: FlameGraphData): Float64Array {
  if (totalRight === undefined) return total;
  const [left = 0, right = 0] = [total[0], totalRight[0]];
  const weight = new Float64Array(count);
  for (let bar = 0; bar < count; bar++) {
    weight[bar] = shareOf(total[bar] ?? 0, left) + shareOf(totalRight[bar] ?? 0, right);
  }
  return weight;
}

function countLevels(data: FlameGraphData): Int32Array {
  const { count, level, name, total, self, totalRight = total, selfRight = self } = data;
  const columns = [level, name, total, self, totalRight, selfRight];
  if (Math.min(...columns.map(({ length }) => length)) < count) {
    throw new Error(`flame graph columns are shorter than the ${count} bars they hold`);
  }
  let deepest = -1;
  let before = -1;
  for (let bar = 0; bar < count; bar++) {
    const depth = level[bar] ?? 0;
    if (depth > before + 1 || depth < (bar === 0 ? 0 : 1)) {
      throw new Error(`flame graph is no nested set: level ${depth} follows level ${before} at bar ${bar}`);
    }
    before = depth;
    if (depth > deepest) deepest = depth;
  }
  const starts = new Int32Array(deepest + 2);
  for (let bar = 0; bar < count; bar++) {
    const next = (level[bar] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let next = 1; next < starts.length; next++) starts[next] = (starts[next] ?? 0) + (starts[next - 1] ?? 0);
  return starts;
}

/** Levels down to the deepest bar below `bar`, counted from the root. */
export function levelsBelow({ data, end }: TreeLayout, bar: number): number {
  let deepest = 0;
  for (let below = bar; below < (end[bar] ?? 0); below++) deepest = Math.max(deepest, data.level[below] ?? 0);
  return deepest + 1;
}

/** First position in [from, to) whose bar has at least this index; a level lists its bars by rising index. */
export function positionOfBar({ byLevel }: TreeLayout, from: number, to: number, bar: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((byLevel[middle] ?? 0) < bar) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * First position in [from, to) whose bar ends at `value` or later. Looks in growing steps from `from` on before it
 * halves: what is looked for is mostly a few bars away, and far reads of a large layout miss the processor's caches.
 */
export function positionOfStop({ byLevel, stop }: TreeLayout, from: number, to: number, value: number): number {
  let low = from;
  let high = from;
  for (let step = 1; high < to && (stop[byLevel[high] ?? 0] ?? 0) < value; step *= 2) {
    low = high + 1;
    high += step;
  }
  high = Math.min(high, to);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stop[byLevel[middle] ?? 0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The positions at `level` of the bars in the subtree of `bar`: [from, to). */
export function positionsBelow(layout: TreeLayout, bar: number, level: number): readonly [number, number] {
  const { levelStart, end } = layout;
  const first = levelStart[level] ?? 0;
  const last = levelStart[level + 1] ?? first;
  const from = positionOfBar(layout, first, last, bar);
  return [from, positionOfBar(layout, from, last, end[bar] ?? 0)];
}
