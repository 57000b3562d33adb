/**
 * Packs bytes as one snappy block: what Prometheus' remote write is sent in.
 *
 * Shape:  the length as varint, then literals and copies. Matches are found greedily over a table of the last place of each hash of four
 *         bytes; copies reach back 65,535 bytes at most, so that two bytes hold the distance.
 * Units:  bytes.
 * Source: google/snappy format_description.txt.
 */
const hashBits = 14;
const shortestMatch = 4;
const longestCopy = 64;
const farthestCopy = 0xffff;
/** Up to here the length stands in the tag itself. */
const longestShortLiteral = 60;

interface Output {
  readonly bytes: Uint8Array;
  at: number;
}

export function snappyBlock(bytes: Uint8Array): Uint8Array {
  // A literal of n bytes takes n and at most five more, and between two literals a copy saves a byte at least.
  const out: Output = {
    bytes: new Uint8Array(bytes.length + Math.ceil(bytes.length / longestShortLiteral) + 16),
    at: 0,
  };
  writeVarint(out, bytes.length);
  // One more than the place, so that 0 is none.
  const places = new Uint32Array(1 << hashBits);
  let literalStart = 0;
  let at = 0;
  while (at + shortestMatch <= bytes.length) {
    const word = readWord(bytes, at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = (places[slot] ?? 0) - 1;
    places[slot] = at + 1;
    if (candidate < 0 || at - candidate > farthestCopy || readWord(bytes, candidate) !== word) {
      // What has not matched for long will hardly match next: steps grow, as in Google's own.
      at += 1 + ((at - literalStart) >> 5);
      continue;
    }
    writeLiteral(out, bytes, literalStart, at);
    const length = matchLength(bytes, candidate, at);
    writeCopies(out, at - candidate, length);
    at += length;
    literalStart = at;
  }
  writeLiteral(out, bytes, literalStart, bytes.length);
  return out.bytes.slice(0, out.at);
}

const readWord = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

function matchLength(bytes: Uint8Array, from: number, at: number): number {
  let length = shortestMatch;
  while (at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

function writeVarint(out: Output, value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) out.bytes[out.at++] = (rest & 0x7f) | 0x80;
  out.bytes[out.at++] = rest;
}

function writeLiteral(out: Output, bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length === 0) return;
  const last = length - 1;
  if (length <= longestShortLiteral) out.bytes[out.at++] = last << 2;
  else {
    const lengthBytes = last < 0x100 ? 1 : last < 0x1_0000 ? 2 : last < 0x100_0000 ? 3 : 4;
    out.bytes[out.at++] = (59 + lengthBytes) << 2;
    for (let i = 0; i < lengthBytes; i++) out.bytes[out.at++] = (last >>> (8 * i)) & 0xff;
  }
  out.bytes.set(bytes.subarray(start, end), out.at);
  out.at += length;
}

/** Each of three bytes: a tag with the length, and the distance. */
function writeCopies(out: Output, distance: number, length: number): void {
  for (let rest = length; rest > 0;) {
    const taken = Math.min(rest, longestCopy);
    out.bytes[out.at++] = ((taken - 1) << 2) | 2;
    out.bytes[out.at++] = distance & 0xff;
    out.bytes[out.at++] = distance >>> 8;
    rest -= taken;
  }
}
