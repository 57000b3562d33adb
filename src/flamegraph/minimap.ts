/**
 * A small picture of a graph that is taller than its pane, with a frame around what is in view; a pointer moves it.
 *
 * For pointers alone: keys walk the graph itself, which scrolls by that.
 */
import type { Palette } from './barColours.ts';
import { element } from './element.ts';
import type { GraphScene } from './paintGraph.ts';
import { paintLevel } from './paintGraph.ts';
import type { Rows } from './rowGeometry.ts';
import { contentPixels } from './rowGeometry.ts';

export const minimapPixels = 56;
/** Of a level, where there is room. */
const tallestRow = 4;

/** What of a canvas' context it takes. */
type ImageContext = Pick<CanvasRenderingContext2D, 'createImageData' | 'putImageData'>;

export class Minimap {
  private readonly canvas = element('canvas', 'plens-minimap-canvas');
  private readonly frame = element('div', 'plens-minimap-frame');
  readonly root = element('div', 'plens-minimap', { 'aria-hidden': 'true' }, this.canvas, this.frame);
  private readonly context: ImageContext | null;
  private readonly onScroll: (offset: number) => void;
  private rows: Rows = { count: 0, rowPixels: 1, viewportPixels: 0 };
  private shownPixels = 0;
  /** Paints nothing that it has painted already: scrolling moves the frame alone. */
  private painted: readonly unknown[] = [];

  constructor(
    getContext: (canvas: HTMLCanvasElement) => ImageContext | null,
    onScroll: (offset: number) => void,
    signal: AbortSignal,
  ) {
    this.context = getContext(this.canvas);
    this.onScroll = onScroll;
    this.root.addEventListener('pointerdown', (event) => this.grab(event), { signal });
    this.root.addEventListener('pointermove', (event) => this.drag(event), { signal });
  }

  /** Whether there is more than is in view, so that the graph makes room for it. */
  isNeeded(rows: Rows): boolean {
    return rows.count * rows.rowPixels > rows.viewportPixels * 1.2 && rows.viewportPixels > 0;
  }

  show(scene: GraphScene, palette: Palette, rows: Rows, offset: number): void {
    this.rows = rows;
    this.shownPixels = Math.min(rows.viewportPixels, rows.count * tallestRow);
    this.paint(scene, palette);
    const scale = this.shownPixels / contentPixels(rows);
    // A frame of less than this could not be grabbed.
    const height = Math.max(8, rows.viewportPixels * scale);
    const top = Math.min(offset * scale, this.shownPixels - height);
    Object.assign(this.frame.style, { top: `${top}px`, height: `${height}px` });
  }

  private paint(scene: GraphScene, palette: Palette): void {
    const inputs = [scene, palette, this.rows.count, this.shownPixels];
    if (this.context === null || inputs.every((each, i) => each === this.painted[i])) return;
    this.painted = inputs;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(minimapPixels * ratio), Math.round(this.shownPixels * ratio)];
    Object.assign(this.canvas, { width, height });
    Object.assign(this.canvas.style, { width: `${minimapPixels}px`, height: `${this.shownPixels}px` });
    const image = this.context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const line = new Uint32Array(width);
    let lineLevel = -1;
    for (let y = 0; y < height; y++) {
      const row = Math.floor((y / height) * this.rows.count);
      const level = scene.isRootBelow ? this.rows.count - 1 - row : row;
      if (level !== lineLevel) {
        line.fill(palette.backgroundPixel);
        paintLevel({ palette, widthPixels: minimapPixels, devicePixelRatio: ratio }, scene, level, line);
        lineLevel = level;
      }
      pixels.set(line, y * width);
    }
    this.context.putImageData(image, 0, 0);
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    if (typeof this.root.setPointerCapture === 'function') this.root.setPointerCapture(event.pointerId);
    this.scrollTo(event.clientY);
  }

  private drag(event: PointerEvent): void {
    if ((event.buttons & 1) === 1) this.scrollTo(event.clientY);
  }

  /** The point under the pointer comes to the middle of the view. */
  private scrollTo(clientY: number): void {
    const y = clientY - this.root.getBoundingClientRect().top;
    const content = contentPixels(this.rows);
    const { viewportPixels } = this.rows;
    const offset = (y / Math.max(1, this.shownPixels)) * content - viewportPixels / 2;
    this.onScroll(Math.max(0, Math.min(content - viewportPixels, offset)));
  }
}
