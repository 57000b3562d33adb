/**
 * Walks the fields of a protobuf message without making objects: the reader of every hot path.
 *
 * Shape:  next() steps to a field and sets `field`, `wireType` and, for varints, `low` and `high` (the 32-bit halves), for
 *         length-delimited fields `start` and `stop`, for fixed-width ones `start`. A cursor can be pointed at a part of its
 *         bytes with enter().
 * Errors: InputError invalid_argument with the byte offset; reason malformed_profile.
 * Source: protobuf encoding guide. Groups (wire types 3 and 4) do not occur in proto3 and are refused.
 */
import { InputError } from '../errors.ts';

export class ProtoCursor {
  readonly bytes: Uint8Array;
  at = 0;
  end: number;
  field = 0;
  wireType = 0;
  low = 0;
  high = 0;
  start = 0;
  stop = 0;

  /** What the bytes are, for messages: pprof, OTLP ... */
  readonly format: string;

  constructor(bytes: Uint8Array, format: string) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.format = format;
  }

  /** An error that names the place; to be thrown by whoever finds that the content is wrong. */
  malformed(offset: number, what: string): InputError {
    return new InputError('invalid_argument', `${this.format}, byte ${offset}: ${what}`, 'malformed_profile');
  }

  enter(start: number, stop: number): void {
    this.at = start;
    this.end = stop;
  }

  /** false at the end. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tagAt = this.at;
    let tag = this.bytes[tagAt] ?? 0;
    // Fields 1 to 15 have a tag of one byte; the call would cost more than the rest.
    if (tag < 0x80) this.at = tagAt + 1;
    else {
      this.varint();
      tag = this.low;
      if (this.high !== 0) throw this.malformed(tagAt, 'bad field number');
    }
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    if (this.field === 0) throw this.malformed(tagAt, 'bad field number');
    switch (this.wireType) {
      case 0:
        this.varint();
        return true;
      case 1:
        this.start = this.at;
        return this.skip(8);
      case 2: {
        this.varint();
        if (this.high !== 0 || this.low > this.end - this.at)
          throw this.malformed(tagAt, `field ${this.field} is longer than what holds it`);
        this.start = this.at;
        this.stop = this.at += this.low;
        return true;
      }
      case 5:
        this.start = this.at;
        return this.skip(4);
      default:
        throw this.malformed(tagAt, `wire type ${this.wireType}`);
    }
  }

  varint(): void {
    const { bytes } = this;
    const from = this.at;
    let at = from;
    if (at >= this.end) throw this.malformed(at, 'ends inside a varint');
    let byte = bytes[at++] ?? 0;
    if (byte < 0x80) {
      this.low = byte;
      this.high = 0;
      this.at = at;
      return;
    }
    let low = byte & 0x7f;
    let high = 0;
    let shift = 7;
    while (byte > 0x7f) {
      if (at >= this.end) throw this.malformed(from, 'ends inside a varint');
      byte = bytes[at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 64) high |= bits << (shift - 32);
      else throw this.malformed(from, 'varint of more than 10 bytes');
      shift += 7;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    this.at = at;
  }

  /** Index into a table: what does not fit 32 bits fits no table either. */
  index(): number {
    return this.high === 0 ? this.low : 0xffffffff;
  }

  /** int64 cut to 32 bits: line and column numbers. */
  int32(): number {
    return this.low | 0;
  }

  int64(): bigint {
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
  }

  uint64(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  private skip(count: number): boolean {
    if (count > this.end - this.at) throw this.malformed(this.at, 'ends inside a fixed-width field');
    this.at += count;
    return true;
  }
}
