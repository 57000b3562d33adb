import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';
import { gunzip, isGzip } from './gzip.ts';

const text = Buffer.from('pyrolens '.repeat(100));
const packed = gzipSync(text);

function failure(bytes: Uint8Array, limitBytes: number): InputError {
  try {
    gunzip(bytes, limitBytes);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('gzip is known by its first two bytes', () => {
  expect(isGzip(packed)).toBe(true);
  expect(isGzip(Buffer.from('1f8c', 'hex'))).toBe(false);
  expect(isGzip(new Uint8Array(0))).toBe(false);
});

test('bytes with another magic come back untouched', () => {
  const plain = Buffer.from('1f8c0800', 'hex');
  expect(gunzip(plain, 100)).toBe(plain);
  expect(gunzip(new Uint8Array(0), 0)).toHaveLength(0);
});

test('one member and several members expand to their texts, one after the other', () => {
  expect(Buffer.from(gunzip(packed, 1_000))).toEqual(text);
  const three = Buffer.concat([packed, gzipSync(Buffer.alloc(0)), gzipSync(Buffer.from('end'))]);
  expect(Buffer.from(gunzip(three, 1_000))).toEqual(Buffer.concat([text, Buffer.from('end')]));
});

test('bytes of a larger buffer are read where they lie', () => {
  const larger = Buffer.concat([Buffer.alloc(7, 0xff), packed, Buffer.alloc(9, 0xff)]);
  expect(Buffer.from(gunzip(larger.subarray(7, 7 + packed.length), 900))).toEqual(text);
});

test('zeros may follow the last member, garbage may not', () => {
  expect(Buffer.from(gunzip(Buffer.concat([packed, Buffer.alloc(512)]), 1_000))).toEqual(text);
  expect(failure(Buffer.concat([packed, Buffer.from('garbage')]), 1_000)).toMatchObject({
    reason: 'malformed_profile',
    message: 'gzip: incorrect header check',
  });
});

test('the limit itself is allowed, a byte more is not; gzipped or plain', () => {
  expect(gunzip(packed, text.length)).toHaveLength(900);
  expect(gunzip(text, text.length)).toHaveLength(900);
  for (const bytes of [packed, text]) {
    expect(failure(bytes, text.length - 1)).toMatchObject({
      code: 'invalid_argument',
      reason: 'profile_size_limit',
      message: 'uncompressed profile payload size exceeds limit of 899 bytes',
    });
  }
});

test('members that are small each but together too large are refused', () => {
  expect(failure(Buffer.concat([packed, packed]), 1_799)).toMatchObject({ reason: 'profile_size_limit' });
  expect(gunzip(Buffer.concat([packed, packed]), 1_800)).toHaveLength(1_800);
});

test('a limit of Infinity is no limit', () => expect(gunzip(packed, Infinity)).toHaveLength(900));

test('a limit is told as Pyroscope tells it: 4 MiB is 4.2 MB', () => {
  expect(failure(Buffer.alloc(4 * 2 ** 20 + 1), 4 * 2 ** 20).message).toBe(
    'uncompressed profile payload size exceeds limit of 4.2 MB',
  );
});

test('a bomb costs the limit and not what it expands to', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const before = process.memoryUsage().arrayBuffers;
  expect(failure(bomb, 2 ** 20)).toMatchObject({ reason: 'profile_size_limit' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
});

test('a size that promises 4 GB for a few bytes is not believed', () => {
  const liar = gzipSync(Buffer.from('small'));
  liar.writeUInt32LE(0xffffffff, liar.length - 4);
  const before = process.memoryUsage().arrayBuffers;
  expect(failure(liar, Infinity)).toMatchObject({ reason: 'malformed_profile' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
});

test('a member cut anywhere is malformed, down to the magic alone', () => {
  for (let length = 2; length < packed.length; length++) {
    expect(failure(packed.subarray(0, length), 1_000)).toMatchObject({
      code: 'invalid_argument',
      reason: 'malformed_profile',
      message: expect.stringMatching(/^gzip: /) as unknown,
    });
  }
});

test('a wrong method, a wrong checksum and a broken second member are malformed', () => {
  const changed = (at: number): Buffer => {
    const copy = Buffer.from(packed);
    copy[at] = (copy[at] ?? 0) ^ 0x55;
    return copy;
  };
  const broken = Buffer.concat([packed, Buffer.from('1f8b0700', 'hex')]);
  for (const bytes of [changed(2), changed(packed.length - 6), broken])
    expect(failure(bytes, 1_000)).toMatchObject({ reason: 'malformed_profile' });
});
