/**
 * Columns over the buffers of one record batch. A buffer is decompressed when its column is first walked; what is never
 * asked for costs nothing.
 *
 * Shape:  a column's numbers are checked against the length of what they lead into before anybody gets them.
 * Errors: InputError invalid_argument.
 * Source: arrow.apache.org/docs/format/Columnar.html, layouts.
 */
import type { Budget } from './budget.ts';
import { malformedArrow } from './budget.ts';
import { mostLz4Ratio, readLz4Frame } from './readLz4Frame.ts';

/** One buffer of a batch's body. */
export class ArrowBuffer {
  readonly #body: Uint8Array;
  readonly #isCompressed: boolean;
  readonly #budget: Budget;
  #plain: Uint8Array | undefined;

  constructor(body: Uint8Array, isCompressed: boolean, budget: Budget) {
    this.#body = body;
    this.#isCompressed = isCompressed;
    this.#budget = budget;
  }

  /** At least so many bytes, beginning at a multiple of 8 in memory. */
  bytes(atLeast: number): Uint8Array {
    const plain = (this.#plain ??= this.#read());
    if (plain.length < atLeast) throw malformedArrow(`a buffer of ${plain.length} bytes where ${atLeast} are needed`);
    return plain;
  }

  #read(): Uint8Array {
    if (!this.#isCompressed || this.#body.length === 0) return this.#aligned(this.#body);
    if (this.#body.length < 8) throw malformedArrow('a compressed buffer ends inside its length');
    const view = new DataView(this.#body.buffer, this.#body.byteOffset, this.#body.length);
    const stored = this.#body.subarray(8);
    const length = view.getBigInt64(0, true);
    // -1: compression would not have made it smaller.
    if (length === -1n) return this.#aligned(stored);
    if (length < 0n || length > BigInt(stored.length) * BigInt(mostLz4Ratio))
      throw malformedArrow(`a buffer of ${stored.length} bytes says that it holds ${length}`);
    this.#budget.take(Number(length), 'buffers');
    const plain = new Uint8Array(Number(length));
    readLz4Frame(stored, plain);
    return plain;
  }

  #aligned(bytes: Uint8Array): Uint8Array {
    if (bytes.byteOffset % 8 === 0) return bytes;
    this.#budget.take(bytes.length, 'buffers');
    // slice() of a Buffer copies nothing.
    return new Uint8Array(bytes);
  }
}

/** Which rows hold a value; undefined: all. */
export type Validity = Uint8Array | undefined;

export const isValid = (validity: Validity, row: number): boolean =>
  validity === undefined || ((validity[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;

abstract class ColumnBase {
  readonly length: number;
  readonly #nullCount: number;
  readonly #validity: ArrowBuffer | undefined;

  constructor(length: number, nullCount: number, validity: ArrowBuffer | undefined) {
    this.length = length;
    this.#nullCount = nullCount;
    this.#validity = validity;
  }

  validity(): Validity {
    if (this.#nullCount === 0 || this.#validity === undefined) return undefined;
    return this.#validity.bytes((this.length + 7) >>> 3);
  }
}

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

export class IntColumn extends ColumnBase {
  readonly kind = 'int';
  readonly bits: number;
  readonly isSigned: boolean;
  readonly #data: ArrowBuffer;

  constructor(base: ColumnHead, bits: number, isSigned: boolean, data: ArrowBuffer) {
    super(base.length, base.nullCount, base.validity);
    this.bits = bits;
    this.isSigned = isSigned;
    this.#data = data;
  }

  /** Values of 64 bits, as they are in memory; unsigned ones past 2^63 come out negative. */
  int64s(): BigInt64Array {
    if (this.bits !== 64) throw malformedArrow(`integers of ${this.bits} bits where 64 are needed`);
    const bytes = this.#data.bytes(this.length * 8);
    return new BigInt64Array(bytes.buffer, bytes.byteOffset, this.length);
  }

  /** Values of at most 32 bits. */
  integers(): Integers {
    const { bits, isSigned, length } = this;
    if (bits !== 8 && bits !== 16 && bits !== 32) throw malformedArrow(`integers of ${bits} bits where 32 are needed`);
    const { buffer, byteOffset: at } = this.#data.bytes((length * bits) / 8);
    if (bits === 8) return isSigned ? new Int8Array(buffer, at, length) : new Uint8Array(buffer, at, length);
    if (bits === 16) return isSigned ? new Int16Array(buffer, at, length) : new Uint16Array(buffer, at, length);
    return isSigned ? new Int32Array(buffer, at, length) : new Uint32Array(buffer, at, length);
  }
}

/** What all columns have. */
export interface ColumnHead {
  readonly length: number;
  readonly nullCount: number;
  readonly validity: ArrowBuffer | undefined;
}

const int32sOf = (buffer: ArrowBuffer, count: number): Int32Array => {
  const bytes = buffer.bytes(count * 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, count);
};

/** Starts of `length` rows and the end of the last: ascending, and none past what they lead into. */
function offsetsOf(buffer: ArrowBuffer, length: number, target: number): Int32Array {
  // The specification allows a column without rows to leave out its only offset.
  if (length === 0) return new Int32Array(1);
  const offsets = int32sOf(buffer, length + 1);
  let last = 0;
  for (const offset of offsets) {
    if (offset < last) throw malformedArrow('offsets do not ascend');
    last = offset;
  }
  if (last > target) throw malformedArrow(`an offset of ${last} leads past ${target}`);
  return offsets;
}

export class BytesColumn extends ColumnBase {
  readonly kind = 'bytes';
  readonly #offsets: ArrowBuffer;
  readonly #data: ArrowBuffer;

  constructor(base: ColumnHead, offsets: ArrowBuffer, data: ArrowBuffer) {
    super(base.length, base.nullCount, base.validity);
    this.#offsets = offsets;
    this.#data = data;
  }

  texts(): { readonly offsets: Int32Array; readonly bytes: Uint8Array } {
    const bytes = this.#data.bytes(0);
    return { offsets: offsetsOf(this.#offsets, this.length, bytes.length), bytes };
  }
}

/** Text of up to 12 bytes stands in its view of 16 bytes, longer text in one of several buffers. */
export class ViewColumn extends ColumnBase {
  readonly kind = 'views';
  readonly #views: ArrowBuffer;
  readonly #data: readonly ArrowBuffer[];

  constructor(base: ColumnHead, views: ArrowBuffer, data: readonly ArrowBuffer[]) {
    super(base.length, base.nullCount, base.validity);
    this.#views = views;
    this.#data = data;
  }

  textAt(row: number): Uint8Array {
    const views = this.#views.bytes(this.length * 16);
    const view = new DataView(views.buffer, views.byteOffset + row * 16, 16);
    const length = view.getInt32(0, true);
    if (length < 0) throw malformedArrow(`a view of ${length} bytes`);
    if (length <= 12) return views.subarray(row * 16 + 4, row * 16 + 4 + length);
    const data = this.#data[view.getInt32(8, true)]?.bytes(0);
    const start = view.getInt32(12, true);
    if (data === undefined || start < 0 || start + length > data.length)
      throw malformedArrow('a view leads outside its buffers');
    return data.subarray(start, start + length);
  }
}

export class FixedColumn extends ColumnBase {
  readonly kind = 'fixed';
  readonly width: number;
  readonly #data: ArrowBuffer;

  constructor(base: ColumnHead, width: number, data: ArrowBuffer) {
    super(base.length, base.nullCount, base.validity);
    if (width < 0) throw malformedArrow(`values of ${width} bytes`);
    this.width = width;
    this.#data = data;
  }

  bytes(): Uint8Array {
    return this.#data.bytes(this.length * this.width);
  }
}

/** Where the items of each row begin and how many there are; a null row has none. */
export interface ListSpans {
  readonly offsets: Int32Array;
  readonly sizes: Int32Array;
}

export class ListColumn extends ColumnBase {
  readonly kind = 'list';
  readonly items: Column;
  readonly #offsets: ArrowBuffer;
  readonly #sizes: ArrowBuffer | undefined;
  readonly #budget: Budget;

  /** sizes: undefined for a List, whose rows follow each other; a ListView's may lie anywhere. */
  constructor(base: ColumnHead, items: Column, offsets: ArrowBuffer, sizes: ArrowBuffer | undefined, budget: Budget) {
    super(base.length, base.nullCount, base.validity);
    this.items = items;
    this.#offsets = offsets;
    this.#sizes = sizes;
    this.#budget = budget;
  }

  spans(): ListSpans {
    const { length } = this;
    const validity = this.validity();
    this.#budget.take(length * 8, 'lists');
    const offsets = new Int32Array(length);
    const sizes = new Int32Array(length);
    const given =
      this.#sizes === undefined ? offsetsOf(this.#offsets, length, this.items.length) : int32sOf(this.#offsets, length);
    const givenSizes = this.#sizes === undefined ? undefined : int32sOf(this.#sizes, length);
    for (let row = 0; row < length; row++) {
      if (!isValid(validity, row)) continue;
      const offset = given[row] ?? 0;
      const size = givenSizes === undefined ? (given[row + 1] ?? 0) - offset : (givenSizes[row] ?? 0);
      if (offset < 0 || size < 0 || offset + size > this.items.length)
        throw malformedArrow(`list ${row} leads outside its ${this.items.length} items`);
      offsets[row] = offset;
      sizes[row] = size;
    }
    return { offsets, sizes };
  }
}

export class StructColumn extends ColumnBase {
  readonly kind = 'struct';
  readonly names: readonly string[];
  readonly #columns: readonly Column[];

  constructor(base: ColumnHead, names: readonly string[], columns: readonly Column[]) {
    super(base.length, base.nullCount, base.validity);
    this.names = names;
    this.#columns = columns;
  }

  /** Has a value for each row. */
  child(name: string): Column | undefined {
    const column = this.#columns[this.names.indexOf(name)];
    if (column !== undefined && column.length < this.length)
      throw malformedArrow(`column ${JSON.stringify(name)} has ${column.length} rows, not ${this.length}`);
    return column;
  }
}

export class RunsColumn extends ColumnBase {
  readonly kind = 'runs';
  readonly values: Column;
  readonly #ends: Column;

  constructor(length: number, ends: Column, values: Column) {
    super(length, 0, undefined);
    this.#ends = ends;
    this.values = values;
  }

  /** The row behind each run, ascending; the last is not before the column's own end. */
  ends(): Integers {
    if (this.#ends.kind !== 'int') throw malformedArrow('run ends are no integers');
    const ends = this.#ends.integers();
    if (ends.length > this.values.length) throw malformedArrow('more runs than values');
    let last = 0;
    for (const end of ends) {
      if (end <= last) throw malformedArrow('run ends do not ascend');
      last = end;
    }
    if (last < this.length) throw malformedArrow(`runs end at ${last} of ${this.length} rows`);
    return ends;
  }
}

export class DictionaryColumn extends ColumnBase {
  readonly kind = 'dictionary';
  /** As it was when this column's batch came. */
  readonly values: Column;
  readonly #keys: IntColumn;

  constructor(base: ColumnHead, keys: IntColumn, values: Column) {
    super(base.length, base.nullCount, base.validity);
    this.#keys = keys;
    this.values = values;
  }

  /** Each leads into values, except on null rows. */
  keys(): Integers {
    const keys = this.#keys.integers();
    const validity = this.validity();
    const limit = this.values.length;
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row] ?? 0;
      if ((key < 0 || key >= limit) && isValid(validity, row))
        throw malformedArrow(`key ${key} into a dictionary of ${limit}`);
    }
    return keys;
  }
}

/** A column of a type that no agent sends where it is read. */
export class OtherColumn extends ColumnBase {
  readonly kind = 'other';
}

export type Column =
  | IntColumn
  | BytesColumn
  | ViewColumn
  | FixedColumn
  | ListColumn
  | StructColumn
  | RunsColumn
  | DictionaryColumn
  | OtherColumn;
