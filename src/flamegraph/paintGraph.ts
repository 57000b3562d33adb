/** Paints the part of the graph that is in view onto a canvas. */
import type { Palette, Swatch } from './barColours.ts';
import type { TextMeasure } from './fitText.ts';
import { labelOf, shownName } from './fitText.ts';
import { nameOf } from './focusPath.ts';
import { formatShare } from './formatValue.ts';
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import type { Rows } from './rowGeometry.ts';
import { levelsInView, topOfLevel } from './rowGeometry.ts';
import type { SearchMatches } from './searchBars.ts';
import type { TreeLayout } from './treeLayout.ts';
import { visitLevel } from './visibleBars.ts';

/** What is used of a canvas' context: tests give one that writes down what is painted. */
export type PaintContext = Pick<
  CanvasRenderingContext2D,
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'measureText'
  | 'setTransform'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'font'
  | 'textBaseline'
>;

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
  let fillBefore = '';
  visitLevel(layout, { focus, widthPixels }, level, (first, last, x, width, isRun) => {
    const bar = layout.byLevel[first] ?? 0;
    const swatch = swatchOf(surface.palette, scene, level, first, last, isRun);
    // On whole device pixels edges are sharp; a gap tells wide neighbours of one colour apart.
    const left = Math.round(x * ratio) / ratio;
    const right = Math.max(Math.round((x + width) * ratio) / ratio, left + 1);
    const painted = right - left - (width >= 3 ? 1 : 0);
    if (swatch.fill !== fillBefore) context.fillStyle = swatch.fill;
    fillBefore = swatch.fill;
    context.fillRect(left, top, painted, height - 1);
    const label = isRun ? '' : labelFor(surface, layout, bar, painted - 2 * textInset);
    if (label !== '') {
      context.fillStyle = swatch.text;
      fillBefore = swatch.text;
      context.fillText(label, left + textInset, top + height / 2);
    }
    for (const [mark, colour] of [
      [marks.hovered, surface.theme.text],
      [marks.current, surface.theme.accent],
    ] as const) {
      if (mark !== undefined && mark >= bar && holds(layout, first, last, mark)) {
        context.strokeStyle = colour;
        context.lineWidth = 2;
        context.strokeRect(left + 1, top + 1, Math.max(2, painted - 2), height - 3);
      }
    }
  });
}

function holds({ byLevel, data }: TreeLayout, first: number, last: number, bar: number): boolean {
  if (data.level[bar] !== data.level[byLevel[first] ?? 0]) return false;
  return bar >= (byLevel[first] ?? 0) && bar <= (byLevel[last - 1] ?? 0);
}

function labelFor({ text }: Surface, layout: TreeLayout, bar: number, room: number): string {
  if (room < 12) return '';
  const share = formatShare(layout.data.total[bar] ?? 0, layout.data.total[0] ?? 0);
  return labelOf(shownName(nameOf(layout, bar)), share, room, text);
}

function swatchOf(
  palette: Palette,
  scene: GraphScene,
  level: number,
  first: number,
  last: number,
  isRun: boolean,
): Swatch {
  const { layout, matches, colourOf } = scene;
  const { data, byLevel, parent } = layout;
  const bar = byLevel[first] ?? 0;
  const above = parent[bar] ?? -1;
  const isMixed = isRun && above !== parent[byLevel[last - 1] ?? 0];
  const tinting = isRun ? above : bar;
  const colour = tinting <= 0 || isMixed ? 0 : colourOf(data.name[tinting] ?? 0);
  const hasMatch = matches !== undefined && (matches.matchesBefore[last] ?? 0) > (matches.matchesBefore[first] ?? 0);
  const tone =
    matches !== undefined
      ? hasMatch
        ? palette.full
        : palette.dim
      : isRun
        ? palette.run
        : level < (data.level[scene.focus] ?? 0)
          ? palette.faded
          : palette.full;
  return tone[colour] ?? { fill: '#888', text: '#000' };
}
