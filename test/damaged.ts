/** Copies of bytes with something wrong: cut short, or with a bit turned over; the same ones on every machine. */
export interface Damage {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** All of it with PYROLENS_SLOW_TESTS=1, a tenth otherwise. */
const share = process.env['PYROLENS_SLOW_TESTS'] === '1' ? 1 : 10;

export function* damagedCopies(bytes: Uint8Array, cuts = 200, flips = 2_000): Generator<Damage> {
  for (let i = 0; i < cuts / share; i++) {
    const length = Math.floor((bytes.length * i * share) / cuts);
    yield { what: `cut at ${length}`, bytes: new Uint8Array(bytes.subarray(0, length)) };
  }
  let state = 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < flips / share; i++) {
    const at = next(bytes.length);
    const bit = 1 << next(8);
    const copy = new Uint8Array(bytes);
    copy[at] = (copy[at] ?? 0) ^ bit;
    yield { what: `byte ${at} ^ ${bit}`, bytes: copy };
  }
}
