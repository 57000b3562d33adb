/**
 * Reads FlatBuffers, the form of Arrow's metadata, checking each offset before following it.
 *
 * Shape:  a table's fields are asked for by slot (0, 1, ... in the order of the schema); an absent one is the fallback.
 * Errors: InputError invalid_argument with the byte offset in the whole stream.
 * Source: flatbuffers.dev, internals: table, vtable, vector, string.
 */
import { malformedAt } from './budget.ts';

class FlatBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly base: number;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.base = base;
  }

  need(at: number, bytes: number): number {
    if (at < 0 || at + bytes > this.bytes.length) throw malformedAt(this.base + at, 'metadata points outside itself');
    return at;
  }

  u16 = (at: number): number => this.view.getUint16(this.need(at, 2), true);
  i32 = (at: number): number => this.view.getInt32(this.need(at, 4), true);
  u32 = (at: number): number => this.view.getUint32(this.need(at, 4), true);

  /** As a count or an offset: not negative and exact as a number. */
  size(at: number): number {
    const low = this.u32(at);
    const high = this.u32(at + 4);
    if (high >= 2 ** 21) throw malformedAt(this.base + at, 'a length or an offset is out of range');
    return high * 2 ** 32 + low;
  }
}

/** Items of fixed width inside the metadata: Arrow's nodes and buffers. */
export interface FlatStructs {
  readonly count: number;
  size(item: number, byteInItem: number): number;
}

const noStructs: FlatStructs = { count: 0, size: () => 0 };

export class FlatTable {
  readonly #flat: FlatBytes;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(flat: FlatBytes, at: number) {
    this.#flat = flat;
    this.#at = at;
    this.#vtable = at - flat.i32(at);
    this.#vtableBytes = flat.u16(this.#vtable);
  }

  /** base: where these bytes stand in the stream, for messages. */
  static root(bytes: Uint8Array, base: number): FlatTable {
    const flat = new FlatBytes(bytes, base);
    return new FlatTable(flat, flat.u32(0));
  }

  u8(slot: number, fallback: number): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#flat.view.getUint8(this.#flat.need(at, 1));
  }

  i16(slot: number, fallback: number): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#flat.view.getInt16(this.#flat.need(at, 2), true);
  }

  i32(slot: number, fallback: number): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#flat.i32(at);
  }

  size(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#flat.size(at);
  }

  text(slot: number): string {
    const at = this.#follow(slot);
    if (at === 0) return '';
    const length = this.#flat.u32(at);
    const start = this.#flat.need(at + 4, length);
    return new TextDecoder().decode(this.#flat.bytes.subarray(start, start + length));
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#follow(slot);
    return at === 0 ? undefined : new FlatTable(this.#flat, at);
  }

  *tables(slot: number): Generator<FlatTable> {
    const at = this.#follow(slot);
    if (at === 0) return;
    const count = this.#flat.u32(at);
    this.#flat.need(at + 4, count * 4);
    for (let i = 0; i < count; i++) {
      const item = at + 4 + 4 * i;
      yield new FlatTable(this.#flat, item + this.#flat.u32(item));
    }
  }

  structs(slot: number, itemBytes: number): FlatStructs {
    const at = this.#follow(slot);
    if (at === 0) return noStructs;
    const flat = this.#flat;
    const count = flat.u32(at);
    const first = flat.need(at + 4, count * itemBytes);
    return { count, size: (item, byteInItem) => flat.size(first + item * itemBytes + byteInItem) };
  }

  /** 0 when the field is not there: no field stands at byte 0. */
  #field(slot: number): number {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return 0;
    const offset = this.#flat.u16(this.#vtable + entry);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #follow(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : at + this.#flat.u32(at);
  }
}
