/**
 * Where rows stand: levels to heights and back, and a scroll height that browsers take.
 *
 * Units:  CSS pixels. `offset` is the height of content above the viewport, `scrollTop` the browser's own.
 */

/** Firefox stops at 17.8 million pixels, Chromium at 33.5; taller content is scrolled in proportion. */
const tallestElement = 15_000_000;

export interface Rows {
  readonly count: number;
  readonly rowPixels: number;
  readonly viewportPixels: number;
}

export const contentPixels = ({ count, rowPixels, viewportPixels }: Rows): number =>
  Math.max(count * rowPixels, viewportPixels);

export const elementPixels = (rows: Rows): number =>
  Math.max(rows.viewportPixels, Math.min(contentPixels(rows), tallestElement));

/** Content pixels for each pixel of scrolling. */
function scrollRatio(rows: Rows): number {
  const range = elementPixels(rows) - rows.viewportPixels;
  return range > 0 ? (contentPixels(rows) - rows.viewportPixels) / range : 1;
}

export const offsetOf = (rows: Rows, scrollTop: number): number =>
  Math.min(Math.max(0, scrollTop * scrollRatio(rows)), contentPixels(rows) - rows.viewportPixels);

export const scrollTopOf = (rows: Rows, offset: number): number => Math.max(0, offset) / scrollRatio(rows);

/** Top of a level in the content; with the root below, level 0 is at its bottom. */
export const topOfLevel = (rows: Rows, isRootBelow: boolean, level: number): number =>
  isRootBelow ? contentPixels(rows) - (level + 1) * rows.rowPixels : level * rows.rowPixels;

/** The level at a height of the content; it may be one that has no bars. */
export const levelAt = (rows: Rows, isRootBelow: boolean, y: number): number =>
  isRootBelow ? Math.ceil((contentPixels(rows) - y) / rows.rowPixels) - 1 : Math.floor(y / rows.rowPixels);

/** First and last level of which some part is in the viewport. */
export function levelsInView(rows: Rows, isRootBelow: boolean, offset: number): readonly [number, number] {
  const a = levelAt(rows, isRootBelow, offset);
  const b = levelAt(rows, isRootBelow, offset + rows.viewportPixels);
  return [Math.max(0, Math.min(a, b)), Math.min(rows.count - 1, Math.max(a, b))];
}

/** The offset at which a row is in view: the same one if it is already. */
export function offsetShowing(rows: Rows, top: number, offset: number): number {
  const most = contentPixels(rows) - rows.viewportPixels;
  const lowest = top + rows.rowPixels - rows.viewportPixels;
  return Math.min(most, Math.max(0, offset > top ? top : offset < lowest ? lowest : offset));
}
