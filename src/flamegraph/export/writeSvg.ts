/**
 * Writes graphs as SVG: every level of what is focused, as wide as on the screen, with the full name as title.
 *
 * Errors: ExportTooLarge.
 */
import { describeBriefly } from '../barDescription.ts';
import type { Swatch } from '../barColours.ts';
import type { TextMeasure } from '../fitText.ts';
import type { GraphScene, Surface } from '../paintGraph.ts';
import { labelFor, textInset, visitPainted } from '../paintGraph.ts';
import { levelsBelow } from '../treeLayout.ts';
import { ExportTooLarge, mostExportBytes } from './shownStacks.ts';

export interface GraphPicture {
  readonly scene: GraphScene;
  readonly surface: Pick<Surface, 'palette' | 'widthPixels'> & { readonly text: TextMeasure };
  readonly rowPixels: number;
  readonly fontFamily: string;
  readonly background: string;
}

/** The pictures stand one above the other. */
export function writeSvg(pictures: readonly GraphPicture[], fontPixels: number): readonly string[] {
  const [first] = pictures;
  const width = first?.surface.widthPixels ?? 0;
  const heights = pictures.map(({ scene, rowPixels }) => levelsBelow(scene.layout, scene.focus) * rowPixels);
  const height = heights.reduce((sum, each) => sum + each, 0);
  const hatch = `<pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M-2 2 2-2M0 8 8 0M6 10 10 6" stroke="#000" stroke-opacity=".35" stroke-width="1.5"/></pattern>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>text{font:${fontPixels}px ${escape(first?.fontFamily ?? 'sans-serif')},sans-serif;dominant-baseline:central}</style>`,
    `<defs>${hatch}</defs><rect width="100%" height="100%" fill="${escape(first?.background ?? '#fff')}"/>`,
  ];
  let length = 0;
  let top = 0;
  pictures.forEach((picture, i) => {
    for (const text of barsOf(picture, top, heights[i] ?? 0)) {
      length += text.length;
      if (length > mostExportBytes) throw new ExportTooLarge();
      parts.push(text);
    }
    top += heights[i] ?? 0;
  });
  return [...parts, '</svg>'];
}

function* barsOf({ scene, surface, rowPixels }: GraphPicture, top: number, height: number): Iterable<string> {
  const levels = Math.round(height / rowPixels);
  for (let level = 0; level < levels; level++) {
    const y = top + (scene.isRootBelow ? levels - 1 - level : level) * rowPixels;
    const found: string[] = [];
    visitPainted({ ...surface, devicePixelRatio: 1 }, scene, level, (bar, swatch, left, right) => {
      found.push(barOf(scene, surface, { bar, swatch, left, right, y, rowPixels }));
    });
    yield found.join('');
  }
}

interface Bar {
  /** undefined: a run of bars that are too narrow to draw. */
  readonly bar: number | undefined;
  readonly swatch: Swatch;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly rowPixels: number;
}

function barOf(
  scene: GraphScene,
  surface: GraphPicture['surface'],
  { bar, swatch, left, right, y, rowPixels }: Bar,
): string {
  const place = `x="${left}" y="${y}" width="${right - left}" height="${rowPixels - 1}"`;
  if (bar === undefined) return `<rect ${place} fill="${swatch.fill}"/>`;
  const label = labelFor(surface.text, scene, bar, right - left - 2 * textInset);
  const text =
    label === ''
      ? ''
      : `<text x="${left + textInset}" y="${y + rowPixels / 2}" fill="${escape(swatch.text)}">${escape(label)}</text>`;
  const lines = swatch.hatchPixel === undefined ? '' : `<rect ${place} fill="url(#hatch)"/>`;
  const title = `<title>${escape(describeBriefly(scene.layout, bar))}</title>`;
  return `<g>${title}<rect ${place} fill="${swatch.fill}"/>${lines}${text}</g>`;
}

/** Names are strangers' input. What XML cannot hold in any spelling goes. */
const escape = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '').replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
