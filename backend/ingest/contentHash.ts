/**
 * Keyed 64-bit hashes of content: the ids of functions, locations and stacks. Without the key, which a store makes at random
 * and tells nobody, a collision cannot be forged.
 *
 * Shape:  start(), then word() and text() for the content, then finish(); the result is in `low` and `high`. Content is a
 *         sequence of 32-bit words; a text is its length and its bytes, so that no content can imitate another's borders.
 * Source: HalfSipHash-2-4 with 64 bits of output (J.-P. Aumasson, github.com/veorq/SipHash, halfsiphash.c): no BigInt, and
 *         half the state of SipHash, which fits 32-bit arithmetic.
 */
export class ContentHash {
  low = 0;
  high = 0;
  private readonly k0: number;
  private readonly k1: number;
  private v0 = 0;
  private v1 = 0;
  private v2 = 0;
  private v3 = 0;
  private words = 0;

  /** 8 bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, 8);
    this.k0 = view.getInt32(0, true);
    this.k1 = view.getInt32(4, true);
  }

  start(): void {
    this.v0 = this.k0;
    this.v1 = this.k1 ^ 0xee;
    this.v2 = this.k0 ^ 0x6c796765;
    this.v3 = this.k1 ^ 0x74656462;
    this.words = 0;
  }

  word(word: number): void {
    this.v3 ^= word;
    this.rounds(2);
    this.v0 ^= word;
    this.words++;
  }

  text(bytes: Uint8Array, start: number, end: number): void {
    this.word(end - start);
    let at = start;
    for (; at + 4 <= end; at += 4) {
      this.word(
        (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24),
      );
    }
    let rest = 0;
    for (let shift = 0; at < end; at++, shift += 8) rest |= (bytes[at] ?? 0) << shift;
    this.word(rest);
  }

  finish(): void {
    // The reference puts the length modulo 256 into the last word's top byte.
    this.word((this.words * 4) << 24);
    this.v2 ^= 0xee;
    this.rounds(4);
    this.low = (this.v1 ^ this.v3) >>> 0;
    this.v1 ^= 0xdd;
    this.rounds(4);
    this.high = (this.v1 ^ this.v3) >>> 0;
  }

  private rounds(count: number): void {
    let { v0, v1, v2, v3 } = this;
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.v0 = v0;
    this.v1 = v1;
    this.v2 = v2;
    this.v3 = v3;
  }
}

export const bigId = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
