// Frames by hand (RFC 8878), and frames of the zstd program when it is there.
import { spawnSync } from 'node:child_process';
import { unzstd } from './zstd.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const magic = '28 b5 2f fd';
const hello = Buffer.from('hello').toString('hex');
const text = async (bytes: Uint8Array, limit = 1_000): Promise<string> =>
  Buffer.from(await unzstd(bytes, limit)).toString();

test('a raw block in a frame that tells its size', async () => {
  expect(await text(hex(`${magic} 20 05 29 00 00 ${hello}`))).toBe('hello');
});
test('a run in a frame that does not', async () => {
  expect(await text(hex(`${magic} 00 58 33 00 00 61`))).toBe('aaaaaa');
});
test('frames after each other and a skippable one between them are one content', async () => {
  const frame = `${magic} 20 05 29 00 00 ${hello}`;
  expect(await text(hex(`${frame} 50 2a 4d 18 02 00 00 00 ff ff ${frame}`))).toBe('hellohello');
});
test('nothing is nothing', async () => expect(await text(hex(''))).toBe(''));

const wrong: readonly (readonly [string, string, string])[] = [
  ['no zstd', '6e 6f 6e 73', 'no zstd frame'],
  ['cut in its header', magic, 'ends inside a frame'],
  ['cut in a block', `${magic} 20 05 29 00 00 68 65`, 'ends inside a frame'],
  ['of a reserved kind of block', `${magic} 20 05 2f 00 00 ${hello}`, 'no zstd block'],
  ['compressed and broken', `${magic} 20 05 2d 00 00 ${hello}`, 'broken'],
  ['of another size than it tells', `${magic} 20 06 29 00 00 ${hello}`, 'broken'],
];
for (const [what, bytes, message] of wrong) {
  test(`what is ${what} is refused`, () =>
    expect(unzstd(hex(bytes), 1_000)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(message) as unknown,
    }));
}

test('a header that promises more than the limit is not believed', () =>
  expect(unzstd(hex(`${magic} e0 00 00 00 00 01 00 00 00 29 00 00 ${hello}`), 1_000)).rejects.toMatchObject({
    code: 'payload_too_large',
  }));

test('a run past the limit is refused though no header told of it', () =>
  expect(unzstd(hex(`${magic} 00 58 03 00 10 61`), 1_000)).rejects.toMatchObject({ code: 'payload_too_large' }));

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
if (!hasZstd) process.stdout.write('no zstd program: its frames were not tried\n');
const zstdTest = hasZstd ? test : test.skip;
const lines = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `main;work;line ${i % 997} ${i}\n`).join(''));
for (const flags of [['-1'], ['-19'], ['--no-content-size', '-3'], ['--no-check', '-3']]) {
  zstdTest(`zstd ${flags.join(' ')} comes back as it went in, and not past a limit`, async () => {
    const packed = new Uint8Array(spawnSync('zstd', [...flags, '-c'], { input: lines }).stdout);
    expect(Buffer.from(await unzstd(packed, lines.length)).equals(lines)).toBe(true);
    await expect(unzstd(packed, lines.length - 1)).rejects.toMatchObject({ code: 'payload_too_large' });
  });
}
