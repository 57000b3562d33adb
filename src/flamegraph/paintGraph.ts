/**
 * Paints the part of the graph that is in view onto a canvas.
 *
 * Bars are written into pixels, one line a level that is copied down its row, and names are drawn over them: filling
 * 17,500 rectangles took 13 ms where the same pixels took less than one.
 */
import type { Palette, Swatch } from './barColours.ts';
import type { TextMeasure } from './fitText.ts';
import { labelOf, narrowestLabel, shownName } from './fitText.ts';
import { nameOf } from './focusPath.ts';
import { briefShare } from './barDescription.ts';
import type { Rows } from './rowGeometry.ts';
import { levelsInView, topOfLevel } from './rowGeometry.ts';
import type { SearchMatches } from './searchBars.ts';
import { firstMatch } from './searchBars.ts';
import type { TreeLayout } from './treeLayout.ts';
import { visitLevel } from './visibleBars.ts';

/** What is used of a canvas' context: tests give one that writes down what is painted. */
export type PaintContext = Pick<
  CanvasRenderingContext2D,
  'fillText' | 'setTransform' | 'createImageData' | 'putImageData' | 'fillStyle' | 'font'
> & {
  textBaseline: CanvasTextBaseline;
  measureText(text: string): { readonly width: number };
};

/** What is shown; changes when data, focus, search or view do. */
export interface GraphScene {
  readonly layout: TreeLayout;
  readonly focus: number;
  readonly isRootBelow: boolean;
  /** A bar's children are its callers. */
  readonly isInverted: boolean;
  readonly matches: SearchMatches | undefined;
  /** Index into the palette's tones by bar. */
  readonly colourOf: (bar: number) => number;
}

export interface Surface {
  readonly context: PaintContext;
  /** As large as the canvas; what was in it is painted over. */
  readonly image: ImageData;
  readonly palette: Palette;
  readonly text: TextMeasure;
  readonly font: string;
  readonly widthPixels: number;
  readonly devicePixelRatio: number;
}

export const textInset = 4;

interface Label {
  readonly text: string;
  readonly colour: string;
  readonly left: number;
  readonly middle: number;
}

export function paintGraph(surface: Surface, scene: GraphScene, rows: Rows, offset: number): void {
  const { context, image, palette, devicePixelRatio: ratio } = surface;
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(palette.backgroundPixel);
  const line = new Uint32Array(image.width);
  const labels: Label[] = [];
  const hatched: Stretch[] = [];
  const [first, last] = levelsInView(rows, scene.isRootBelow, offset);
  for (let level = first; level <= last; level++) {
    const top = topOfLevel(rows, scene.isRootBelow, level) - offset;
    line.fill(palette.backgroundPixel);
    hatched.length = 0;
    paintLevel(surface, scene, level, line, (bar, { text: colour, hatchPixel }, left, right) => {
      if (bar === undefined) return;
      if (hatchPixel !== undefined) hatched.push({ left, right, pixel: hatchPixel });
      const text = labelFor(surface.text, scene, bar, (right - left) / ratio - 2 * textInset);
      if (text !== '') labels.push({ text, colour, left: left / ratio + textInset, middle: top + rows.rowPixels / 2 });
    });
    // The last pixel of a row parts it from the next one.
    const bottom = Math.round((top + rows.rowPixels - 1) * ratio);
    for (let y = Math.max(0, Math.round(top * ratio)); y < Math.min(image.height, bottom); y++) {
      pixels.set(line, y * image.width);
      hatch(pixels, y, image.width, hatched, ratio);
    }
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.putImageData(image, 0, 0);
  context.font = surface.font;
  context.textBaseline = 'middle';
  for (const { text, colour, left, middle } of labels) {
    context.fillStyle = colour;
    context.fillText(text, left, middle);
  }
}

interface Stretch {
  readonly left: number;
  readonly right: number;
  readonly pixel: number;
}

/** Slanting lines, a pixel and a half wide and eight apart. */
function hatch(pixels: Uint32Array, y: number, width: number, stretches: readonly Stretch[], ratio: number): void {
  const period = Math.round(8 * ratio);
  const thickness = Math.ceil(1.5 * ratio);
  for (const { left, right, pixel } of stretches) {
    for (let x = left - ((left + y) % period); x < right; x += period) {
      pixels.fill(pixel, y * width + Math.max(left, x), y * width + Math.max(left, Math.min(right, x + thickness)));
    }
  }
}

/** From left to right, in pixels of the canvas; undefined for a run of bars that are too narrow to draw. */
type VisitPainted = (bar: number | undefined, swatch: Swatch, left: number, right: number) => void;
type Line = Pick<Surface, 'palette' | 'widthPixels' | 'devicePixelRatio'>;

/** Writes the bars of a level into a line of pixels. */
export function paintLevel(
  surface: Line,
  scene: GraphScene,
  level: number,
  line: Uint32Array,
  visit?: VisitPainted,
): void {
  visitPainted(surface, scene, level, (bar, swatch, left, right) => {
    line.fill(swatch.pixel, left, right);
    visit?.(bar, swatch, left, right);
  });
}

export function visitPainted(surface: Line, scene: GraphScene, level: number, visit: VisitPainted): void {
  const { palette, widthPixels, devicePixelRatio: ratio } = surface;
  const { layout, focus } = scene;
  const narrowest = ((layout.stop[focus] ?? 0) - (layout.start[focus] ?? 0)) / widthPixels;
  const wholePixel = Math.max(1, Math.round(ratio));
  const others = toneOfOthers(palette, scene, level);
  let runRight = -Infinity;
  let runPixel = -1;
  visitLevel(layout, { focus, widthPixels }, level, (first, last, x, width, isRun) => {
    const left = Math.round(x * ratio);
    const right = Math.max(Math.round((x + width) * ratio), left + 1);
    if (isRun) {
      const swatch = swatchOfRun(palette, scene, narrowest, first, last);
      const { pixel } = swatch;
      // A gap of less than a pixel between runs is rounding, not emptiness.
      const isJoined = pixel === runPixel && left - runRight <= wholePixel;
      visit(undefined, swatch, isJoined ? Math.min(left, runRight) : left, right);
      runRight = right;
      runPixel = pixel;
      return;
    }
    const swatch = swatchOfBar(palette, scene, others, first);
    // A gap tells wide neighbours of one colour apart.
    visit(layout.byLevel[first] ?? 0, swatch, left, right - (width >= 3 ? wholePixel : 0));
  });
}

export function labelFor(text: TextMeasure, { layout }: GraphScene, bar: number, room: number): string {
  if (room < narrowestLabel) return '';
  return labelOf(shownName(nameOf(layout, bar)), briefShare(layout.data, bar), room, text);
}

const unknown: Swatch = { fill: '#888', pixel: 0xff888888, text: '#000', hatchPixel: undefined };

/** The tone of a level's bars that no search means. */
function toneOfOthers(palette: Palette, { layout, focus, matches }: GraphScene, level: number): readonly Swatch[] {
  if (matches !== undefined) return palette.dim;
  return level < (layout.data.level[focus] ?? 0) ? palette.faded : palette.full;
}

function swatchOfBar(palette: Palette, scene: GraphScene, others: readonly Swatch[], position: number): Swatch {
  const { layout, matches } = scene;
  const isMatch = matches !== undefined && firstMatch(matches, position, position + 1) !== undefined;
  return (isMatch ? palette.full : others)[scene.colourOf(layout.byLevel[position] ?? 0)] ?? unknown;
}

/** The first match's colour; else the tint of the parent, if that is wide enough to be seen itself; else grey. */
function swatchOfRun(palette: Palette, scene: GraphScene, narrowest: number, first: number, last: number): Swatch {
  const { layout, matches } = scene;
  const match = matches === undefined ? undefined : firstMatch(matches, first, last);
  if (match !== undefined) return palette.full[scene.colourOf(layout.byLevel[match] ?? 0)] ?? unknown;
  const parent = layout.parent[layout.byLevel[first] ?? 0] ?? -1;
  const isSeen = (layout.stop[parent] ?? 0) - (layout.start[parent] ?? 0) >= narrowest;
  const tone = matches === undefined ? palette.run : palette.dim;
  return tone[isSeen ? scene.colourOf(parent) : 0] ?? unknown;
}
