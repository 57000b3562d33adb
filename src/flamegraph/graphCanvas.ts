/**
 * The canvas of the graph: as large as what is in view, in a container that scrolls the whole height.
 *
 * It knows where bars are and paints them; what pointer and keys mean is decided elsewhere.
 */
import type { Palette } from './barColours.ts';
import { element } from './element.ts';
import type { TextMeasure } from './fitText.ts';
import { makeTextMeasure } from './fitText.ts';
import type { GraphPicture } from './export/writeSvg.ts';
import { Minimap } from './minimap.ts';
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import type { GraphScene, PaintContext } from './paintGraph.ts';
import { paintGraph } from './paintGraph.ts';
import type { Box } from './placeTooltip.ts';
import type { Rows } from './rowGeometry.ts';
import {
  contentPixels,
  elementPixels,
  levelAt,
  offsetOf,
  offsetShowing,
  scrollTopOf,
  topOfLevel,
} from './rowGeometry.ts';
import { fontPixels } from './styles.ts';
import { levelsBelow } from './treeLayout.ts';
import { barAt } from './visibleBars.ts';

const rowPixels = 22;

type Mark = 'current' | 'hovered';
const markElement = (mark: Mark): HTMLElement => element('div', `plens-mark plens-mark-${mark}`, { hidden: '' });

export class GraphCanvas {
  readonly canvas = element('canvas', 'plens-canvas');
  // Frames around bars are elements of their own, so that a moving pointer repaints nothing.
  private readonly frames = { current: markElement('current'), hovered: markElement('hovered') };
  private readonly marked = new Map<Mark, number>();
  private readonly content = element(
    'div',
    'plens-graph-content',
    {},
    this.canvas,
    this.frames.current,
    this.frames.hovered,
  );
  private readonly scroller = element('div', 'plens-graph', {}, this.content);
  private readonly minimap: Minimap;
  /** Scroller and minimap. */
  readonly root: HTMLElement;
  private readonly context: PaintContext | null;
  private theme: FlameGraphTheme;
  private palette: Palette;
  private text: TextMeasure;
  private scene: GraphScene | undefined;
  private rows: Rows = { count: 0, rowPixels, viewportPixels: 0 };
  private widthPixels = 0;
  private ratio = 1;
  private image: ImageData | undefined;
  private frame: number | undefined;

  constructor(
    theme: FlameGraphTheme,
    palette: Palette,
    getContext: (canvas: HTMLCanvasElement) => PaintContext | null,
    signal: AbortSignal,
  ) {
    this.context = getContext(this.canvas);
    this.theme = theme;
    this.palette = palette;
    this.text = this.measureText();
    this.minimap = new Minimap(getContext, (offset) => this.scrollToOffset(offset), signal);
    this.root = element('div', 'plens-graph-pane', {}, this.scroller);
    this.onScroll(() => this.repaint(), signal);
    signal.addEventListener('abort', () => {
      if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    });
  }

  onScroll(listener: () => void, signal: AbortSignal): void {
    this.scroller.addEventListener('scroll', listener, { signal, passive: true });
  }

  /** For an export: every level of the focus, as wide as here. */
  picture(): GraphPicture | undefined {
    const { scene, palette, text, widthPixels, theme } = this;
    if (scene === undefined || widthPixels === 0) return undefined;
    const { fontFamily, background } = theme;
    return { scene, surface: { palette, text, widthPixels }, rowPixels, fontFamily, background };
  }

  setTheme(theme: FlameGraphTheme, palette: Palette): void {
    this.theme = theme;
    this.palette = palette;
    this.text = this.measureText();
    this.repaint();
  }

  /** Shows a scene. A new focus or direction is scrolled to; a refresh leaves the place where it was. */
  show(scene: GraphScene | undefined): void {
    const before = this.scene;
    this.scene = scene;
    this.rows = { ...this.rows, count: scene === undefined ? 0 : levelsBelow(scene.layout, scene.focus) };
    this.measure();
    if (scene !== undefined && !isSamePlace(before, scene)) this.scrollToFocus(scene);
    this.repaint();
  }

  mark(mark: Mark, bar: number | undefined): void {
    if (bar === undefined) this.marked.delete(mark);
    else this.marked.set(mark, bar);
    this.placeMark(mark);
  }

  /** Takes over the size of the surroundings and paints at once: a resized canvas is blank. */
  resize(): void {
    this.measure();
    this.paint();
  }

  /** The bar at a point of the window, as pointer events tell it. */
  barUnder(clientX: number, clientY: number): number | undefined {
    if (this.scene === undefined) return undefined;
    const { layout, focus, isRootBelow } = this.scene;
    const box = this.canvas.getBoundingClientRect();
    const level = levelAt(this.rows, isRootBelow, this.offset() + clientY - box.top);
    return barAt(layout, { focus, widthPixels: this.widthPixels }, level, clientX - box.left);
  }

  /** Where a bar stands in the window. Its row decides the height, its values the width. */
  boxOf(bar: number): Box {
    const { left, top } = this.canvas.getBoundingClientRect();
    const box = this.boxInView(bar);
    return { ...box, left: left + box.left, top: top + box.top };
  }

  scrollToBar(bar: number): void {
    if (this.scene === undefined) return;
    const { layout, isRootBelow } = this.scene;
    const top = topOfLevel(this.rows, isRootBelow, layout.data.level[bar] ?? 0);
    this.scrollToOffset(offsetShowing(this.rows, top, this.offset()));
  }

  repaint(): void {
    this.frame ??= requestAnimationFrame(() => this.paint());
  }

  /** Where a bar stands on the canvas. */
  private boxInView(bar: number): Box {
    if (this.scene === undefined) return { left: 0, top: 0, width: 0, height: rowPixels };
    const { layout, focus, isRootBelow } = this.scene;
    const level = layout.data.level[bar] ?? 0;
    const top = topOfLevel(this.rows, isRootBelow, level) - this.offset();
    if (level <= (layout.data.level[focus] ?? 0)) return { left: 0, top, width: this.widthPixels, height: rowPixels };
    const origin = layout.start[focus] ?? 0;
    const scale = this.widthPixels / Math.max((layout.stop[focus] ?? 0) - origin, Number.MIN_VALUE);
    const [start, stop] = [layout.start[bar] ?? 0, layout.stop[bar] ?? 0];
    return { left: (start - origin) * scale, top, width: (stop - start) * scale, height: rowPixels };
  }

  private placeMark(mark: Mark): void {
    const bar = this.marked.get(mark);
    const { style } = this.frames[mark];
    this.frames[mark].hidden = bar === undefined;
    if (bar === undefined) return;
    const { left, top, width } = this.boxInView(bar);
    // A bar of less than a pixel is framed by enough to be seen.
    const shown = Math.max(6, width);
    style.left = `${Math.max(0, Math.min(left, this.widthPixels - shown))}px`;
    style.top = `${top + this.scroller.scrollTop}px`;
    style.width = `${shown}px`;
    style.height = `${rowPixels}px`;
  }

  private paint(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    const { context, scene, palette, text, widthPixels } = this;
    const { width, height } = this.canvas;
    if (context === null || scene === undefined || width === 0 || height === 0) return;
    if (this.image?.width !== width || this.image.height !== height)
      this.image = context.createImageData(width, height);
    const { image, ratio } = this;
    const surface = { context, image, palette, text, font: this.font(), widthPixels, devicePixelRatio: ratio };
    paintGraph(surface, scene, this.rows, this.offset());
    this.placeMark('current');
    this.placeMark('hovered');
    if (this.minimap.root.parentElement !== null) this.minimap.show(scene, palette, this.rows, this.offset());
  }

  private measure(): void {
    const viewportPixels = this.scroller.clientHeight;
    // With the root below it is the lower edge that stays where it is.
    const lost = this.scene?.isRootBelow === true ? this.rows.viewportPixels - viewportPixels : 0;
    const offset = this.offset() + lost;
    this.rows = { ...this.rows, viewportPixels };
    if (lost !== 0 && this.rows.count > 0) this.scrollToOffset(offset);
    this.content.style.height = `${elementPixels(this.rows)}px`;
    if (!this.minimap.isNeeded(this.rows)) this.minimap.root.remove();
    else if (this.minimap.root.parentElement === null) this.root.append(this.minimap.root);
    // Only now is it known what stands beside the canvas: a scroll bar, a minimap.
    this.widthPixels = this.scroller.clientWidth;
    this.ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.widthPixels * this.ratio), Math.round(viewportPixels * this.ratio)];
    // Setting a canvas' size clears it, even to the size that it had.
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.canvas.style.width = `${this.widthPixels}px`;
    this.canvas.style.height = `${viewportPixels}px`;
  }

  /** The focused bar comes near the edge at which its subtree begins, with some of its ancestors. */
  private scrollToFocus({ layout, focus, isRootBelow }: GraphScene): void {
    const top = topOfLevel(this.rows, isRootBelow, layout.data.level[focus] ?? 0);
    const kept = 3 * rowPixels;
    const offset = isRootBelow ? top + rowPixels + kept - this.rows.viewportPixels : top - kept;
    this.scrollToOffset(Math.min(offset, contentPixels(this.rows) - this.rows.viewportPixels));
  }

  private scrollToOffset(offset: number): void {
    this.scroller.scrollTop = scrollTopOf(this.rows, offset);
  }

  private offset(): number {
    return offsetOf(this.rows, this.scroller.scrollTop);
  }

  private font(): string {
    return `${fontPixels}px ${this.theme.fontFamily}`;
  }

  private measureText(): TextMeasure {
    const { context } = this;
    const font = this.font();
    return makeTextMeasure((text) => {
      if (context === null) return fontPixels;
      // Whenever a canvas changes its size it forgets its font.
      context.font = font;
      return context.measureText(text).width;
    });
  }
}

/** A refresh brings new bars for the same focus, so the depth of the focus is what is compared. */
function isSamePlace(before: GraphScene | undefined, scene: GraphScene): boolean {
  if (before === undefined || before.isRootBelow !== scene.isRootBelow) return false;
  if (before.layout === scene.layout) return before.focus === scene.focus;
  return before.layout.data.level[before.focus] === scene.layout.data.level[scene.focus];
}
