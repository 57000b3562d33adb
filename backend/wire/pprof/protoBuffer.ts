/**
 * Bytes of a protobuf message that is being written: one buffer that grows, no object for each field.
 *
 * Shape:  callers reserve() what a message takes at most, then write; sizes are known before, so nothing is moved later.
 * Units:  64-bit numbers come as words of 32 bits, low word first.
 * Source: protobuf encoding guide.
 */
import { invariant } from '../../errors.ts';

/** Most bytes of a varint. */
export const longestVarint = 10;

export class ProtoBuffer {
  bytes: Uint8Array;
  at = 0;

  constructor(room: number) {
    this.bytes = new Uint8Array(Math.max(room, 256));
  }

  reserve(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** The tag of a field below 16 takes one byte. */
  tag(field: number, wireType: 0 | 2): void {
    this.bytes[this.at++] = (field << 3) | wireType;
  }

  /** A number below 2^32. */
  varint(value: number): void {
    const { bytes } = this;
    let rest = value;
    while (rest > 0x7f) {
      bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.at++] = rest;
  }

  varint64(lowWord: number, highWord: number): void {
    const { bytes } = this;
    let low = lowWord;
    let high = highWord;
    while (high > 0) {
      bytes[this.at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.varint(low);
  }

  /** A field with a number; 0 is not written, as in proto3. */
  field(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, 0);
    this.varint(value);
  }

  field64(field: number, low: number, high: number): void {
    if (low === 0 && high === 0) return;
    this.tag(field, 0);
    this.varint64(low, high);
  }

  /** A 32-bit number in a field of 64: -1 takes ten bytes. */
  fieldInt32(field: number, value: number): void {
    this.field64(field, value >>> 0, value < 0 ? 0xffffffff : 0);
  }

  finish(): Uint8Array {
    invariant(this.at <= this.bytes.length, 'room was reserved for every byte');
    return this.bytes.subarray(0, this.at);
  }
}

export const sizeOfVarint = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;

export function sizeOfVarint64(low: number, high: number): number {
  if (high === 0) return sizeOfVarint(low);
  // 32 bits below and those of the high word, seven to a byte.
  return Math.floor((32 + 32 - Math.clz32(high) + 6) / 7);
}

export const sizeOfField = (value: number): number => (value === 0 ? 0 : 1 + sizeOfVarint(value));

export const sizeOfField64 = (low: number, high: number): number =>
  low === 0 && high === 0 ? 0 : 1 + sizeOfVarint64(low, high);

export const sizeOfFieldInt32 = (value: number): number => sizeOfField64(value >>> 0, value < 0 ? 0xffffffff : 0);
