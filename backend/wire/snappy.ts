/**
 * snappy under a limit, both as a block and in frames; the first bytes say which. The Collector sends either under one name.
 *
 * Shape:  a block is the length as varint, then literals and copies. Frames begin with the chunk ff 06 00 00 "sNaPpY".
 *         Checksums are not verified: what was broken on the way is found by the reader of the content.
 * Units:  bytes.
 * Errors: InputError invalid_argument with the byte offset; payload_too_large past the limit.
 * Source: google/snappy format_description.txt, framing_format.txt.
 */
import { InputError } from '../errors.ts';

const streamStart = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);
const compressedChunk = 0x00;
const plainChunk = 0x01;
const streamChunk = 0xff;
const firstSkippable = 0x80;
const checksumBytes = 4;
/** A copy of three bytes makes 64: a promise above it is a lie. */
const mostExpansion = 22;

export function unsnappy(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const isFramed = streamStart.equals(bytes.subarray(0, streamStart.length));
  return isFramed ? readFrames(bytes, limitBytes) : readBlock(bytes, 0, bytes.length, limitBytes);
}

function readFrames(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let left = limitBytes;
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) throw malformed(at, 'ends inside a chunk');
    const kind = bytes[at] ?? 0;
    const start = at + 4;
    const stop = start + ((bytes[at + 1] ?? 0) | ((bytes[at + 2] ?? 0) << 8) | ((bytes[at + 3] ?? 0) << 16));
    if (stop > bytes.length) throw malformed(at, 'ends inside a chunk');
    if (kind === compressedChunk || kind === plainChunk) {
      const from = start + checksumBytes;
      if (from > stop) throw malformed(at, 'a chunk without its checksum');
      if (kind === plainChunk && stop - from > left) throw tooLarge(limitBytes);
      const part = kind === plainChunk ? bytes.subarray(from, stop) : readBlock(bytes, from, stop, left);
      left -= part.length;
      parts.push(part);
    } else if (kind < firstSkippable && kind !== streamChunk) throw malformed(at, `unknown chunk ${kind}`);
    at = stop;
  }
  return Buffer.concat(parts, limitBytes - left);
}

function readBlock(bytes: Uint8Array, start: number, stop: number, limitBytes: number): Uint8Array {
  const head = readLength(bytes, start, stop);
  if (head.length > limitBytes) throw tooLarge(limitBytes);
  if (head.length > (stop - head.at) * mostExpansion) throw malformed(start, 'promises more than it can hold');
  const out = new Uint8Array(head.length);
  let { at } = head;
  let filled = 0;
  while (at < stop) {
    const tagAt = at;
    const tag = bytes[at++] ?? 0;
    const kind = tag & 3;
    const extra = kind === 0 ? Math.max(0, (tag >>> 2) - 59) : ([0, 1, 2, 4][kind] ?? 0);
    if (at + extra > stop) throw malformed(tagAt, 'ends inside an element');
    let number = 0;
    for (let i = extra - 1; i >= 0; i--) number = number * 256 + (bytes[at + i] ?? 0);
    at += extra;
    if (kind === 0) {
      const length = (extra === 0 ? tag >>> 2 : number) + 1;
      if (length > stop - at || length > out.length - filled) throw malformed(tagAt, 'a literal that does not fit');
      out.set(bytes.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    const length = kind === 1 ? 4 + ((tag >>> 2) & 7) : (tag >>> 2) + 1;
    const offset = kind === 1 ? ((tag >>> 5) << 8) | number : number;
    if (offset === 0 || offset > filled || length > out.length - filled)
      throw malformed(tagAt, 'a copy that does not fit');
    // Byte by byte: a copy may run into what it is writing.
    for (let i = 0; i < length; i++, filled++) out[filled] = out[filled - offset] ?? 0;
  }
  if (filled !== out.length) throw malformed(stop, `holds ${filled} bytes where ${out.length} were promised`);
  return out;
}

function readLength(bytes: Uint8Array, start: number, stop: number): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    if (start + i >= stop) break;
    const byte = bytes[start + i] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, at: start + i + 1 };
  }
  throw malformed(start, 'no length');
}

const malformed = (offset: number, what: string): InputError =>
  new InputError('invalid_argument', `snappy, byte ${offset}: ${what}`, 'malformed_profile');

const tooLarge = (limitBytes: number): InputError =>
  new InputError('payload_too_large', `snappy expands to more than ${limitBytes} bytes`, 'body_size_limit_exceeded');
