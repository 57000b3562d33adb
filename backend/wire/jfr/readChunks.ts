/**
 * Finds the chunks of a JFR file and the events in each.
 *
 * Shape:  a file is chunks one after another; a chunk is a header of 68 bytes and then events: size, type, fields. The
 *         metadata (type 0) and the constants (type 1) are events too. All of them are found by walking the sizes, so that
 *         offsets which lead in circles cannot be followed; the header's offset only tells which metadata counts.
 * Units:  nanoseconds since 1970; ticks are the chunk's own, ticksPerSecond of them a second.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: OpenJDK 21 jdk.jfr.internal.consumer.ChunkHeader.
 */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { JfrCursor } from './jfrCursor.ts';

export interface Chunk {
  readonly start: number;
  readonly version: string;
  readonly startNanos: bigint;
  readonly durationNanos: bigint;
  readonly ticksPerSecond: bigint;
  readonly isCompressed: boolean;
  /** Place of the fields, after size and type. */
  readonly metadata: ChunkEvent;
  readonly constants: readonly ChunkEvent[];
  readonly events: EventPlaces;
}

export interface ChunkEvent {
  readonly at: number;
  readonly stop: number;
}

/** In the order of the bytes; metadata and constants are not among them. */
export interface EventPlaces {
  readonly types: Uint32Array;
  readonly starts: Uint32Array;
  readonly stops: Uint32Array;
}

const headerBytes = 68;
const magic = 0x464c5200;

export function readChunks(cursor: JfrCursor): readonly Chunk[] {
  const { length } = cursor.bytes;
  const chunks: Chunk[] = [];
  let at = 0;
  // A chunk has a header at least, so there are at most length / 68 of them.
  do {
    cursor.enter(at, length);
    const { stop, ...chunk } = readChunk(cursor, at);
    chunks.push(chunk);
    at = stop;
  } while (at < length);
  return chunks;
}

function readChunk(cursor: JfrCursor, start: number): Chunk & { readonly stop: number } {
  if (cursor.end - start < headerBytes) throw cursor.malformed(start, 'ends inside a chunk header');
  const header = readHeader(cursor, start);
  const stop = start + header.size;
  cursor.isCompressed = header.isCompressed;
  cursor.enter(start + headerBytes, stop);
  const types = new GrowingUint32(1_024);
  const starts = new GrowingUint32(1_024);
  const stops = new GrowingUint32(1_024);
  const constants: ChunkEvent[] = [];
  let metadata: ChunkEvent | undefined;
  while (cursor.at < stop) {
    const { at } = cursor;
    const size = cursor.whole(4, 'event size');
    const type = cursor.whole(8, 'event type');
    const fields = cursor.at;
    if (size < fields - at || size > stop - at) throw cursor.malformed(at, `an event of ${size} bytes does not fit`);
    const event = { at: fields, stop: at + size };
    if (type === 1) constants.push(event);
    else if (type !== 0) {
      // Ids of classes have nine digits at most, so nobody asks for such an event.
      types.push(Math.min(type, 0xffffffff));
      starts.push(event.at);
      stops.push(event.stop);
    } else if (at - start === header.metadataOffset) metadata = event;
    cursor.at = event.stop;
  }
  if (metadata === undefined) throw cursor.malformed(start + 24, 'no metadata where the header says');
  const events = { types: types.finish(), starts: starts.finish(), stops: stops.finish() };
  return { ...header, start, stop, metadata, constants, events };
}

interface Header {
  readonly size: number;
  readonly metadataOffset: number;
  readonly version: string;
  readonly startNanos: bigint;
  readonly durationNanos: bigint;
  readonly ticksPerSecond: bigint;
  readonly isCompressed: boolean;
}

function readHeader(cursor: JfrCursor, start: number): Header {
  const plain = (width: number): bigint => {
    cursor.plain(width);
    return cursor.int64();
  };
  if (Number(plain(4)) !== magic) throw cursor.malformed(start, 'no JFR chunk begins here');
  const major = plain(2);
  const minor = plain(2);
  if (major !== 1n && major !== 2n) throw cursor.malformed(start + 4, `version ${major}.${minor} is not 1.x or 2.x`);
  const size = plain(8);
  if (size < headerBytes || size > cursor.end - start)
    throw cursor.malformed(start + 8, `a chunk of ${size} bytes does not fit`);
  plain(8); // The last constants: all of them are found on the way.
  const metadataOffset = plain(8);
  if (metadataOffset < headerBytes || metadataOffset >= size)
    throw cursor.malformed(start + 24, `metadata at ${metadataOffset} is outside of the chunk`);
  const startNanos = plain(8);
  const durationNanos = plain(8);
  plain(8); // Ticks at the start: no event's time is kept.
  const ticksPerSecond = plain(8);
  const features = plain(4);
  return {
    size: Number(size),
    metadataOffset: Number(metadataOffset),
    version: `${major}.${minor}`,
    startNanos,
    durationNanos,
    ticksPerSecond,
    isCompressed: (features & 1n) === 1n,
  };
}
