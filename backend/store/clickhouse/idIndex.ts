/**
 * Dense indexes for 64-bit ids, in the order in which they come: a hash table in typed arrays, because a Map of bigints
 * is some twenty times slower.
 *
 * Shape:  open addressing; a slot holds index + 1, 0 is empty. The ids are hashes already, so their low word is the hash.
 */
const word = 0x1_0000_0000n;

export class IdIndex {
  #slots: Int32Array;
  #mask: number;
  /** Low and high word of each id. */
  #words: Uint32Array;
  #count = 0;

  constructor(expected: number) {
    let size = 16;
    while (size < 2 * expected) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#words = new Uint32Array(size);
  }

  get count(): number {
    return this.#count;
  }

  /** Id number `at` of a column, given as its words; a new one gets the next index. */
  add(words: Uint32Array, at: number): number {
    const low = words[2 * at] ?? 0;
    const high = words[2 * at + 1] ?? 0;
    if (2 * this.#count >= this.#slots.length) this.#grow();
    const slot = this.#slot(low, high);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#words[2 * this.#count] = low;
    this.#words[2 * this.#count + 1] = high;
    this.#slots[slot] = ++this.#count;
    return this.#count - 1;
  }

  /** -1 when it is not there. */
  find(words: Uint32Array, at: number): number {
    return (this.#slots[this.#slot(words[2 * at] ?? 0, words[2 * at + 1] ?? 0)] ?? 0) - 1;
  }

  /** All ids, by index. */
  ids(): BigUint64Array {
    return new BigUint64Array(this.#words.slice(0, 2 * this.#count).buffer);
  }

  #slot(low: number, high: number): number {
    // Tests and other people's ids may be small numbers, so the words are mixed a little.
    let slot = (Math.imul(low ^ (high << 7), 0x9e3779b1) >>> 0) & this.#mask;
    for (;;) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0 || (this.#words[2 * index] === low && this.#words[2 * index + 1] === high)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #grow(): void {
    const words = this.#words;
    this.#slots = new Int32Array(2 * this.#slots.length);
    this.#mask = this.#slots.length - 1;
    this.#words = new Uint32Array(this.#slots.length);
    this.#words.set(words);
    for (let i = 0; i < this.#count; i++) this.#slots[this.#slot(words[2 * i] ?? 0, words[2 * i + 1] ?? 0)] = i + 1;
  }
}

/** One id; for the few places that have a bigint. */
export const wordsOfId = (id: bigint): Uint32Array => Uint32Array.of(Number(id % word), Number(id / word));
