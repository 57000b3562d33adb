import fc from 'fast-check';
import { addInt64, clampWrapped, mostInt64, wordsOf } from './int64Column.ts';

function add(a: bigint, b: bigint): bigint | undefined {
  const sum = BigInt64Array.of(0n, a);
  addInt64(wordsOf(sum), 1, wordsOf(BigInt64Array.of(0n, 0n, b)), 2);
  return sum[1];
}

const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: mostInt64 }),
  fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 62n, mostInt64 - 1n, mostInt64),
);

test('sums of what is not negative are exact, and stop at the largest number there is', () => {
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      expect(add(a, b)).toBe(a + b > mostInt64 ? mostInt64 : a + b);
    }),
  );
});

test('negative numbers are added as they are', () => {
  const small = fc.bigInt({ min: -(2n ** 61n), max: 2n ** 61n });
  fc.assert(fc.property(small, small, (a, b) => expect(add(a, b)).toBe(a + b)));
});

test('a sum that wrapped once is told as the largest number', () => {
  expect([...clampWrapped(BigInt64Array.of(5n, BigInt.asIntN(64, 2n ** 63n), -1n, mostInt64))]).toEqual([
    5n,
    mostInt64,
    mostInt64,
    mostInt64,
  ]);
});
