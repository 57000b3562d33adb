/** Makes a file of exactly what is shown, and hands it to the browser. */
import { fontPixels } from '../styles.ts';
import type { ShownPart } from './shownStacks.ts';
import { sampleTypeOf } from './shownStacks.ts';
import { writeFolded } from './writeFolded.ts';
import { writePng } from './writePng.ts';
import { gzipped, writePprof } from './writePprof.ts';
import { writeSpeedscope } from './writeSpeedscope.ts';
import type { GraphPicture } from './writeSvg.ts';
import { writeSvg } from './writeSvg.ts';

export type ExportKind = 'png' | 'svg' | 'folded' | 'speedscope' | 'pprof';

export const exportKinds: readonly (readonly [ExportKind, string])[] = [
  ['png', 'PNG picture'],
  ['svg', 'SVG picture'],
  ['pprof', 'pprof'],
  ['folded', 'Folded stacks'],
  ['speedscope', 'speedscope JSON'],
];

export interface ExportFile {
  readonly name: string;
  readonly blob: Blob;
}

export interface ExportSource {
  readonly part: ShownPart;
  /** None: the table alone is shown. */
  readonly pictures: readonly GraphPicture[];
}

export async function exportGraph(kind: ExportKind, { part, pictures }: ExportSource): Promise<ExportFile> {
  const { data } = part.layout;
  const start = data.meta?.startMillis;
  const moment = start === undefined ? '' : `-${new Date(start).toISOString().slice(0, 19).replaceAll(':', '')}`;
  const title = `${sampleTypeOf(data).replace(/[^\w-]/g, '_')}${moment}`;
  switch (kind) {
    case 'png':
      return { name: `${title}.png`, blob: await writePng(pictures, fontPixels) };
    case 'svg':
      return { name: `${title}.svg`, blob: new Blob([...writeSvg(pictures, fontPixels)], { type: 'image/svg+xml' }) };
    case 'folded':
      return { name: `${title}.folded.txt`, blob: new Blob([...writeFolded(part)], { type: 'text/plain' }) };
    case 'speedscope': {
      const blob = new Blob([...writeSpeedscope(part, title)], { type: 'application/json' });
      return { name: `${title}.speedscope.json`, blob };
    }
    case 'pprof':
      return { name: `${title}.pb.gz`, blob: await gzipped(writePprof(part)) };
  }
}

export function download({ name, blob }: ExportFile): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
