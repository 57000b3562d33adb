/**
 * The n-th largest of many values without sorting them: truncation asks it of every flame graph.
 *
 * Shape:  Hoare's selection on doubles, which is linear. Sums past 2^53 are sorted as they are, for doubles would join what
 *         differs in the last digits.
 */
const mostExact = 2n ** 53n;

/** n counts from 1; 0 when there are fewer values. Values are not negative; `largest` is at least the largest of them. */
export function nthLargest(values: BigInt64Array, n: number, largest: bigint): bigint {
  if (n < 1 || n > values.length) return 0n;
  if (largest >= mostExact) return values.slice().sort()[values.length - n] ?? 0n;
  const doubles = new Float64Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 0; i < doubles.length; i++) doubles[i] = (words[2 * i + 1] ?? 0) * 0x1_0000_0000 + (words[2 * i] ?? 0);
  return BigInt(select(doubles, values.length - n));
}

/** The value that would stand at place k if they were sorted; moves them about. */
function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] ?? 0;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const swapped = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = swapped;
    }
    if (k <= right) high = right;
    else if (k >= left) low = left;
    else break;
  }
  return values[k] ?? 0;
}
