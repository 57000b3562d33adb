/** Paints the part of the graph that is in view onto a canvas. */
import type { Palette, Swatch } from './barColours.ts';
import type { TextMeasure } from './fitText.ts';
import { labelOf, narrowestLabel, shownName } from './fitText.ts';
import { nameOf } from './focusPath.ts';
import { formatShare } from './formatValue.ts';
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import type { Rows } from './rowGeometry.ts';
import { levelsInView, topOfLevel } from './rowGeometry.ts';
import type { SearchMatches } from './searchBars.ts';
import { firstMatch } from './searchBars.ts';
import type { TreeLayout } from './treeLayout.ts';
import { visitLevel } from './visibleBars.ts';

/** What is used of a canvas' context: tests give one that writes down what is painted. */
export type PaintContext = Pick<
  CanvasRenderingContext2D,
  'fillRect' | 'strokeRect' | 'fillText' | 'setTransform' | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'font'
> & {
  textBaseline: CanvasTextBaseline;
  measureText(text: string): { readonly width: number };
};

/** What is shown; changes when data, focus, search or view do. */
export interface GraphScene {
  readonly layout: TreeLayout;
  readonly focus: number;
  readonly isRootBelow: boolean;
  readonly matches: SearchMatches | undefined;
  readonly colourOf: (name: number) => number;
}

export interface Surface {
  readonly context: PaintContext;
  readonly theme: FlameGraphTheme;
  readonly palette: Palette;
  readonly text: TextMeasure;
  readonly font: string;
  readonly widthPixels: number;
  readonly devicePixelRatio: number;
}

export interface Marks {
  readonly current: number | undefined;
  readonly hovered: number | undefined;
}

const textInset = 4;

export function paintGraph(surface: Surface, scene: GraphScene, rows: Rows, offset: number, marks: Marks): void {
  const { context, theme, widthPixels, devicePixelRatio: ratio } = surface;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, widthPixels, rows.viewportPixels);
  context.font = surface.font;
  context.textBaseline = 'middle';
  const [first, last] = levelsInView(rows, scene.isRootBelow, offset);
  for (let level = first; level <= last; level++) {
    const top = Math.round((topOfLevel(rows, scene.isRootBelow, level) - offset) * ratio) / ratio;
    paintLevel(surface, scene, level, top, rows.rowPixels, marks);
  }
}

/** A rectangle to be, in which neighbouring runs of one colour become one. */
interface Run {
  left: number;
  right: number;
  fill: string;
}

function paintLevel(
  surface: Surface,
  scene: GraphScene,
  level: number,
  top: number,
  height: number,
  marks: Marks,
): void {
  const { context, widthPixels, devicePixelRatio: ratio } = surface;
  const { layout, focus } = scene;
  const pixel = ((layout.stop[focus] ?? 0) - (layout.start[focus] ?? 0)) / widthPixels;
  const run: Run = { left: 0, right: 0, fill: '' };
  const closeRun = (): void => {
    if (run.fill === '') return;
    context.fillStyle = run.fill;
    context.fillRect(run.left, top, run.right - run.left, height - 1);
    run.fill = '';
  };
  visitLevel(layout, { focus, widthPixels }, level, (first, last, x, width, isRun) => {
    // On whole device pixels edges are sharp.
    const left = Math.round(x * ratio) / ratio;
    const right = Math.max(Math.round((x + width) * ratio) / ratio, left + 1);
    if (isRun) {
      const { fill } = swatchOfRun(surface.palette, scene, pixel, first, last);
      if (run.fill !== fill || left >= run.right + 1) {
        closeRun();
        Object.assign(run, { left, fill });
      }
      run.right = right;
    } else {
      closeRun();
      paintBar(surface, scene, layout.byLevel[first] ?? 0, first, { left, right, top, height });
    }
    const marked = [marks.hovered, marks.current].find((bar) => bar !== undefined && holds(layout, first, last, bar));
    if (marked === undefined) return;
    closeRun();
    context.strokeStyle = surface.theme.text;
    context.lineWidth = 2;
    context.strokeRect(left + 1, top + 1, Math.max(1, right - left - 3), height - 3);
  });
  closeRun();
}

function paintBar(
  { context, palette, text }: Surface,
  scene: GraphScene,
  bar: number,
  position: number,
  { left, right, top, height }: { left: number; right: number; top: number; height: number },
): void {
  const swatch = swatchOfBar(palette, scene, bar, position);
  // A gap tells wide neighbours of one colour apart.
  const width = right - left - (right - left >= 3 ? 1 : 0);
  context.fillStyle = swatch.fill;
  context.fillRect(left, top, width, height - 1);
  const room = width - 2 * textInset;
  if (room < narrowestLabel) return;
  const { data } = scene.layout;
  const share = formatShare(data.total[bar] ?? 0, data.total[0] ?? 0);
  const label = labelOf(shownName(nameOf(scene.layout, bar)), share, room, text);
  if (label === '') return;
  context.fillStyle = swatch.text;
  context.fillText(label, left + textInset, top + height / 2);
}

function holds({ byLevel, data }: TreeLayout, first: number, last: number, bar: number): boolean {
  if (data.level[bar] !== data.level[byLevel[first] ?? 0]) return false;
  return bar >= (byLevel[first] ?? 0) && bar <= (byLevel[last - 1] ?? 0);
}

const unknown: Swatch = { fill: '#888', text: '#000' };
const colourOfBar = ({ layout, colourOf }: GraphScene, bar: number): number =>
  bar <= 0 ? 0 : colourOf(layout.data.name[bar] ?? 0);

function swatchOfBar(palette: Palette, scene: GraphScene, bar: number, position: number): Swatch {
  const { layout, matches, focus } = scene;
  const isAncestor = (layout.data.level[bar] ?? 0) < (layout.data.level[focus] ?? 0);
  const isMatch = matches !== undefined && firstMatch(matches, position, position + 1) !== undefined;
  const tone = matches !== undefined && !isMatch ? palette.dim : isAncestor && !isMatch ? palette.faded : palette.full;
  return tone[colourOfBar(scene, bar)] ?? unknown;
}

/** The first match's colour; else the tint of the parent, if that is wide enough to be seen itself; else grey. */
function swatchOfRun(palette: Palette, scene: GraphScene, pixel: number, first: number, last: number): Swatch {
  const { layout, matches } = scene;
  const match = matches === undefined ? undefined : firstMatch(matches, first, last);
  if (match !== undefined) return palette.full[colourOfBar(scene, layout.byLevel[match] ?? 0)] ?? unknown;
  const parent = layout.parent[layout.byLevel[first] ?? 0] ?? -1;
  const isSeen = (layout.stop[parent] ?? 0) - (layout.start[parent] ?? 0) >= pixel;
  const tone = matches === undefined ? palette.run : palette.dim;
  return tone[isSeen ? colourOfBar(scene, parent) : 0] ?? unknown;
}
