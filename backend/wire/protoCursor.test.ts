import { InputError } from '../errors.ts';
import { ProtoCursor } from './protoCursor.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const cursorOf = (text: string): ProtoCursor => new ProtoCursor(hex(text), 'test');

function first(text: string): ProtoCursor {
  const cursor = cursorOf(text);
  expect(cursor.next()).toBe(true);
  return cursor;
}

function failure(text: string): string {
  const cursor = cursorOf(text);
  try {
    for (let fields = 0; cursor.next(); fields++) if (fields > 100) throw new Error('no end');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error).toMatchObject({ code: 'invalid_argument', reason: 'malformed_profile' });
    return error.message;
  }
  throw new Error('nothing was thrown');
}

test('no bytes are no fields', () => expect(cursorOf('').next()).toBe(false));

for (const [bytes, value] of [
  ['08 00', 0n],
  ['08 7f', 127n],
  ['08 80 01', 128n],
  ['08 ff 7f', 16_383n],
  ['08 ff ff ff 7f', 2n ** 28n - 1n],
  ['08 80 80 80 80 01', 2n ** 28n],
  ['08 ff ff ff ff 0f', 2n ** 32n - 1n],
  ['08 80 80 80 80 10', 2n ** 32n],
  ['08 ff ff ff ff 7f', 2n ** 35n - 1n],
  ['08 80 80 80 80 80 01', 2n ** 35n],
  ['08 ff ff ff ff ff ff ff 0f', 2n ** 53n - 1n],
  ['08 ff ff ff ff ff ff ff ff 7f', 2n ** 63n - 1n],
  ['08 80 80 80 80 80 80 80 80 80 01', 2n ** 63n],
  ['08 ff ff ff ff ff ff ff ff ff 01', 2n ** 64n - 1n],
] as const) {
  test(`${bytes} is field 1 with ${value}`, () => {
    const cursor = first(bytes);
    expect([cursor.field, cursor.wireType, cursor.uint64()]).toEqual([1, 0, value]);
    expect(cursor.int64()).toBe(BigInt.asIntN(64, value));
    expect(cursor.int32()).toBe(Number(BigInt.asIntN(32, value)));
    expect(cursor.index()).toBe(value < 2n ** 32n ? Number(value) : 0xffffffff);
    expect(cursor.next()).toBe(false);
  });
}

test('negative numbers take ten bytes', () => {
  expect(first('08 ff ff ff ff ff ff ff ff ff 01').int64()).toBe(-1n);
  expect(first('08 fe ff ff ff ff ff ff ff ff 01').int64()).toBe(-2n);
  expect(first('08 80 80 80 80 80 80 80 80 80 01').int64()).toBe(-(2n ** 63n));
  expect(first('08 ff ff ff ff ff ff ff ff ff 01').int32()).toBe(-1);
});

test('zeros in front make a varint longer but not another one', () => {
  expect(first('08 81 80 80 00').uint64()).toBe(1n);
  expect(first('08 81 80 80 80 80 80 80 80 80 00').uint64()).toBe(1n);
  expect(first('88 80 00 05').field).toBe(1);
});

test('bits past the 64th are dropped, as other readers do', () => {
  expect(first('08 ff ff ff ff ff ff ff ff ff 7f').uint64()).toBe(2n ** 64n - 1n);
});

test('a varint of eleven bytes is refused', () => {
  expect(failure('08 80 80 80 80 80 80 80 80 80 80 01')).toBe('test, byte 1: varint of more than 10 bytes');
});

test('fields of every wire type are stepped over one after the other', () => {
  const cursor = cursorOf('08 96 01  11 01 02 03 04 05 06 07 08  1a 02 68 69  25 0a 0b 0c 0d  f8 ff ff ff 0f 01');
  const seen: unknown[] = [];
  while (cursor.next()) {
    const { field, wireType, low, start, stop } = cursor;
    seen.push(wireType === 0 ? [field, low] : wireType === 2 ? [field, start, stop] : [field, start]);
  }
  expect(seen).toEqual([
    [1, 150],
    [2, 4],
    [3, 14, 16],
    [4, 17],
    [2 ** 29 - 1, 1],
  ]);
});

test('a message may be empty, and the largest that fits is read', () => {
  const cursor = first('0a 00');
  expect([cursor.start, cursor.stop]).toEqual([2, 2]);
  const full = first(`0a 80 01 ${'00'.repeat(128)}`);
  expect([full.start, full.stop, full.next()]).toEqual([3, 131, false]);
});

for (const [bytes, message] of [
  ['00', 'byte 0: bad field number'],
  ['08 01 02 00', 'byte 2: bad field number'],
  ['88 80 80 80 10 01', 'byte 0: bad field number'],
  ['0b', 'byte 0: wire type 3'],
  ['08 01 0c', 'byte 2: wire type 4'],
  ['0e 00', 'byte 0: wire type 6'],
  ['0f 00', 'byte 0: wire type 7'],
  ['08', 'byte 1: ends inside a varint'],
  ['08 80', 'byte 1: ends inside a varint'],
  ['80', 'byte 0: ends inside a varint'],
  ['0a', 'byte 1: ends inside a varint'],
  ['0a 01', 'byte 0: field 1 is longer than what holds it'],
  ['0a ff ff ff ff 0f', 'byte 0: field 1 is longer than what holds it'],
  ['0a 80 80 80 80 10', 'byte 0: field 1 is longer than what holds it'],
  ['0a ff ff ff ff ff ff ff ff ff 01', 'byte 0: field 1 is longer than what holds it'],
  ['09 00 00 00 00 00 00 00', 'byte 1: ends inside a fixed-width field'],
  ['0d 00 00 00', 'byte 1: ends inside a fixed-width field'],
] as const) {
  test(`${bytes} is refused: ${message}`, () => expect(failure(bytes)).toBe(`test, ${message}`));
}

test('a message inside a message is entered and left, at any depth', () => {
  // 1: { 1: { 2: 7 }, 3: 9 }, 4: 11
  const cursor = first('0a 06 0a 02 10 07 18 09 20 0b');
  const outer = { stop: cursor.stop, end: cursor.end };
  cursor.enter(cursor.start, cursor.stop);
  expect(cursor.next()).toBe(true);
  const inner = { stop: cursor.stop, end: cursor.end };
  cursor.enter(cursor.start, cursor.stop);
  expect([cursor.next(), cursor.field, cursor.low]).toEqual([true, 2, 7]);
  expect(cursor.next()).toBe(false);
  cursor.enter(inner.stop, inner.end);
  expect([cursor.next(), cursor.field, cursor.low]).toEqual([true, 3, 9]);
  expect(cursor.next()).toBe(false);
  cursor.enter(outer.stop, outer.end);
  expect([cursor.next(), cursor.field, cursor.low]).toEqual([true, 4, 11]);
  expect(cursor.next()).toBe(false);
});

test('what is entered ends where it ends, whatever follows in the bytes', () => {
  // The inner message ends inside a varint, inside a length and inside a fixed field that the outer bytes would complete.
  for (const [inner, message] of [
    ['08 80', 'byte 3: ends inside a varint'],
    ['08', 'byte 3: ends inside a varint'],
    ['0a 03 00', 'byte 2: field 1 is longer than what holds it'],
    ['0d 00 00', 'byte 3: ends inside a fixed-width field'],
  ] as const) {
    const size = hex(inner).length;
    const cursor = first(`0a 0${size} ${inner} 01 01 01 01 01`);
    cursor.enter(cursor.start, cursor.stop);
    expect(() => cursor.next()).toThrow(`test, ${message}`);
  }
});
