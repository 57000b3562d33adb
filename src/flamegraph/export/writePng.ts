/** Paints graphs into a PNG, one above the other; levels beyond what browsers take for a canvas are left out. */
import { paintGraph } from '../paintGraph.ts';
import { levelsBelow } from '../treeLayout.ts';
import type { GraphPicture } from './writeSvg.ts';

/** Safari and phones stop at 16,384. */
const tallestCanvas = 16_000;
/** Sharp enough for a document, whatever the screen. */
const ratio = 2;

export async function writePng(pictures: readonly GraphPicture[], fontPixels: number): Promise<Blob> {
  const all = document.createElement('canvas');
  let room = Math.floor(tallestCanvas / ratio);
  const rows = pictures.map(({ scene, rowPixels }) => {
    const count = Math.min(levelsBelow(scene.layout, scene.focus), Math.floor(room / rowPixels));
    room -= count * rowPixels;
    return { count, rowPixels, viewportPixels: count * rowPixels };
  });
  const width = Math.max(0, ...pictures.map(({ surface }) => surface.widthPixels));
  all.width = Math.round(width * ratio);
  all.height = rows.reduce((sum, { viewportPixels }) => sum + viewportPixels, 0) * ratio;
  const target = all.getContext('2d');
  let top = 0;
  pictures.forEach(({ scene, surface, fontFamily }, i) => {
    const row = rows[i];
    const canvas = document.createElement('canvas');
    canvas.width = all.width;
    canvas.height = (row?.viewportPixels ?? 0) * ratio;
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null || row === undefined || canvas.height === 0 || canvas.width === 0) return;
    const image = context.createImageData(canvas.width, canvas.height);
    const font = `${fontPixels}px ${fontFamily}`;
    paintGraph({ ...surface, context, image, font, devicePixelRatio: ratio }, scene, row, 0);
    target?.drawImage(canvas, 0, top);
    top += canvas.height;
  });
  return new Promise((resolve, reject) => {
    all.toBlob((blob) =>
      blob === null ? reject(new Error('This browser makes no PNG of this size.')) : resolve(blob),
    );
  });
}
