/**
 * Sums of 64-bit integers without a BigInt for each: a column is the 32-bit words of a BigInt64Array, low word first.
 *
 * Units: value i is words[2 * i] + 2^32 * words[2 * i + 1]; callers keep values in 0 .. 2^63 - 1.
 * Source: little-endian layout of typed arrays on every machine that Node runs on.
 */
export const wordsOf = (column: BigInt64Array | BigUint64Array): Uint32Array =>
  new Uint32Array(column.buffer, column.byteOffset, column.length * 2);

/** What does not fit is told as this: a sum that wrapped would look like any other. */
export const mostInt64 = 2n ** 63n - 1n;

const signBit = 0x80000000;

/** target[at] += source[from]; sums of what is not negative stop at 2^63 - 1. */
export function addInt64(target: Uint32Array, at: number, source: Uint32Array, from: number): void {
  const highBefore = target[2 * at + 1] ?? 0;
  const highAdded = source[2 * from + 1] ?? 0;
  const low = (target[2 * at] ?? 0) + (source[2 * from] ?? 0);
  const high = highBefore + highAdded + (low > 0xffffffff ? 1 : 0);
  target[2 * at] = low;
  target[2 * at + 1] = high;
  if (high >= signBit && highBefore < signBit && highAdded < signBit) {
    target[2 * at] = 0xffffffff;
    target[2 * at + 1] = signBit - 1;
  }
}

/** Sums that an engine let wrap: of what is not negative, one that is negative has passed 2^63. */
export function clampWrapped(sums: BigInt64Array): BigInt64Array {
  const words = wordsOf(sums);
  for (let i = 0; i < sums.length; i++) if ((words[2 * i + 1] ?? 0) >= signBit) sums[i] = mostInt64;
  return sums;
}

export const isZero = (words: Uint32Array, at: number): boolean => words[2 * at] === 0 && words[2 * at + 1] === 0;

/** Compares values that are not negative. */
export function isLess(left: Uint32Array, at: number, right: Uint32Array, from: number): boolean {
  const highLeft = left[2 * at + 1] ?? 0;
  const highRight = right[2 * from + 1] ?? 0;
  return highLeft !== highRight ? highLeft < highRight : (left[2 * at] ?? 0) < (right[2 * from] ?? 0);
}

/** As float64, times a factor: exact below 2^53, and without a BigInt for each. */
export function floatsOf(column: BigInt64Array, factor = 1): Float64Array {
  const low = new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
  const high = new Int32Array(column.buffer, column.byteOffset, 2 * column.length);
  const floats = new Float64Array(column.length);
  for (let i = 0; i < floats.length; i++) {
    floats[i] = ((high[2 * i + 1] ?? 0) * 0x1_0000_0000 + (low[2 * i] ?? 0)) * factor;
  }
  return floats;
}

/** Whole numbers below 2^53 as int64. */
export function int64OfFloats(floats: Float64Array): BigInt64Array {
  const column = new BigInt64Array(floats.length);
  const words = new Int32Array(column.buffer);
  for (let i = 0; i < floats.length; i++) {
    const value = floats[i] ?? 0;
    words[2 * i] = value % 0x1_0000_0000;
    words[2 * i + 1] = Math.floor(value / 0x1_0000_0000);
  }
  return column;
}
