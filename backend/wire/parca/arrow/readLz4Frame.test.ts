/** LZ4 frames: those of another writer, bytes by hand, and lies. */
import fc from 'fast-check';
import { compressLz4 } from '../../../../test/bench/arrowWriter.mjs';
import { InputError } from '../../../errors.ts';
import { readLz4Frame } from './readLz4Frame.ts';

const unpacked = (frame: Uint8Array, length: number): Uint8Array => {
  const output = new Uint8Array(length);
  readLz4Frame(frame, output);
  return output;
};
/** Magic, version 1 with independent blocks, 64 KiB blocks, a header checksum that nobody looks at; blocks; end mark. */
const frameOf = (...blocks: readonly string[]): Uint8Array =>
  new Uint8Array(Buffer.from(`04224d18604000${blocks.join('')}00000000`, 'hex'));
const blockOf = (hex: string): string => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(hex.length / 2);
  return size.toString('hex') + hex;
};
const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('what another writer has packed comes out as it went in', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3_000 }))
      .map(([unit, times]) => Uint8Array.from({ length: unit.length * times }, (_, i) => unit[i % unit.length] ?? 0)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const bytes = new Uint8Array(Buffer.concat(parts));
      expect(Buffer.compare(unpacked(compressLz4(bytes), bytes.length), bytes)).toBe(0);
    }),
  );
});

test('literals, then a match that overlaps what it makes', () => {
  // 3 literals "abc", match of 4 + 5 at distance 3; then 1 literal "!".
  expect(ascii(unpacked(frameOf(blockOf('356162630300' + '1021')), 13))).toBe('abcabcabcabc!');
  // A long match at distance 1: 4 + 15 + 255 + 26 times "z".
  expect(ascii(unpacked(frameOf(blockOf('1f7a0100ff1a' + '00')), 301))).toBe('z'.repeat(301));
  // A long match at distance 2.
  expect(ascii(unpacked(frameOf(blockOf('2f79' + '7a0200ff1a' + '00')), 302))).toBe('yz'.repeat(151));
});

test('a block may be stored, and a match may reach into the block before', () => {
  const stored = '04000080' + '77787980';
  expect(ascii(unpacked(frameOf(stored, blockOf('000400' + '1021')), 9))).toBe('wxy\x80wxy\x80!');
});

for (const [what, frame, length] of [
  ['no frame at all', new Uint8Array(Buffer.from('00112233445566778899', 'hex')), 4],
  ['a frame that needs a dictionary', new Uint8Array(Buffer.from('04224d1861400000000000', 'hex')), 0],
  ['another version', new Uint8Array(Buffer.from('04224d18a0400000000000', 'hex')), 0],
  ['no end mark', frameOf(blockOf('1061')).subarray(0, 12), 1],
  ['a block longer than the frame', frameOf('ff000000' + '1061'), 1],
  ['less than announced', frameOf(blockOf('1061')), 2],
  ['more literals than announced', frameOf(blockOf('20' + '6162')), 1],
  ['a longer match than announced', frameOf(blockOf('1f610100ffffffff00' + '00')), 100],
  ['more stored bytes than announced', frameOf('04000080' + '61626364'), 3],
  ['a match before the beginning', frameOf(blockOf('10610200' + '00')), 9],
  ['a match of distance 0', frameOf(blockOf('10610000' + '00')), 9],
  ['literals past the end of the block', frameOf(blockOf('f0' + '6162')), 100],
  ['a length that never ends', frameOf(blockOf('f0' + 'ff'.repeat(1_000))), 100],
  ['a match cut off', frameOf(blockOf('106101')), 9],
] as const) {
  test(`${what} is refused`, () => {
    expect(() => unpacked(frame, length)).toThrow(InputError);
  });
}

test('length bytes without end cost no more time than they take to read', () => {
  const endless = frameOf(blockOf('1f610100' + 'ff'.repeat(2 ** 20) + '00'));
  expect(() => unpacked(endless, 64)).toThrow('more bytes than were announced');
});
