/**
 * Walks the bytes of a JFR chunk: integers, text, lengths.
 *
 * Shape:  integers land in `low` and `high`, the 32-bit halves. A chunk writes all its integers of two to eight bytes either as
 *         LEB128, of which the ninth byte has eight bits, or plainly, big end first; `isCompressed` says which.
 * Errors: InputError invalid_argument with the byte offset; reason malformed_profile.
 * Source: OpenJDK 21 jdk.jfr.internal.consumer (RecordingInput, StringParser), async-profiler 3 flightRecorder.
 */
import { InputError } from '../../errors.ts';

/** Of a constant, an event type, a class. A number as long as 53 bits hold it, which is cheaper to look up. */
export type JfrKey = number | bigint;

export const keyOf = (low: number, high: number): JfrKey =>
  high < 0x200000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);

export class JfrCursor {
  readonly bytes: Uint8Array;
  at = 0;
  end: number;
  low = 0;
  high = 0;
  isCompressed = true;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  malformed(offset: number, what: string): InputError {
    return new InputError('invalid_argument', `JFR, byte ${offset}: ${what}`, 'malformed_profile');
  }

  enter(start: number, stop: number): void {
    this.at = start;
    this.end = stop;
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw this.malformed(this.at, 'ends inside a value');
    this.at += count;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (this.at >= this.end || value === undefined) throw this.malformed(this.at, 'ends inside a value');
    this.at++;
    return value;
  }

  /** An integer that has `width` bytes when it is not compressed: 2, 4 or 8. */
  integer(width: number): void {
    if (this.isCompressed) this.varint();
    else this.plain(width);
  }

  plain(width: number): void {
    const from = this.at;
    this.skip(width);
    this.high = width === 8 ? this.bigEndian(from, 4) : 0;
    this.low = this.bigEndian(width === 8 ? from + 4 : from, Math.min(width, 4));
  }

  /** An integer that must fit 53 bits: sizes, counts, type ids. */
  whole(width: number, what: string): number {
    const from = this.at;
    this.integer(width);
    if (this.high >= 0x200000) throw this.malformed(from, `${what} is too large`);
    return this.high * 2 ** 32 + this.low;
  }

  /** How many things follow, each of which takes a byte at least: so no count that is taken leads past the end. */
  count(what: string): number {
    const from = this.at;
    const count = this.whole(4, what);
    if (count > this.end - this.at) throw this.malformed(from, `${count} ${what} do not fit what holds them`);
    return count;
  }

  key(): JfrKey {
    return keyOf(this.low, this.high);
  }

  int64(): bigint {
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
  }

  skipText(): void {
    const from = this.at;
    const encoding = this.byte();
    if (encoding <= 1) return;
    if (encoding === 2) this.integer(8);
    else if (encoding === 3 || encoding === 5) this.skip(this.count('bytes of text'));
    else if (encoding === 4) {
      const count = this.count('characters');
      for (let i = 0; i < count; i++) this.integer(2);
    } else throw this.malformed(from, `text encoding ${encoding}`);
  }

  /** Text that may be a constant instead; whoever asks says where constants are. No text at all is ''. */
  text(constant: (key: JfrKey) => string): string {
    const from = this.at;
    const encoding = this.byte();
    if (encoding <= 1) return '';
    if (encoding === 2) {
      this.integer(8);
      return constant(this.key());
    }
    if (encoding === 3 || encoding === 5) {
      const count = this.count('bytes of text');
      const start = this.at;
      this.skip(count);
      const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, count);
      return bytes.toString(encoding === 3 ? 'utf8' : 'latin1');
    }
    if (encoding !== 4) throw this.malformed(from, `text encoding ${encoding}`);
    const units = new Uint16Array(this.count('characters'));
    for (let i = 0; i < units.length; i++) {
      this.integer(2);
      units[i] = this.low;
    }
    return Buffer.from(units.buffer).toString('utf16le');
  }

  private bigEndian(from: number, count: number): number {
    let value = 0;
    for (let i = from; i < from + count; i++) value = (value << 8) | (this.bytes[i] ?? 0);
    return value >>> 0;
  }

  private varint(): void {
    const { bytes, end } = this;
    const from = this.at;
    let at = from;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end) throw this.malformed(from, 'ends inside an integer');
      const byte = bytes[at++] ?? 0;
      const bits = shift === 56 ? byte : byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80 || shift === 56) break;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    this.at = at;
  }
}
