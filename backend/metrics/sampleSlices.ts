/**
 * Samples of chosen series, a point of the grid after the other, kept in memory as long as nobody writes there: alert rules
 * ask for the same quarters of a slice again and again, each for another function, and all at the same moment.
 *
 * Shape:  a slice is read again when its stacks were forgotten. Who asks for a slice that is being read waits for it.
 * Errors: InputError resource_exhausted when a question would read more samples than it may, and the store's.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { InputError } from '../errors.ts';
import { rangeAfter } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { Store } from '../store/store.ts';
import { profileRows, splitProfiles, splitSamples } from './sampleRows.ts';
import type { ProfileRows, SampleRows, SlicedRun } from './sampleRows.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';

export interface SampleSlicesOptions {
  readonly store: Store;
  readonly memory: StackMemory;
  readonly writes: WriteWatch;
  readonly cacheBytes: number;
  /**
   * A slice that was read so short a time ago is not read again, though somebody wrote into it: profiles come all the time,
   * and two hundred rules would read the newest slice two hundred times.
   */
  readonly staleMillis: number;
  readonly mostProfiles: number;
  /** In one question. */
  readonly mostSamples: number;
}

export interface SlicesQuestion {
  readonly tenant: string;
  readonly seriesIds: BigUint64Array;
  /** Both belong to it. */
  readonly firstSlice: number;
  readonly lastSlice: number;
  readonly signal: AbortSignal | undefined;
}

/** What was read of a slice: profiles alone, or their samples too. */
interface KeptSlice {
  readonly profiles: ProfileRows;
  readonly samples: SampleRows | undefined;
  readonly version: number;
  /** As performance.now() has it. */
  readonly readAt: number;
}

interface RunUnderWay extends SlicedRun {
  readonly versions: readonly number[];
  readonly readAt: number;
  readonly pieces: Promise<readonly SampleRows[]>;
}

/** A run of slices is read at once; it is made so long that it holds about so many samples. */
const samplesPerRun = 1_000_000;
/** Before anything is known of the series. */
const firstProfilesPerRun = 1_000;
/** Longer questions are charts: they would push out what rules need. */
const longestKept = 120;
/** In other processes somebody may write too, and names may be found later. */
const keptMillis = 600_000;

export class SampleSlices {
  readonly #options: SampleSlicesOptions;
  readonly #kept: LRUCache<string, KeptSlice>;
  /** With samples, by the key of each of their slices. */
  readonly #underWay = new Map<string, RunUnderWay>();

  constructor(options: SampleSlicesOptions) {
    this.#options = options;
    this.#kept = new LRUCache({
      maxSize: options.cacheBytes,
      ttl: keptMillis,
      sizeCalculation: ({ profiles, samples }) => 200 + 48 * profiles.count + 12 * (samples?.places.length ?? 0),
    });
  }

  /** In pieces, in the order of time. */
  async *read(question: SlicesQuestion): AsyncGenerator<SampleRows> {
    const { firstSlice, lastSlice } = question;
    const key = keyOf(question);
    const keeps = lastSlice - firstSlice < longestKept;
    let sampleCount = 0;
    let perProfile = samplesPerRun / firstProfilesPerRun;
    let profileCount = 0;
    for (let slice = firstSlice; slice <= lastSlice;) {
      const known = keeps ? this.#keptSamples(key, slice, question) : undefined;
      const pieces = known === undefined ? await this.#readRun(key, slice, question, perProfile, keeps) : [known];
      for (const rows of pieces) {
        sampleCount += rows.places.length;
        profileCount += rows.count;
        if (sampleCount > this.#options.mostSamples) throw tooManySamples(sampleCount, this.#options.mostSamples);
        yield rows;
        slice++;
      }
      if (profileCount > 0) perProfile = Math.max(1, sampleCount / profileCount);
    }
  }

  /**
   * Profiles alone, which what is kept of their samples has too. Where the slice before has samples, functions are asked for
   * as well, most likely by the other side of the same division: then samples are read, once for both.
   */
  async *readProfiles(question: SlicesQuestion): AsyncGenerator<ProfileRows> {
    const { firstSlice, lastSlice } = question;
    if (lastSlice - firstSlice >= longestKept) {
      const run = { first: firstSlice, length: lastSlice - firstSlice + 1 };
      yield profileRows(await this.#readStored(run, question, false));
      return;
    }
    const key = keyOf(question);
    let sampled: SampleRows | undefined;
    for (let slice = firstSlice; slice <= lastSlice;) {
      const kept = this.#fresh(key, slice);
      const pieces =
        kept !== undefined
          ? [kept.profiles]
          : sampled === undefined
            ? await this.#readProfileRun(key, slice, question)
            : await this.#readRun(key, slice, question, sampled.places.length / Math.max(1, sampled.count), true);
      yield* pieces;
      slice += pieces.length;
      sampled = kept?.samples;
    }
  }

  #fresh(key: string, slice: number): KeptSlice | undefined {
    const kept = this.#kept.get(`${key}/${slice}`);
    return kept !== undefined && this.#mayServe(slice, kept.version, kept.readAt) ? kept : undefined;
  }

  #mayServe(slice: number, version: number | undefined, readAt: number): boolean {
    const { writes, staleMillis } = this.#options;
    return version === writes.versionOf(slice) || performance.now() - readAt <= staleMillis;
  }

  #keptSamples(key: string, slice: number, { tenant }: SlicesQuestion): SampleRows | undefined {
    const samples = this.#fresh(key, slice)?.samples;
    if (samples === undefined) return undefined;
    return samples.known === this.#options.memory.knownOf(tenant) ? samples : undefined;
  }

  /** One piece a slice, from `first` on. */
  async #readRun(
    key: string,
    first: number,
    question: SlicesQuestion,
    perProfile: number,
    keeps: boolean,
  ): Promise<readonly SampleRows[]> {
    const { seriesIds, lastSlice } = question;
    const perSlice = seriesIds.length * perProfile;
    const length = Math.max(1, Math.min(lastSlice - first + 1, Math.floor(samplesPerRun / perSlice)));
    if (!keeps) return this.#readSamples({ first, length }, question);
    const others = this.#underWay.get(`${key}/${first}`);
    const shared = others === undefined ? 0 : this.#countServed(others, first, lastSlice);
    if (others !== undefined && shared > 0) {
      // Whose question it is may give up: then it is read once more.
      const pieces = await others.pieces.catch(() => undefined);
      if (pieces !== undefined) return pieces.slice(first - others.first, first - others.first + shared);
    }
    return this.#readAndKeep(key, { first, length }, question);
  }

  /** Into how many of its slices, from `first` on, nobody has written since. */
  #countServed(run: RunUnderWay, first: number, lastSlice: number): number {
    const end = Math.min(lastSlice + 1, run.first + run.length);
    let slice = first;
    while (slice < end && this.#mayServe(slice, run.versions[slice - run.first], run.readAt)) slice++;
    return slice - first;
  }

  async #readAndKeep(key: string, run: SlicedRun, question: SlicesQuestion): Promise<readonly SampleRows[]> {
    const begun = { ...this.#begin(run), pieces: this.#readSamples(run, question) };
    const keys = begun.versions.map((_, i) => `${key}/${run.first + i}`);
    for (const each of keys) this.#underWay.set(each, begun);
    try {
      const pieces = await begun.pieces;
      pieces.forEach((rows, i) => this.#keep(keys[i] ?? '', rows, rows, begun, i));
      return pieces;
    } finally {
      for (const each of keys) if (this.#underWay.get(each) === begun) this.#underWay.delete(each);
    }
  }

  async #readProfileRun(key: string, first: number, question: SlicesQuestion): Promise<readonly ProfileRows[]> {
    const begun = this.#begin({ first, length: question.lastSlice - first + 1 });
    const pieces = splitProfiles(await this.#readStored(begun, question, false), begun);
    pieces.forEach((rows, i) => {
      const known = `${key}/${first + i}`;
      // Somebody may have read the samples meanwhile.
      if (this.#fresh(key, first + i)?.samples === undefined) this.#keep(known, rows, undefined, begun, i);
    });
    return pieces;
  }

  /** What is written from now on may be missing from what is read. */
  #begin({ first, length }: SlicedRun): Omit<RunUnderWay, 'pieces'> {
    const versions = Array.from({ length }, (_, i) => this.#options.writes.versionOf(first + i));
    return { first, length, versions, readAt: performance.now() };
  }

  #keep(
    key: string,
    profiles: ProfileRows,
    samples: SampleRows | undefined,
    { versions, readAt }: Omit<RunUnderWay, 'pieces'>,
    i: number,
  ): void {
    this.#kept.set(key, { profiles, samples, version: versions[i] ?? 0, readAt });
  }

  async #readSamples(run: SlicedRun, question: SlicesQuestion): Promise<readonly SampleRows[]> {
    const stored = await this.#readStored(run, question, true);
    const { store, memory } = this.#options;
    const range = rangeOfSlices(run);
    const { known, places } = await memory.locate(store, question.tenant, range, stored.stackIds, question.signal);
    return splitSamples(stored, places, known, run);
  }

  async #readStored(run: SlicedRun, { tenant, seriesIds, signal }: SlicesQuestion, withStacks: boolean) {
    const { store, mostProfiles } = this.#options;
    const scope = { tenant, seriesIds, range: rangeOfSlices(run) };
    try {
      return await store.readSamples(scope, { withStacks, mostProfiles }, signal);
    } catch (error) {
      // The store does not know where its bound comes from.
      const isTooMany = error instanceof InputError && error.message.startsWith(`more than ${mostProfiles} profiles`);
      throw isTooMany ? tooManyProfiles(mostProfiles) : error;
    }
  }
}

const tooManySamples = (count: number, most: number): InputError =>
  new InputError(
    'resource_exhausted',
    `query processing would load at least ${count} samples of profiles, the limit is ${most} (--max-metric-samples): ask for a shorter range or fewer series`,
  );

const tooManyProfiles = (most: number): InputError =>
  new InputError(
    'resource_exhausted',
    `query processing would load more than ${most} profiles at once (--max-metric-profiles): ask for a shorter range or fewer series`,
  );

function keyOf({ tenant, seriesIds }: SlicesQuestion): string {
  return createHash('sha256').update(tenant).update('\0').update(seriesIds).digest('base64');
}

/** Times after the first slice's start, up to the last one's end, whose fraction of a millisecond counts to it. */
const rangeOfSlices = ({ first, length }: SlicedRun): TimeRange =>
  rangeAfter(first * sliceMillis, (first + length) * sliceMillis);
