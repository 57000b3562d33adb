// Bytes by hand, from format_description.txt; round trips against our checked reader, and what packing is worth.
import fc from 'fast-check';
import { unsnappy } from './snappy.ts';
import { snappyBlock } from './snappyBlock.ts';

const pack = (text: string): string => Buffer.from(snappyBlock(Buffer.from(text))).toString('hex');

test('nothing is a length of nothing', () => expect(pack('')).toBe('00'));
test('a short text is a literal', () => expect(pack('hello')).toBe('051068656c6c6f'));
test('a repetition is a copy that runs into itself', () => expect(pack('abababababab')).toBe('0c0461622602' + '00'));
test('a literal beyond 60 bytes has its length behind the tag', () => {
  const text = Array.from({ length: 61 }, (_, i) => String.fromCharCode(33 + i)).join('');
  expect(pack(text)).toBe(`3df03c${Buffer.from(text).toString('hex')}`);
});

test('whatever goes in comes out, and never much larger', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 200 }))
        .map(([part, times]) => Buffer.concat(Array.from({ length: times }, () => part))),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const bytes = Buffer.concat(parts);
      const packed = snappyBlock(bytes);
      expect(packed.length).toBeLessThanOrEqual(bytes.length + bytes.length / 60 + 16);
      expect(Buffer.from(unsnappy(packed, bytes.length)).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('matches farther away than two bytes can say are not used', () => {
  const far = Buffer.alloc(200_000);
  let state = 1;
  for (let i = 0; i < 70_000; i++) far[i] = (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24;
  far.copy(far, 100_000, 0, 70_000);
  expect(Buffer.from(unsnappy(snappyBlock(far), far.length)).equals(far)).toBe(true);
});
