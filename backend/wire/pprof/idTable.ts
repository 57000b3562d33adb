/**
 * Ids of a pprof table -> places in it. Most writers number from 1 and need no table at all; others use hashes of 64 bits.
 *
 * Shape: places count from 0; -1 for an id that is not there.
 */
export class IdTable {
  private readonly lows: Uint32Array;
  private readonly highs: Uint32Array;
  private count = 0;
  private isDense = true;
  private places: Map<number | bigint, number> | undefined;

  constructor(size: number) {
    this.lows = new Uint32Array(size);
    this.highs = new Uint32Array(size);
  }

  add(low: number, high: number): void {
    this.lows[this.count] = low;
    this.highs[this.count++] = high;
    if (high !== 0 || low !== this.count) this.isDense = false;
  }

  find(low: number, high: number): number {
    if (this.isDense) return high === 0 && low >= 1 && low <= this.count ? low - 1 : -1;
    this.places ??= this.index();
    return this.places.get(keyOf(low, high)) ?? -1;
  }

  private index(): Map<number | bigint, number> {
    const places = new Map<number | bigint, number>();
    for (let place = this.count - 1; place >= 0; place--)
      places.set(keyOf(this.lows[place] ?? 0, this.highs[place] ?? 0), place);
    return places;
  }
}

const keyOf = (low: number, high: number): number | bigint =>
  high < 0x200000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
