/**
 * Samples of chosen series, a point of the grid after the other, kept in memory as long as nobody writes there: alert rules
 * ask for the same quarters of a slice again and again, each for another function.
 *
 * Shape:  stacks are places in KnownStacks; a slice is read again when those were forgotten. Values are float64, exact
 *         below 2^53.
 * Units:  milliseconds since 1970, also for durations.
 * Errors: InputError resource_exhausted when a question would read more samples than it may, and the store's.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { InputError } from '../errors.ts';
import { millisOfNanos, nanosOfMillis, unixNanos } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import type { KnownStacks } from '../query/knownStacks.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { Store, StoredSamples } from '../store/store.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';

export interface ProfileRows {
  readonly count: number;
  readonly seriesIds: BigUint64Array;
  readonly timesMillis: Float64Array;
  readonly durationsMillis: Float64Array;
  readonly periods: Float64Array;
  readonly totals: Float64Array;
}

export interface SampleRows extends ProfileRows {
  /** Samples of row i are [sampleStart[i], sampleStart[i + 1]). */
  readonly sampleStart: Uint32Array;
  /** Places in `known`; -1 for a stack that the store does not know. */
  readonly places: Int32Array;
  /** All places are below it. */
  readonly placeCount: number;
  readonly values: Float64Array;
  readonly known: KnownStacks;
}

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

interface KeptSlice {
  readonly rows: SampleRows;
  readonly version: number;
  /** As performance.now() has it. */
  readonly readAt: number;
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

  constructor(options: SampleSlicesOptions) {
    this.#options = options;
    this.#kept = new LRUCache({
      maxSize: options.cacheBytes,
      ttl: keptMillis,
      sizeCalculation: ({ rows }) => 200 + 48 * rows.count + 12 * rows.places.length,
    });
  }

  /** In pieces, in the order of time. */
  async *read(question: SlicesQuestion): AsyncGenerator<SampleRows> {
    const { firstSlice, lastSlice, seriesIds } = question;
    const key = createHash('sha256').update(question.tenant).update('\0').update(seriesIds).digest('base64');
    const keeps = lastSlice - firstSlice < longestKept;
    let sampleCount = 0;
    let perProfile = samplesPerRun / firstProfilesPerRun;
    let profileCount = 0;
    for (let slice = firstSlice; slice <= lastSlice;) {
      const known = keeps ? await this.#keptRows(key, slice, question) : undefined;
      const pieces = known === undefined ? await this.#readRun(key, slice, question, perProfile, keeps) : [known];
      for (const rows of pieces) {
        sampleCount += rows.places.length;
        profileCount += rows.count;
        if (sampleCount > this.#options.mostSamples) throw tooMany(this.#options.mostSamples);
        yield rows;
        slice++;
      }
      if (profileCount > 0) perProfile = Math.max(1, sampleCount / profileCount);
    }
  }

  async #keptRows(key: string, slice: number, { tenant }: SlicesQuestion): Promise<SampleRows | undefined> {
    const kept = this.#kept.get(`${key}/${slice}`);
    if (kept === undefined) return undefined;
    const isWrittenTo = kept.version !== this.#options.writes.versionOf(slice);
    if (isWrittenTo && performance.now() - kept.readAt > this.#options.staleMillis) return undefined;
    const { known } = await this.#recall(tenant, emptyRange, new BigUint64Array(0), undefined);
    return kept.rows.known === known ? kept.rows : undefined;
  }

  /** One piece a slice. */
  async #readRun(
    key: string,
    first: number,
    question: SlicesQuestion,
    perProfile: number,
    keeps: boolean,
  ): Promise<readonly SampleRows[]> {
    const { store, writes, mostProfiles } = this.#options;
    const { tenant, seriesIds, lastSlice, signal } = question;
    const perSlice = seriesIds.length * perProfile;
    const length = Math.max(1, Math.min(lastSlice - first + 1, Math.floor(samplesPerRun / perSlice)));
    const readAt = performance.now();
    const versions = Array.from({ length }, (_, i) => writes.versionOf(first + i));
    const range = rangeOfSlices(first, first + length - 1);
    const stored = await store.readSamples({ tenant, seriesIds, range }, { withStacks: true, mostProfiles }, signal);
    const { known, places } = await this.#placesOf(tenant, range, stored.stackIds, signal);
    const pieces = splitBySlice(stored, places, known, first, length);
    if (keeps) {
      pieces.forEach((rows, i) => this.#kept.set(`${key}/${first + i}`, { rows, version: versions[i] ?? 0, readAt }));
    }
    return pieces;
  }

  async #placesOf(
    tenant: string,
    range: TimeRange,
    stackIds: BigUint64Array,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly known: KnownStacks; readonly places: Int32Array }> {
    const { known } = await this.#recall(tenant, range, new BigUint64Array(0), signal);
    const places = known.find(stackIds);
    const missing = new Set<bigint>();
    for (let i = 0; i < places.length; i++) if (places[i] === -1) missing.add(stackIds[i] ?? 0n);
    if (missing.size === 0) return { known, places };
    const after = await this.#recall(tenant, range, BigUint64Array.from(missing), signal);
    if (after.known === known) return { known, places: known.find(stackIds) };
    // Somebody let the memory overflow meanwhile: what is known now must know all.
    const all = await this.#recall(tenant, range, BigUint64Array.from(new Set(stackIds)), signal);
    return { known: all.known, places: all.known.find(stackIds) };
  }

  #recall(tenant: string, range: TimeRange, stackIds: BigUint64Array, signal: AbortSignal | undefined) {
    return this.#options.memory.recall(this.#options.store, tenant, range, stackIds, signal);
  }
}

const emptyRange: TimeRange = { start: unixNanos(0n), end: unixNanos(0n) };

const tooMany = (most: number): InputError =>
  new InputError(
    'resource_exhausted',
    `query processing would load more than ${most} samples of profiles: ask for a shorter range or fewer series`,
  );

/** Times after the first slice's start, up to the last one's end, whose fraction of a millisecond counts to it. */
export function rangeOfSlices(first: number, last: number): TimeRange {
  return rangeAfter(first * sliceMillis, (last + 1) * sliceMillis);
}

export const rangeAfter = (startMillis: number, endMillis: number): TimeRange => ({
  start: nanosOfMillis(startMillis + 1),
  end: unixNanos(nanosOfMillis(endMillis + 1) - 1n),
});

export function profileRows(stored: StoredSamples): ProfileRows {
  const { seriesIds, timesNanos, durationsNanos, periods, totals } = stored;
  return {
    count: seriesIds.length,
    seriesIds,
    // Exact, as points are told by whole milliseconds: nanoseconds as float64 are not.
    timesMillis: Float64Array.from(timesNanos, (time) => millisOfNanos(unixNanos(time))),
    durationsMillis: floatsOf(durationsNanos, 1e-6),
    periods: floatsOf(periods, 1),
    totals: floatsOf(totals, 1),
  };
}

/** Without a BigInt for each. */
function floatsOf(column: BigInt64Array, factor: number): Float64Array {
  const low = new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
  const high = new Int32Array(column.buffer, column.byteOffset, 2 * column.length);
  const floats = new Float64Array(column.length);
  for (let i = 0; i < floats.length; i++) {
    floats[i] = ((high[2 * i + 1] ?? 0) * 0x1_0000_0000 + (low[2 * i] ?? 0)) * factor;
  }
  return floats;
}

function splitBySlice(
  stored: StoredSamples,
  places: Int32Array,
  known: KnownStacks,
  first: number,
  length: number,
): readonly SampleRows[] {
  const rowsOf = Array.from({ length }, (): number[] => []);
  const whole = profileRows(stored);
  whole.timesMillis.forEach((time, row) => rowsOf[Math.ceil(time / sliceMillis) - 1 - first]?.push(row));
  const values = floatsOf(stored.values, 1);
  return rowsOf.map((rows) => pick(rows, whole, stored.sampleStart, places, values, known));
}

function pick(
  rows: readonly number[],
  whole: ProfileRows,
  starts: Uint32Array,
  places: Int32Array,
  values: Float64Array,
  known: KnownStacks,
): SampleRows {
  const sampleStart = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    sampleStart[i + 1] = (sampleStart[i] ?? 0) + (starts[row + 1] ?? 0) - (starts[row] ?? 0);
  });
  const chosen = {
    placeCount: known.tree().leaf.length,
    count: rows.length,
    seriesIds: BigUint64Array.from(rows, (row) => whole.seriesIds[row] ?? 0n),
    timesMillis: Float64Array.from(rows, (row) => whole.timesMillis[row] ?? 0),
    durationsMillis: Float64Array.from(rows, (row) => whole.durationsMillis[row] ?? 0),
    periods: Float64Array.from(rows, (row) => whole.periods[row] ?? 0),
    totals: Float64Array.from(rows, (row) => whole.totals[row] ?? 0),
    sampleStart,
    places: new Int32Array(sampleStart[rows.length] ?? 0),
    values: new Float64Array(sampleStart[rows.length] ?? 0),
    known,
  };
  rows.forEach((row, i) => {
    chosen.places.set(places.subarray(starts[row], starts[row + 1]), sampleStart[i]);
    chosen.values.set(values.subarray(starts[row], starts[row + 1]), sampleStart[i]);
  });
  return chosen;
}
