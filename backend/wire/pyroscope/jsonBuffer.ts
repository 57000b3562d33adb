/**
 * JSON that is being written as bytes: numbers become digits without a text for each.
 *
 * Shape:  UTF-8. 64-bit numbers come as words of 32 bits, low word first, and are not negative.
 */
const word = 0x1_0000_0000;
const mostExactHigh = 2 ** 21;
const billion = 1_000_000_000;
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const mostPositiveHigh = 0x7fffffff;
/** 20 digits, two quotes and a comma. */
const longestNumber = 23;
const longestLoop = 24;

export class JsonBuffer {
  private bytes: Buffer;
  private at = 0;

  constructor(room: number) {
    this.bytes = Buffer.allocUnsafe(Math.max(room, 256));
  }

  /** ASCII. */
  text(ascii: string): void {
    this.reserve(ascii.length);
    // Keys and brackets: the way into a native call costs more than they do.
    if (ascii.length > longestLoop) this.at += this.bytes.write(ascii, this.at, 'latin1');
    else for (let i = 0; i < ascii.length; i++) this.bytes[this.at++] = ascii.charCodeAt(i);
  }

  /** With quotes and escapes. */
  string(value: string): void {
    const json = JSON.stringify(value);
    this.reserve(3 * json.length);
    this.at += this.bytes.write(json, this.at, 'utf8');
  }

  /** "1","2": numbers first .. end. */
  quotedNumbers(words: Uint32Array, first: number, end: number): void {
    this.reserve(longestNumber * (end - first));
    const { bytes } = this;
    for (let i = first; i < end; i++) {
      if (i > first) bytes[this.at++] = comma;
      bytes[this.at++] = quote;
      this.digits(words[2 * i] ?? 0, words[2 * i + 1] ?? 0);
      bytes[this.at++] = quote;
    }
  }

  /** "1","2": numbers below 2^32, as a packed field of protobuf has them; where it ends. */
  quotedVarints(from: Uint8Array, start: number, end: number): void {
    // A byte becomes four at the most.
    this.reserve(longestNumber + 4 * (end - start));
    const { bytes } = this;
    let { at } = this;
    for (let i = start; i < end;) {
      let value = from[i++] ?? 0;
      if (value >= 0x80) {
        value &= 0x7f;
        let next = 0x80;
        for (let scale = 0x80; next >= 0x80; scale *= 0x80) {
          next = from[i++] ?? 0;
          value += (next & 0x7f) * scale;
        }
      }
      bytes[at++] = quote;
      at = writeSmall(bytes, at, value);
      bytes[at++] = quote;
      bytes[at++] = comma;
    }
    this.at = start < end ? at - 1 : at;
  }

  /** "12" */
  quotedNumber(low: number, high: number): void {
    this.reserve(longestNumber);
    this.bytes[this.at++] = quote;
    this.digits(low, high);
    this.bytes[this.at++] = quote;
  }

  /** "-12": the words are those of a signed number. */
  quotedSigned(low: number, high: number): void {
    if (high <= mostPositiveHigh) {
      this.quotedNumber(low, high);
      return;
    }
    this.text(`"${BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))}"`);
  }

  /** A text in UTF-8, with quotes and escapes. */
  utf8(from: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0;
      if (byte >= 0x20 && byte !== quote && byte !== backslash) continue;
      this.string(Buffer.from(from.buffer, from.byteOffset + start, end - start).toString('utf8'));
      return;
    }
    this.reserve(2 + end - start);
    this.bytes[this.at++] = quote;
    this.raw(from, start, end);
    this.bytes[this.at++] = quote;
  }

  /** Bytes that are JSON already, or the inside of a text that needs no escape. */
  raw(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(from.subarray(start, end), this.at);
    this.at += end - start;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.buffer as ArrayBuffer, this.bytes.byteOffset, this.at);
  }

  private reserve(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** Room is there. */
  private digits(low: number, high: number): void {
    if (high === 0) {
      this.small(low);
      return;
    }
    if (high >= mostExactHigh) {
      // Past 2^53, which is rare enough for a BigInt.
      const text = ((BigInt(high) << 32n) | BigInt(low)).toString();
      this.at += this.bytes.write(text, this.at, 'latin1');
      return;
    }
    const value = high * word + low;
    const head = Math.floor(value / billion);
    this.small(head);
    this.padded(value - head * billion);
  }

  private small(value: number): void {
    this.at = writeSmall(this.bytes, this.at, value);
  }

  private padded(value: number): void {
    this.at = writeDigits(this.bytes, this.at, value, 9);
  }
}

/** Below 2^53; where it ends. */
function writeSmall(bytes: Uint8Array, at: number, value: number): number {
  if (value >= billion) {
    const head = Math.floor(value / billion);
    return writeDigits(bytes, writeSmall(bytes, at, head), value - head * billion, 9);
  }
  const count =
    value < 10 ? 1 : value < 100 ? 2 : value < 1_000 ? 3 : value < 10_000 ? 4 : value < 100_000 ? 5 : longer(value);
  return writeDigits(bytes, at, value, count);
}

function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value;
  for (let place = at + count - 1; place >= at; place--) {
    const next = (rest / 10) | 0;
    bytes[place] = 0x30 + rest - next * 10;
    rest = next;
  }
  return at + count;
}

const longer = (value: number): number =>
  value < 1_000_000 ? 6 : value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
