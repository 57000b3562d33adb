/**
 * Sums of 64-bit integers without a BigInt for each: a column is the 32-bit words of a BigInt64Array, low word first.
 *
 * Units: value i is words[2 * i] + 2^32 * words[2 * i + 1]; callers keep values in 0 .. 2^63 - 1.
 * Source: little-endian layout of typed arrays on every machine that Node runs on.
 */
export const wordsOf = (column: BigInt64Array | BigUint64Array): Uint32Array =>
  new Uint32Array(column.buffer, column.byteOffset, column.length * 2);

/** target[at] += source[from], modulo 2^64. */
export function addInt64(target: Uint32Array, at: number, source: Uint32Array, from: number): void {
  const low = (target[2 * at] ?? 0) + (source[2 * from] ?? 0);
  target[2 * at] = low;
  target[2 * at + 1] = (target[2 * at + 1] ?? 0) + (source[2 * from + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
}

export const isZero = (words: Uint32Array, at: number): boolean => words[2 * at] === 0 && words[2 * at + 1] === 0;

/** Compares values that are not negative. */
export function isLess(left: Uint32Array, at: number, right: Uint32Array, from: number): boolean {
  const highLeft = left[2 * at + 1] ?? 0;
  const highRight = right[2 * from + 1] ?? 0;
  return highLeft !== highRight ? highLeft < highRight : (left[2 * at] ?? 0) < (right[2 * from] ?? 0);
}
