/**
 * Ids of a pprof table -> places in it. Most writers number from 1 and need no table at all; others use hashes of 64 bits.
 *
 * Shape:  places count from 0; -1 for an id that is not there. Of two equal ids the first counts.
 */
export class IdTable {
  private readonly lows: Uint32Array;
  private readonly highs: Uint32Array;
  private count = 0;
  private isDense = true;
  /** Place + 1 by hash, 0 is empty; at most half full. */
  private slots: Int32Array | undefined;
  private shift = 0;
  // The sender chooses the ids; random factors keep it from choosing ones that share a slot.
  private readonly lowFactor = randomOdd();
  private readonly highFactor = randomOdd();

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
    return this.search(low, high);
  }

  private search(low: number, high: number): number {
    const slots = (this.slots ??= this.index());
    return (slots[this.slotOf(slots, low, high)] ?? 0) - 1;
  }

  private index(): Int32Array {
    const bits = Math.max(2, 33 - Math.clz32(this.count));
    this.shift = 32 - bits;
    const slots = new Int32Array(2 ** bits);
    for (let place = 0; place < this.count; place++) {
      const slot = this.slotOf(slots, this.lows[place] ?? 0, this.highs[place] ?? 0);
      if (slots[slot] === 0) slots[slot] = place + 1;
    }
    return slots;
  }

  /** Where the id stands, or the empty slot where it would. */
  private slotOf(slots: Int32Array, low: number, high: number): number {
    const { lows, highs } = this;
    const mask = slots.length - 1;
    const mixed = Math.imul(low, this.lowFactor);
    let slot = Math.imul((mixed ^ (mixed >>> 15)) + high, this.highFactor) >>> this.shift;
    for (let place = (slots[slot] ?? 0) - 1; place >= 0; place = (slots[slot] ?? 0) - 1) {
      if (lows[place] === low && highs[place] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

const randomOdd = (): number => Math.floor(Math.random() * 2 ** 32) | 1;
