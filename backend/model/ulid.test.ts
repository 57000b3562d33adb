import { ulid } from './ulid.ts';

test('the first ten digits are the time, as in the specification', () => {
  expect(ulid(1_469_918_176_385, new Uint8Array(16))).toBe('01ARYZ6S410000000000000000');
});

test('the others are the random bytes, five bits each', () => {
  const random = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
  expect(ulid(0, random)).toBe('0000000000ZYXWVTSRQPNMKJHG');
});

test('ids of later milliseconds sort behind earlier ones', () => {
  const ids = [1, 31, 32, 33, 1_795_390_960_549, 1_795_390_960_550, 2 ** 48 - 1].map((at) =>
    ulid(at, new Uint8Array(16)),
  );
  expect([...ids].sort()).toEqual(ids);
});
