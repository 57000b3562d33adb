/**
 * A queue on disk, bounded in bytes: what append() has resolved for is there after kill -9, and is taken out in the order it came in.
 * When it is full the oldest segment goes: alerts look at the newest samples, and Prometheus refuses old ones anyway.
 *
 * Shape:  append() of many callers share one sync. take() shows the oldest records of one segment; advance() has done with them, and
 *         release() gives them back. Only one may be taken at a time.
 * Units:  bytes as they stand on disk; milliseconds since 1970.
 * Errors: append() throws InputError unavailable when the disk refuses; what it was given is not kept then, or not for sure.
 */
import type { FileHandle } from 'node:fs/promises';
import { InputError, invariant } from '../errors.ts';
import { errorCode } from './errorCode.ts';
import { findRecord, writeRecord } from './queueRecord.ts';
import type { FoundRecord, QueueRecord } from './queueRecord.ts';
import { largestSegmentBytes, openSegmentFiles } from './queueSegments.ts';
import type { SegmentFiles } from './queueSegments.ts';

/** Dropping a segment costs this part of the queue. */
const segmentsPerQueue = 16;

export interface DiskQueueOptions {
  readonly directory: string;
  readonly mostBytes: number;
  /** Samples that made room for newer ones and were never sent. */
  readonly onDropped: (samples: number) => void;
  /** Bytes in which no whole record was found. */
  readonly onDamaged: (bytes: number) => void;
}

interface Segment {
  readonly number: number;
  /** Up to where it was synced. */
  bytes: number;
  /** Not sent yet. */
  samples: number;
  /** When the first of its records was taken in; of an empty one, Infinity. */
  firstMillis: number;
}

interface Taken {
  readonly segment: Segment;
  readonly samples: number;
  readonly end: number;
}

interface Incoming {
  readonly records: readonly QueueRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export async function openDiskQueue(options: DiskQueueOptions): Promise<DiskQueue> {
  const files = await openSegmentFiles(options.directory);
  const { position, numbers } = files;
  const segments: Segment[] = [];
  let offset = 0;
  for (const number of numbers) {
    const start = number === position?.segment ? position.offset : 0;
    const bytes = position !== undefined && number < position.segment ? undefined : await files.read(number, 0);
    const found = bytes === undefined ? undefined : survey(number, bytes, start);
    if (found === undefined || found.samples === 0) {
      if (found !== undefined && found.bytes > start) options.onDamaged(found.bytes - start);
      await files.remove(number);
    } else {
      if (segments.length === 0) offset = start;
      segments.push(found);
    }
  }
  const next = Math.max(position?.segment ?? 0, numbers.at(-1) ?? 0) + 1;
  return new DiskQueue(options, files, { segments, offset, next });
}

function survey(number: number, bytes: Buffer, start: number): Segment {
  const segment = { number, bytes: bytes.length, samples: 0, firstMillis: Infinity };
  let record = findRecord(bytes, start);
  if (record !== undefined) segment.firstMillis = record.takenMillis;
  for (; record !== undefined; record = findRecord(bytes, record.end)) segment.samples += record.sampleCount;
  return segment;
}

interface QueueState {
  readonly segments: Segment[];
  readonly offset: number;
  readonly next: number;
}

export class DiskQueue {
  readonly #options: DiskQueueOptions;
  readonly #files: SegmentFiles;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  /** Where the first segment was sent up to. */
  #offset: number;
  #nextNumber: number;
  /** Of the last segment; undefined: a new one begins with the next record. */
  #file: FileHandle | undefined;
  #taken: Taken | undefined;
  #incoming: Incoming[] = [];
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(options: DiskQueueOptions, files: SegmentFiles, { segments, offset, next }: QueueState) {
    this.#options = options;
    this.#files = files;
    this.#segmentBytes = Math.min(largestSegmentBytes, Math.ceil(options.mostBytes / segmentsPerQueue));
    this.#segments = segments;
    this.#offset = offset;
    this.#nextNumber = next;
  }

  get pendingSamples(): number {
    return this.#segments.reduce((sum, { samples }) => sum + samples, 0);
  }

  get pendingBytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0) - this.#offset;
  }

  /** When the oldest sample that is left was taken in; undefined: there is none. */
  get oldestMillis(): number | undefined {
    return this.#segments.find(({ samples }) => samples > 0)?.firstMillis;
  }

  append(records: readonly QueueRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#incoming.push({ records, resolve, reject });
      if (this.#incoming.length === 1) void this.#inTurn(() => this.#appendIncoming());
    });
  }

  /** The oldest records, one at least, as long as they stay under both limits; none when nothing is left. */
  take(mostSamples: number, mostBytes: number): Promise<readonly QueueRecord[]> {
    return this.#inTurn(async () => {
      invariant(this.#taken === undefined, 'what was taken before is done with');
      for (let [segment] = this.#segments; segment !== undefined; [segment] = this.#segments) {
        const records = await this.#readRecords(segment, mostSamples, mostBytes);
        const last = records.at(-1);
        if (last !== undefined) {
          const samples = records.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
          this.#taken = { segment, samples, end: last.end };
          return records;
        }
        if (this.#isWritten(segment) && this.#offset === segment.bytes) return [];
        await this.#finishFirst(segment);
      }
      return [];
    });
  }

  /** What was taken needs not be kept: it will not come again, unless a crash comes before this resolves. */
  advance(): Promise<void> {
    return this.#inTurn(async () => {
      const taken = this.#doneTaking();
      if (this.#segments[0] !== taken.segment) return;
      this.#offset = taken.end;
      taken.segment.samples -= taken.samples;
      await this.#files.writePosition({ segment: taken.segment.number, offset: taken.end });
      const [next] = await this.#readRecords(taken.segment, 1, 1);
      if (next === undefined) await this.#finishFirst(taken.segment);
      else taken.segment.firstMillis = next.takenMillis;
    });
  }

  /** It comes again with the next take(), unless it made room in the meantime. */
  release(): Promise<void> {
    return this.#inTurn(() => {
      const taken = this.#doneTaking();
      if (this.#segments[0] !== taken.segment) this.#options.onDropped(taken.samples);
      return Promise.resolve();
    });
  }

  /** What was not taken is there when it is opened again. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#file?.close();
      this.#file = undefined;
      await this.#files.close();
    });
  }

  #doneTaking(): Taken {
    const taken = this.#taken;
    invariant(taken !== undefined, 'something was taken');
    this.#taken = undefined;
    return taken;
  }

  /** Nothing whole is left in it: what there is was cut by a crash, or is damaged. */
  async #finishFirst(segment: Segment): Promise<void> {
    if (segment.bytes > this.#offset) this.#options.onDamaged(segment.bytes - this.#offset);
    this.#offset = segment.bytes;
    segment.samples = 0;
    if (!this.#isWritten(segment)) await this.#removeFirst();
  }

  #isWritten(segment: Segment): boolean {
    return this.#file !== undefined && segment === this.#segments.at(-1);
  }

  async #readRecords(segment: Segment, mostSamples: number, mostBytes: number): Promise<readonly FoundRecord[]> {
    const bytes = await this.#files.read(segment.number, this.#offset, segment.bytes);
    const records: FoundRecord[] = [];
    let [samples, payloadBytes, end] = [0, 0, 0];
    for (let record = findRecord(bytes, 0); record !== undefined; record = findRecord(bytes, record.end)) {
      samples += record.sampleCount;
      payloadBytes += record.payload.length;
      if (records.length > 0 && (samples > mostSamples || payloadBytes > mostBytes)) break;
      if (record.at > end) this.#options.onDamaged(record.at - end);
      end = record.end;
      records.push({ ...record, at: record.at + this.#offset, end: record.end + this.#offset });
    }
    return records;
  }

  async #appendIncoming(): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = [];
    try {
      await this.#write(incoming.flatMap(({ records }) => records));
    } catch (error) {
      // What stands in the file behind the last sync is not known: the next record begins a new one. The callers hear why.
      await this.#closeSegment().catch(() => undefined);
      const refused = new InputError('unavailable', `remote write: the disk refuses: ${errorCode(error)}`);
      for (const { reject } of incoming) reject(refused);
      return;
    }
    for (const { resolve } of incoming) resolve();
  }

  async #write(records: readonly QueueRecord[]): Promise<void> {
    for (let from = 0; from < records.length;) {
      const segment = await this.#segmentToWrite();
      const parts: Uint8Array[] = [];
      let room = this.#segmentBytes - segment.bytes;
      let samples = 0;
      const first = records[from]?.takenMillis ?? Infinity;
      for (; from < records.length && room > 0; from++) {
        const record = records[from];
        if (record === undefined) break;
        const bytes = writeRecord(record);
        parts.push(bytes);
        room -= bytes.length;
        samples += record.sampleCount;
      }
      const bytes = Buffer.concat(parts);
      await this.#makeRoom(bytes.length);
      if (this.#file !== undefined) await writeAll(this.#file, bytes, segment.bytes);
      await this.#file?.datasync();
      if (segment.samples === 0) segment.firstMillis = first;
      segment.bytes += bytes.length;
      segment.samples += samples;
    }
  }

  async #segmentToWrite(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (this.#file !== undefined && last !== undefined && last.bytes < this.#segmentBytes) return last;
    await this.#closeSegment();
    const number = this.#nextNumber++;
    this.#file = await this.#files.create(number);
    const segment = { number, bytes: 0, samples: 0, firstMillis: Infinity };
    if (this.#segments.length === 0) this.#offset = 0;
    this.#segments.push(segment);
    return segment;
  }

  async #closeSegment(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #makeRoom(bytes: number): Promise<void> {
    const total = (): number => this.#segments.reduce((sum, segment) => sum + segment.bytes, bytes);
    while (this.#segments.length > 1 && total() > this.#options.mostBytes) {
      const [first] = this.#segments;
      const samples = first?.samples ?? 0;
      const inFlight = this.#taken?.segment === first ? (this.#taken?.samples ?? 0) : 0;
      if (samples > inFlight) this.#options.onDropped(samples - inFlight);
      await this.#removeFirst();
    }
  }

  async #removeFirst(): Promise<void> {
    const segment = this.#segments.shift();
    this.#offset = 0;
    if (segment !== undefined) await this.#files.remove(segment.number);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#lastTurn.then(work);
    this.#lastTurn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

/** A disk that is nearly full takes a part, and refuses the next one. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    invariant(bytesWritten > 0, 'a disk takes bytes or refuses');
    done += bytesWritten;
  }
}
