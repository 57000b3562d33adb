/**
 * Finds what there is to draw of one level, and which bar is under a point, for a focused bar that fills the width.
 *
 * Shape:  bars of a pixel or more come one by one; bars below a pixel come together, as many as end within a pixel, and
 *         are drawn as one pixel, so that nothing vanishes. One search skips all that ends in the pixel: a level costs
 *         at most two steps a pixel, however many bars it has.
 * Units:  x and width in pixels from the left edge; positions are those of TreeLayout.byLevel.
 */
import type { TreeLayout } from './treeLayout.ts';
import { positionOfBar, positionOfStop, positionsBelow } from './treeLayout.ts';

/** A bar, or when isRun, all bars from position `first` up to `last`, exclusive. */
export type VisitBar = (first: number, last: number, x: number, width: number, isRun: boolean) => void;

export interface Zoom {
  /** Fills the width; bars above it do too. */
  readonly focus: number;
  readonly widthPixels: number;
}

export function visitLevel(layout: TreeLayout, zoom: Zoom, level: number, visit: VisitBar): void {
  const { data, byLevel, start, stop } = layout;
  const { focus, widthPixels } = zoom;
  if (level <= (data.level[focus] ?? 0)) {
    const position = positionOfAncestor(layout, focus, level);
    visit(position, position + 1, 0, widthPixels, false);
    return;
  }
  const origin = start[focus] ?? 0;
  const pixel = ((stop[focus] ?? 0) - origin) / widthPixels;
  if (!(pixel > 0)) return;
  const [from, to] = positionsBelow(layout, focus, level);
  let position = from;
  while (position < to) {
    const bar = byLevel[position] ?? 0;
    const left = start[bar] ?? 0;
    const width = (stop[bar] ?? 0) - left;
    const isRun = width < pixel;
    const next = isRun ? positionOfStop(layout, position + 1, to, left + pixel) : position + 1;
    visit(position, next, (left - origin) / pixel, isRun ? 1 : width / pixel, isRun);
    position = next;
  }
}

/** The bar under a point of a level, or the nearest one within a pixel: bars in runs are narrower than the pointer. */
export function barAt(layout: TreeLayout, zoom: Zoom, level: number, x: number): number | undefined {
  const { data, byLevel, start, stop, levelCount } = layout;
  const { focus, widthPixels } = zoom;
  if (level < 0 || level >= levelCount || x < 0 || x >= widthPixels) return undefined;
  if (level <= (data.level[focus] ?? 0)) return byLevel[positionOfAncestor(layout, focus, level)];
  const origin = start[focus] ?? 0;
  const pixel = ((stop[focus] ?? 0) - origin) / widthPixels;
  if (!(pixel > 0)) return undefined;
  const value = origin + x * pixel;
  const [from, to] = positionsBelow(layout, focus, level);
  const next = positionOfStop(layout, from, to, value);
  const near = (position: number): number => {
    if (position < from || position >= to) return Infinity;
    const bar = byLevel[position] ?? 0;
    return Math.max((start[bar] ?? 0) - value, value - (stop[bar] ?? 0), 0);
  };
  // A point on the border of two bars is the right one's, as it is drawn.
  const after = near(next + 1) === 0 ? next + 1 : next;
  const best = near(after) <= near(next - 1) ? after : next - 1;
  return near(best) <= pixel ? byLevel[best] : undefined;
}

function positionOfAncestor(layout: TreeLayout, bar: number, level: number): number {
  const first = layout.levelStart[level] ?? 0;
  const last = layout.levelStart[level + 1] ?? first;
  // The ancestor is the last bar of its level that begins no later than the bar in the nested set's order.
  return positionOfBar(layout, first, last, bar + 1) - 1;
}
