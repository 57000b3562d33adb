/**
 * The files of the queue: segments that are written once, one after the other, and the place up to which they were sent.
 *
 * Shape:  NUMBER.segment holds records; numbers grow and are never used again. `position` holds u32 segment, u32 offset and u32 CRC-32
 *         of both, written in place: when a crash tore it, sending begins at the oldest segment again.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from './crc32.ts';
import { longestPayload, recordHeaderBytes } from './queueRecord.ts';

/** A segment is closed at the first record that reaches `segmentBytes`. */
export const largestSegmentBytes = 4 * 2 ** 20;
const mostReadBytes = largestSegmentBytes + longestPayload + recordHeaderBytes;
const positionBytes = 12;

export interface QueuePosition {
  readonly segment: number;
  readonly offset: number;
}

export interface SegmentFiles {
  /** Ascending. */
  readonly numbers: readonly number[];
  /** undefined: there is none, or it is damaged. */
  readonly position: QueuePosition | undefined;
  /** The bytes of a segment from `offset` up to `end` or the end of the file. */
  read(segment: number, offset: number, end?: number): Promise<Buffer>;
  create(segment: number): Promise<FileHandle>;
  remove(segment: number): Promise<void>;
  /** Durable when it resolves. */
  writePosition(position: QueuePosition): Promise<void>;
  close(): Promise<void>;
}

export async function openSegmentFiles(directory: string): Promise<SegmentFiles> {
  await mkdir(directory, { recursive: true });
  await syncDirectory(dirname(directory));
  const numbers = (await readdir(directory))
    .flatMap((name) => (/^\d{10}\.segment$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
  const pathOf = (segment: number): string => join(directory, `${String(segment).padStart(10, '0')}.segment`);
  const positionFile = await open(join(directory, 'position'), constants.O_RDWR | constants.O_CREAT, 0o600);
  const position = await readPosition(positionFile);
  await syncDirectory(directory);
  return {
    numbers,
    position,
    read: (segment, offset, end = mostReadBytes) => readPart(pathOf(segment), offset, end),
    create: async (segment) => {
      const file = await open(pathOf(segment), 'wx', 0o600);
      await syncDirectory(directory);
      return file;
    },
    remove: (segment) => rm(pathOf(segment), { force: true }),
    writePosition: async ({ segment, offset }) => {
      const bytes = Buffer.alloc(positionBytes);
      bytes.writeUInt32LE(segment, 0);
      bytes.writeUInt32LE(offset, 4);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
      await positionFile.write(bytes, 0, positionBytes, 0);
      await positionFile.datasync();
    },
    close: () => positionFile.close(),
  };
}

async function readPosition(file: FileHandle): Promise<QueuePosition | undefined> {
  const bytes = Buffer.alloc(positionBytes);
  const { bytesRead } = await file.read(bytes, 0, positionBytes, 0);
  if (bytesRead !== positionBytes || bytes.readUInt32LE(8) !== crc32(bytes.subarray(0, 8))) return undefined;
  return { segment: bytes.readUInt32LE(0), offset: bytes.readUInt32LE(4) };
}

async function readPart(path: string, offset: number, end: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, end, mostReadBytes) - offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A name in a directory is as durable as the directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
