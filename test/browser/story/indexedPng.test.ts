import { deflateSync, inflateSync } from 'node:zlib';
import { indexedPng } from './indexedPng.ts';

/** Checks of chunks are not read: zeros stand for them. */
const chunk = (type: string, data: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
};

function pngOf(width: number, height: number, rows: Buffer): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const header = Buffer.concat([size, Buffer.from('0802000000', 'hex')]);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function partOf(png: Buffer, type: string): Buffer {
  const at = png.indexOf(type);
  return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
}

test('few colours stay as they are, however their lines were filtered', () => {
  // Red and green; then by the filters left, up, average and Paeth: green, red; red, green; green, green; red, green.
  const lines = ['00ff000000ff00', '0100ff00ff0100', '02ff010001ff00', '0381ff00000000', '04ff010001ff00'];
  const png = indexedPng(pngOf(2, 5, Buffer.from(lines.join(''), 'hex')));
  expect(partOf(png, 'IHDR').toString('hex')).toBe('00000002000000050803000000');
  // Green is the more frequent.
  expect(partOf(png, 'PLTE').toString('hex')).toBe('00ff00ff0000');
  expect(inflateSync(partOf(png, 'IDAT')).toString('hex')).toBe('000100000001000100000000000100');
});

test('of more than 256 colours the rarest become the nearest of the others', () => {
  const frequent = Array.from({ length: 256 }, (_, i) => [i, 0, 0]);
  const row = Buffer.from([0, ...frequent, ...frequent, [7, 1, 0]].flat());
  const png = indexedPng(pngOf(513, 1, row));
  expect(partOf(png, 'PLTE').length).toBe(3 * 256);
  expect(inflateSync(partOf(png, 'IDAT')).at(-1)).toBe(7);
});

test('what is no screenshot is refused', () => {
  expect(() => indexedPng(Buffer.from('GIF89a'))).toThrow('not a PNG');
});
