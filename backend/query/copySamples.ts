/** Samples of some rows of an answer, copied: what stays of an answer must not keep all of it alive. */
export interface CopiedSamples {
  /** Samples of row i are [start[i], start[i + 1]). */
  readonly start: Uint32Array;
  /** Places in KnownStacks; -1 for a stack that the store does not know. */
  readonly places: Int32Array;
  readonly values: Float64Array;
}

export function copySamples(rows: readonly number[], from: CopiedSamples): CopiedSamples {
  const start = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    start[i + 1] = (start[i] ?? 0) + (from.start[row + 1] ?? 0) - (from.start[row] ?? 0);
  });
  const count = start[rows.length] ?? 0;
  const copied = { start, places: new Int32Array(count), values: new Float64Array(count) };
  rows.forEach((row, i) => {
    copied.places.set(from.places.subarray(from.start[row], from.start[row + 1]), start[i]);
    copied.values.set(from.values.subarray(from.start[row], from.start[row + 1]), start[i]);
  });
  return copied;
}
