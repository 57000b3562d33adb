/** A canvas context for tests: keeps what the latest painting put where. In a font of 12 pixels a character is 7 wide. */
import type { PaintContext } from './paintGraph.ts';

export interface PaintedStretch {
  readonly x: number;
  readonly width: number;
  readonly colour: string;
}

export class RecordingContext implements PaintContext {
  fillStyle = '';
  font = '';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  paintings = 0;
  texts: { readonly text: string; readonly x: number; readonly y: number; readonly fill: string }[] = [];
  private image: ImageData | undefined;

  setTransform(): void {}
  createImageData(width: number | ImageData, height = 0): ImageData {
    const columns = typeof width === 'number' ? width : width.width;
    return { width: columns, height, colorSpace: 'srgb', data: new Uint8ClampedArray(columns * height * 4) };
  }
  /** Covers the canvas: every painting begins with it. */
  putImageData(image: ImageData): void {
    this.paintings++;
    this.image = { ...image, data: image.data.slice() };
    this.texts = [];
  }
  fillText(text: string, x: number, y: number): void {
    this.texts.push({ text, x, y, fill: this.fillStyle });
  }
  measureText(text: string): { readonly width: number } {
    return { width: (this.font.startsWith('12px') ? 7 : 5) * [...text].length };
  }

  /** Stretches of one colour along a line of pixels, those of the background left out. */
  stretchesAt(y: number, background = '255,255,255'): readonly PaintedStretch[] {
    const { image } = this;
    if (image === undefined) return [];
    const found: { x: number; width: number; colour: string }[] = [];
    for (let x = 0; x < image.width; x++) {
      const at = (y * image.width + x) * 4;
      const colour = image.data.slice(at, at + 3).join(',');
      const last = found[found.length - 1];
      if (last?.colour === colour) last.width++;
      else found.push({ x, width: 1, colour });
    }
    return found.filter(({ colour }) => colour !== background);
  }
}
