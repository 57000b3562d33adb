/**
 * How a record of the queue stands in a segment file, so that whatever a crash or a bad disk left can be told from what is whole.
 *
 * Shape:  "PLrw", u32 payload bytes, u32 samples, u32 CRC-32, f64 when it was taken in, payload; little-endian. The CRC is over all of
 *         the record but itself. A reader that meets bytes which are none goes on at the next record that is whole.
 * Units:  milliseconds since 1970.
 */
import { crc32 } from './crc32.ts';

const magic = Buffer.from('PLrw');
const crcAt = 12;
export const recordHeaderBytes = 24;
/** A record is one request's worth at the most; what claims more is damage. */
export const longestPayload = 2 ** 20;

export interface QueueRecord {
  /** A message of remote write. */
  readonly payload: Uint8Array;
  readonly sampleCount: number;
  readonly takenMillis: number;
}

export function writeRecord({ payload, sampleCount, takenMillis }: QueueRecord): Uint8Array {
  const bytes = Buffer.alloc(recordHeaderBytes + payload.length);
  magic.copy(bytes);
  bytes.writeUInt32LE(payload.length, 4);
  bytes.writeUInt32LE(sampleCount, 8);
  bytes.writeDoubleLE(takenMillis, 16);
  bytes.set(payload, recordHeaderBytes);
  bytes.writeUInt32LE(crcOf(bytes), crcAt);
  return bytes;
}

export interface FoundRecord extends QueueRecord {
  /** Where it begins, and where the next one does. */
  readonly at: number;
  readonly end: number;
}

/** The first whole record at `from` or behind it. */
export function findRecord(bytes: Buffer, from: number): FoundRecord | undefined {
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const record = readRecord(bytes, at);
    if (record !== undefined) return record;
  }
  return undefined;
}

function readRecord(bytes: Buffer, at: number): FoundRecord | undefined {
  if (at + recordHeaderBytes > bytes.length) return undefined;
  const payloadBytes = bytes.readUInt32LE(at + 4);
  const start = at + recordHeaderBytes;
  if (payloadBytes > longestPayload || payloadBytes > bytes.length - start) return undefined;
  const end = start + payloadBytes;
  if (bytes.readUInt32LE(at + crcAt) !== crcOf(bytes.subarray(at, end))) return undefined;
  return {
    payload: bytes.subarray(start, end),
    sampleCount: bytes.readUInt32LE(at + 8),
    takenMillis: bytes.readDoubleLE(at + 16),
    at,
    end,
  };
}

const crcOf = (record: Uint8Array): number => crc32(record.subarray(crcAt + 4), crc32(record.subarray(0, crcAt)));
