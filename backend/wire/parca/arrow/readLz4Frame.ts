/**
 * Reads an LZ4 frame into exactly as many bytes as were announced: no more are ever written, whatever the frame says.
 *
 * Shape:  one frame: header, blocks (which may refer to what earlier ones made), end mark. Checksums are passed over: the
 *         agents write none beyond the header's, and TCP has its own.
 * Errors: InputError invalid_argument. The work is bounded by input and output: a length that passes either end stops it.
 * Source: lz4_Frame_format.md 1.6 and lz4_Block_format.md, github.com/lz4/lz4.
 */
import { malformedArrow } from './budget.ts';

const magic = 0x184d2204;
/** A block cannot make more than this many bytes of one: 255 of each length byte. */
export const mostLz4Ratio = 255;
/** Below it a loop is faster than a call. */
const smallCopy = 24;

export function readLz4Frame(input: Uint8Array, output: Uint8Array): void {
  if (input.length < 7) throw malformedArrow('an LZ4 frame ends inside its header');
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  if (view.getUint32(0, true) !== magic) throw malformedArrow('a compressed buffer is no LZ4 frame');
  const flags = input[4] ?? 0;
  if (flags >>> 6 !== 1) throw malformedArrow(`LZ4 frame version ${flags >>> 6}`);
  if ((flags & 1) !== 0) throw malformedArrow('an LZ4 frame needs a dictionary that nobody has');
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0;
  const contentSize = (flags & 0x08) !== 0 ? 8 : 0;
  let at = 6 + contentSize + 1;
  let made = 0;
  for (;;) {
    if (at + 4 > input.length) throw malformedArrow('an LZ4 frame ends before its end mark');
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) break;
    const size = head & 0x7fffffff;
    if (size > input.length - at) throw malformedArrow('an LZ4 block is longer than its frame');
    if (head >>> 31 === 1) {
      if (size > output.length - made) throw tooMuch();
      output.set(input.subarray(at, at + size), made);
      made += size;
    } else made = readBlock(input, at, at + size, output, made);
    at += size + blockChecksum;
  }
  if (made !== output.length)
    throw malformedArrow(`an LZ4 frame holds ${made} bytes, not the ${output.length} announced`);
}

function readBlock(input: Uint8Array, from: number, end: number, output: Uint8Array, madeBefore: number): number {
  const room = output.length;
  let at = from;
  let made = madeBefore;
  while (at < end) {
    const token = input[at++] ?? 0;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) throw cut();
        more = input[at++] ?? 0;
        literals += more;
      }
    }
    if (literals > end - at) throw cut();
    if (literals > room - made) throw tooMuch();
    if (literals < smallCopy) for (let i = 0; i < literals; i++) output[made + i] = input[at + i] ?? 0;
    else output.set(input.subarray(at, at + literals), made);
    at += literals;
    made += literals;
    // The last sequence of a block is literals alone.
    if (at === end) return made;
    if (at + 2 > end) throw cut();
    const distance = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) throw cut();
        more = input[at++] ?? 0;
        length += more;
      }
    }
    length += 4;
    if (distance === 0 || distance > made) throw malformedArrow('an LZ4 match begins before the data');
    if (length > room - made) throw tooMuch();
    copyMatch(output, made, distance, length);
    made += length;
  }
  return made;
}

function copyMatch(output: Uint8Array, at: number, distance: number, length: number): void {
  const from = at - distance;
  if (length < smallCopy) for (let i = 0; i < length; i++) output[at + i] = output[from + i] ?? 0;
  else if (distance >= length) output.copyWithin(at, from, from + length);
  else if (distance === 1) output.fill(output[from] ?? 0, at, at + length);
  else {
    // What repeats is as long as the distance; each copy doubles what can be copied next.
    let done = 0;
    for (let step = distance; done < length; step *= 2) {
      const count = Math.min(step, length - done);
      output.copyWithin(at + done, from, from + count);
      done += count;
    }
  }
}

const cut = () => malformedArrow('an LZ4 block ends inside a sequence');
const tooMuch = () => malformedArrow('an LZ4 frame holds more bytes than were announced');
