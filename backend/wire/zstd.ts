/**
 * zstd under a limit.
 *
 * Shape:  frames one after another -> their contents joined. The blocks are walked first: their number bounds the room that is
 *         made, whatever a header promises. Dictionaries are not known.
 * Units:  bytes.
 * Errors: InputError invalid_argument with the byte offset; payload_too_large past the limit.
 * Source: RFC 8878. Node 20's zlib has no zstd; zstddec is the reference decoder as WebAssembly. Not fzstd: a block of 128 KB
 *         can make it copy bytes to nowhere for seconds.
 */
import { ZSTDDecoder } from 'zstddec';
import { InputError } from '../errors.ts';

const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const checksumBytes = 4;
const mostBlockBytes = 128 * 2 ** 10;
/** Kinds of blocks; 2 is compressed. */
const runBlock = 1;
const reservedBlock = 3;

export async function unzstd(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  const room = roomFor(bytes, limitBytes);
  if (room === 0) return new Uint8Array(0);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  // A failure comes back as no bytes at all.
  const content = decoder.decode(bytes, Math.min(room, limitBytes));
  if (content.length > 0) return content;
  throw room > limitBytes ? tooLarge(limitBytes) : malformed(0, 'broken, or without content');
}

/** What the frames can expand to at most. */
function roomFor(bytes: Uint8Array, limitBytes: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const need = (at: number, count: number): void => {
    if (at + count > bytes.length) throw malformed(bytes.length, 'ends inside a frame');
  };
  let room = 0;
  for (let start = 0; start < bytes.length;) {
    need(start, 4);
    const first = view.getUint32(start, true);
    if ((first & 0xfffffff0) >>> 0 === skippableMagic) {
      need(start, 8);
      start += 8 + view.getUint32(start + 4, true);
      continue;
    }
    if (first !== magic) throw malformed(start, 'no zstd frame');
    need(start, 6);
    const header = readHeader(view, start, need);
    if (header.contentBytes !== undefined && header.contentBytes > limitBytes) throw tooLarge(limitBytes);
    let frameRoom = 0;
    let at = header.end;
    for (let isLast = false; !isLast;) {
      need(at, 3);
      const block = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
      const kind = (block >>> 1) & 3;
      const size = block >>> 3;
      if (kind === reservedBlock || size > mostBlockBytes) throw malformed(at, 'no zstd block');
      isLast = (block & 1) === 1;
      frameRoom += kind === 2 ? mostBlockBytes : size;
      at += 3 + (kind === runBlock ? 1 : size);
    }
    start = at + (header.hasChecksum ? checksumBytes : 0);
    need(start, 0);
    room += Math.min(frameRoom, header.contentBytes ?? Infinity);
  }
  return room;
}

interface FrameHeader {
  readonly end: number;
  /** undefined when it is not told. */
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
}

function readHeader(view: DataView, start: number, need: (at: number, count: number) => void): FrameHeader {
  const flags = view.getUint8(start + 4);
  const isSingleSegment = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0;
  const at = start + (isSingleSegment ? 5 : 6) + dictionaryBytes;
  need(at, sizeBytes);
  let contentBytes = sizeBytes === 2 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) contentBytes += view.getUint8(at + i) * 2 ** (8 * i);
  return {
    end: at + sizeBytes,
    contentBytes: sizeBytes === 0 ? undefined : contentBytes,
    hasChecksum: (flags & 4) !== 0,
  };
}

const malformed = (offset: number, what: string): InputError =>
  new InputError('invalid_argument', `zstd, byte ${offset}: ${what}`, 'malformed_profile');

const tooLarge = (limitBytes: number): InputError =>
  new InputError('payload_too_large', `zstd expands to more than ${limitBytes} bytes`, 'body_size_limit_exceeded');
