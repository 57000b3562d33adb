/**
 * A set of 64-bit ids as pairs of 32-bit words, in an open hash table: ids are hashes already, so their low bits are the
 * slot. Each id has a number, in the order of adding.
 */
export class IdSet {
  count = 0;
  private slots: Int32Array;
  private lows: Uint32Array;
  private highs: Uint32Array;

  constructor(room = 64) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(room, 16)));
    this.slots = new Int32Array(size * 2).fill(-1);
    this.lows = new Uint32Array(size);
    this.highs = new Uint32Array(size);
  }

  low(number: number): number {
    return this.lows[number] ?? 0;
  }

  high(number: number): number {
    return this.highs[number] ?? 0;
  }

  has(low: number, high: number): boolean {
    return this.find(low, high) >= 0;
  }

  /** The id's number; -1 when it is not there. */
  find(low: number, high: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot] ?? -1;
      if (number < 0 || (this.lows[number] === low && this.highs[number] === high)) return number;
    }
  }

  /** The id's number, a new one when it was not there. */
  add(low: number, high: number): number {
    const mask = this.slots.length - 1;
    let slot = low & mask;
    for (;;) {
      const number = this.slots[slot] ?? -1;
      if (number < 0) break;
      if (this.lows[number] === low && this.highs[number] === high) return number;
      slot = (slot + 1) & mask;
    }
    const made = this.count++;
    this.slots[slot] = made;
    this.lows[made] = low;
    this.highs[made] = high;
    if (this.count === this.lows.length) this.grow();
    return made;
  }

  private grow(): void {
    const larger = (column: Uint32Array): Uint32Array => {
      const made = new Uint32Array(column.length * 2);
      made.set(column);
      return made;
    };
    this.lows = larger(this.lows);
    this.highs = larger(this.highs);
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = (this.lows[number] ?? 0) & mask;
      while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = number;
    }
  }
}
