// By hand, from format_description.txt and framing_format.txt.
import { unsnappy } from './snappy.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: string, limit = 1_000): string => Buffer.from(unsnappy(hex(bytes), limit)).toString();
const streamStart = 'ff 06 00 00 73 4e 61 50 70 59';

test('a literal', () => expect(text('05 10 68 65 6c 6c 6f')).toBe('hello'));
test('a literal with its length behind the tag', () => expect(text('05 f0 04 68 65 6c 6c 6f')).toBe('hello'));
test('a copy with an offset of one byte, over itself', () => expect(text('09 04 61 62 0d 02')).toBe('ababababa'));
test('a copy with an offset of two bytes', () => expect(text('06 08 61 62 63 0a 03 00')).toBe('abcabc'));
test('a copy with an offset of four bytes', () => expect(text('06 08 61 62 63 0b 03 00 00 00')).toBe('abcabc'));
test('nothing', () => expect(text('00')).toBe(''));
test('frames: one as it is, one compressed, one to be skipped', () => {
  const plain = '01 06 00 00 00 00 00 00 68 65';
  const compressed = '00 09 00 00 00 00 00 00 03 08 6c 6c 6f';
  expect(text(`${streamStart} ${plain} fe 01 00 00 00 ${compressed}`)).toBe('hello');
});

const wrong: readonly (readonly [string, string])[] = [
  ['without bytes', ''],
  ['without an end of its length', 'ff ff'],
  ['a literal past the end', '05 10 68 65'],
  ['a literal longer than promised', '02 10 68 65 6c 6c 6f'],
  ['a copy from before the start', '06 08 61 62 63 0a 04 00'],
  ['a copy from nowhere', '06 08 61 62 63 0a 00 00'],
  ['a copy longer than promised', '04 08 61 62 63 0a 03 00'],
  ['shorter than promised', '06 08 61 62 63'],
  ['promising more than snappy can', 'ff ff ff 0f 00 61'],
  ['a frame that is cut', `${streamStart} 01 06 00 00 00 00`],
  ['a frame without checksum', `${streamStart} 01 02 00 00 00 00`],
  ['a chunk that must not be skipped', `${streamStart} 02 00 00 00`],
];
for (const [what, bytes] of wrong) {
  test(`what is ${what} is refused`, () =>
    expect(() => text(bytes)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^snappy/) as unknown }) as Error,
    ));
}

test('what expands past the limit is refused, as a block and over frames', () => {
  const tooLarge = expect.objectContaining({ code: 'payload_too_large' }) as Error;
  expect(() => text('05 10 68 65 6c 6c 6f', 4)).toThrow(tooLarge);
  expect(() => text(`${streamStart} 01 06 00 00 00 00 00 00 68 65 01 06 00 00 00 00 00 00 68 65`, 3)).toThrow(tooLarge);
});
