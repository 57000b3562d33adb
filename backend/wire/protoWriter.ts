/**
 * Writes protobuf fields into one growing buffer.
 *
 * Shape:  a nested message is what is written between begin() and end(). Its length takes five bytes, whatever it is, so that
 *         it can be filled in afterwards; readers of protobuf accept that.
 * Source: protobuf encoding guide.
 */
const lengthBytes = 5;
const encoder = new TextEncoder();

export class ProtoWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** The mark is for end(). */
  begin(field: number): number {
    this.tag(field, 2);
    this.#reserve(lengthBytes);
    this.#length += lengthBytes;
    return this.#length;
  }

  end(mark: number): void {
    let rest = this.#length - mark;
    for (let i = lengthBytes; i > 0; i--) {
      this.#bytes[mark - i] = i === 1 ? rest : (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
  }

  tag(field: number, wireType: number): void {
    this.varint(BigInt(field * 8 + wireType));
  }

  /** Negative numbers are written as int64. */
  varint(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    // Numbers are several times faster, and nearly all fit.
    for (; rest > 0x1fffffffffffffn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    let small = Number(rest);
    for (; small > 0x7f; small = Math.floor(small / 128)) this.#bytes[this.#length++] = (small % 128) | 0x80;
    this.#bytes[this.#length++] = small;
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  text(field: number, text: string): void {
    this.bytes(field, encoder.encode(text));
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.tag(field, 2);
    this.varint(BigInt(bytes.length));
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
