/** A canvas context for tests: writes down what the latest painting put where. Each character is 7 pixels wide. */
import type { PaintContext } from './paintGraph.ts';

export interface PaintedRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
}

export class RecordingContext implements PaintContext {
  fillStyle = '';
  strokeStyle = '';
  lineWidth = 1;
  font = '';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  paintings = 0;
  rects: PaintedRect[] = [];
  strokes: PaintedRect[] = [];
  texts: { readonly text: string; readonly x: number; readonly y: number; readonly fill: string }[] = [];

  /** Every painting begins with it. */
  setTransform(): void {
    this.paintings++;
    this.rects = [];
    this.strokes = [];
    this.texts = [];
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.rects.push({ x, y, width, height, fill: this.fillStyle });
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.strokes.push({ x, y, width, height, fill: this.strokeStyle });
  }
  fillText(text: string, x: number, y: number): void {
    this.texts.push({ text, x, y, fill: this.fillStyle });
  }
  measureText(text: string): { readonly width: number } {
    return { width: 7 * [...text].length };
  }
}
