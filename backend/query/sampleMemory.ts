/**
 * Answers from samples in memory what was asked before, as dashboards do, so that only the newest minutes are read from
 * the store: an hour of 20 pods takes the engine 33 ms, and the sums here 6.
 *
 * Shape:  an answer is what the store would say; undefined: ask the store. Slices of time that profiles still come into
 *         are always the store's.
 * Errors: those of the store.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { floatsOf, int64OfFloats } from '../model/int64Column.ts';
import type { TimeRange } from '../model/time.ts';
import { joinTotals } from '../store/joinTotals.ts';
import type { SampleScope, TimeGrid, TotalSums } from '../store/store.ts';
import { addSamples, heldMillis, heldSliceOf, PointTotals, rangeOfHeld } from './heldSlice.ts';
import { HeldSlices } from './heldSlices.ts';
import type { FoundRows, FoundSlices, HeldSlicesOptions, WantedSlices } from './heldSlices.ts';
import type { KnownStacks } from './knownStacks.ts';
import type { RecalledStacks } from './stackMemory.ts';

export interface SampleMemoryOptions extends HeldSlicesOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Fires when nobody will ask any more. */
  readonly closing: AbortSignal;
}

export interface HeldSums {
  readonly stacks: RecalledStacks;
  /** By stack; each is there once. */
  readonly values: BigInt64Array;
}

interface Wanted extends WantedSlices {
  /** What comes behind the slices and is the store's; undefined: nothing. */
  readonly tail: TimeRange | undefined;
}

/** Profiles come so late: an interval of the agent and a retry. */
const quietMillis = 60_000;
/** To look up more costs more than to ask. */
const mostSlices = 50_000;
const mostCells = 1_000_000;
const samplesPerReading = 1_000_000;
const bytesPerSample = 12;
const mostScopes = 1_000;
const askedMillis = 600_000;
const exactBelow = 2 ** 53;

export class SampleMemory {
  readonly #options: SampleMemoryOptions;
  readonly #held: HeldSlices;
  /** What was asked of late, and how many of its slices were too many to read. */
  readonly #asked = new LRUCache<string, number>({ max: mostScopes, ttl: askedMillis });
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: SampleMemoryOptions) {
    this.#options = options;
    this.#held = new HeldSlices(options);
  }

  async sumStacks(scope: SampleScope, signal?: AbortSignal): Promise<HeldSums | undefined> {
    const wanted = this.#wanted(scope, true);
    const held = wanted && (await this.#find(wanted, signal));
    if (wanted === undefined || held === undefined) return undefined;
    const { found, known } = held;
    const tail = wanted.tail && (await this.#sumTail({ ...scope, range: wanted.tail }, signal));
    // While the tail was read the stacks may have been forgotten.
    if (tail !== undefined && tail.stacks.known !== known) return undefined;
    const sums = new Float64Array(known.tree().leaf.length);
    const magnitude = addTail(sums, tail) + addFound(sums, found);
    return magnitude < exactBelow ? sumsOf(known, sums) : undefined;
  }

  /** Rows of one series and point may be two. */
  async sumTotals(scope: SampleScope, grid: TimeGrid, signal?: AbortSignal): Promise<TotalSums | undefined> {
    if (scope.seriesIds.length * grid.pointCount > mostCells) return undefined;
    const wanted = this.#wanted(scope, false);
    const held = wanted && (await this.#find(wanted, signal));
    if (wanted === undefined || held === undefined) return undefined;
    const { tail } = wanted;
    const sums = new Map<number, PointTotals>();
    for (const { series, rows, range } of held.found) {
      const ofSeries = sums.get(series) ?? new PointTotals(grid);
      sums.set(series, ofSeries);
      ofSeries.add(rows, range);
    }
    const closed = totalsOf(scope, sums);
    if (tail === undefined) return closed;
    return joinTotals([closed, await this.#options.store.sumTotals({ ...scope, range: tail }, grid, signal)]);
  }

  /** When nothing is being read in the background any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #wanted(scope: SampleScope, withSamples: boolean): Wanted | undefined {
    const { seriesIds, range, profileIds, spanIds, traceIds, stackIds, profileShare } = scope;
    if ((profileIds ?? spanIds ?? traceIds ?? stackIds ?? profileShare) !== undefined) return undefined;
    const first = heldSliceOf(range.start);
    const end = heldSliceOf(range.end);
    const last = Math.min(end, Math.floor((this.#options.now() - quietMillis) / heldMillis) - 1);
    if (last < first || (last - first + 1) * seriesIds.length > mostSlices) return undefined;
    const tail = end > last ? { start: rangeOfHeld(last + 1, end).start, end: range.end } : undefined;
    return { scope, withSamples, first, last, tail };
  }

  /** Reads what is missing when it was asked before: now when it is little, in the background when it is not. */
  async #find(wanted: Wanted, signal: AbortSignal | undefined): Promise<FoundSlices | undefined> {
    const held = this.#held.find(wanted);
    const { missing } = held;
    if (missing.length === 0) return held;
    const key = keyOf(wanted);
    const before = this.#asked.get(key);
    this.#asked.set(key, before ?? Infinity);
    if (before === undefined || missing.length >= before || this.#underWay.has(key)) return undefined;
    const perSlice = await this.#samplesPerSlice(wanted, missing, signal);
    if (perSlice * bytesPerSample * missing.length > this.#options.budgetBytes / 2) {
      this.#asked.set(key, missing.length);
      return undefined;
    }
    const runs = runsOf(missing, Math.max(1, Math.floor(samplesPerReading / Math.max(1, perSlice))));
    const [only] = runs;
    if (only !== undefined && runs.length === 1) {
      if (!(await this.#readNow(key, { ...wanted, ...only }, signal))) return undefined;
      const read = this.#held.find(wanted);
      return read.missing.length === 0 ? read : undefined;
    }
    if (this.#underWay.size === 0) this.#readInBackground(key, wanted, runs);
    return undefined;
  }

  async #samplesPerSlice(
    { scope, withSamples }: Wanted,
    missing: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const range = rangeOfHeld(missing[0] ?? 0, missing.at(-1) ?? 0);
    const { profileCount, sampleCount } = await this.#options.store.measure({ ...scope, range }, signal);
    // A profile without its samples takes the room of three.
    return ((withSamples ? sampleCount : 0) + 3 * profileCount) / missing.length;
  }

  async #readNow(key: string, wanted: Wanted, signal: AbortSignal = this.#options.closing): Promise<boolean> {
    try {
      await this.#held.read(wanted, signal);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      // One by one may be more than the engine hands out, where it has room for sums.
      this.#asked.set(key, wanted.last - wanted.first + 1);
      return false;
    }
  }

  #readInBackground(key: string, wanted: Wanted, runs: readonly Run[]): void {
    const read = async (): Promise<void> => {
      for (const run of runs) await this.#held.read({ ...wanted, ...run }, this.#options.closing);
    };
    // Who asks next asks the store, and is told by it what is wrong.
    const done = read()
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, done);
  }

  async #sumTail(scope: SampleScope, signal: AbortSignal | undefined): Promise<HeldSums> {
    const { store, stacks } = this.#options;
    const { stackIds, values } = await store.sumStacks(scope, signal);
    return { stacks: await stacks.recall(store, scope.tenant, scope.range, stackIds, signal), values };
  }
}

const keyOf = ({ scope, withSamples }: Wanted): string =>
  createHash('sha256')
    .update(`${String(withSamples)}/${scope.tenant}/`)
    .update(scope.seriesIds)
    .digest('base64');

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Slices that follow each other, so many at a time. */
function runsOf(slices: readonly number[], most: number): readonly Run[] {
  const runs: Run[] = [];
  for (const slice of slices) {
    const run = runs.at(-1);
    if (run !== undefined && slice === run.last + 1 && slice - run.first < most) {
      runs[runs.length - 1] = { first: run.first, last: slice };
    } else runs.push({ first: slice, last: slice });
  }
  return runs;
}

/** The sum of the values' magnitudes: beyond 2^53 the sums may be off. */
function addFound(sums: Float64Array, found: readonly FoundRows[]): number {
  let magnitude = 0;
  for (const { rows, range } of found) {
    magnitude += rows.samples?.magnitude ?? 0;
    addSamples(sums, rows, range);
  }
  return magnitude;
}

function addTail(sums: Float64Array, tail: HeldSums | undefined): number {
  if (tail === undefined) return 0;
  let magnitude = 0;
  floatsOf(tail.values).forEach((value, i) => {
    const place = tail.stacks.places[i] ?? -1;
    magnitude += place < 0 ? Infinity : Math.abs(value);
    sums[place] = (sums[place] ?? 0) + value;
  });
  return magnitude;
}

function sumsOf(known: KnownStacks, sums: Float64Array): HeldSums {
  let count = 0;
  for (const sum of sums) if (sum !== 0) count++;
  const places = new Int32Array(count);
  const values = new Float64Array(count);
  let at = 0;
  for (let place = 0; place < sums.length; place++) {
    if (sums[place] === 0) continue;
    places[at] = place;
    values[at++] = sums[place] ?? 0;
  }
  return { stacks: { known, places }, values: int64OfFloats(values) };
}

function totalsOf({ seriesIds }: SampleScope, bySeries: ReadonlyMap<number, PointTotals>): TotalSums {
  let count = 0;
  for (const { counts } of bySeries.values()) for (const one of counts) if (one > 0) count++;
  const sums = {
    seriesIds: new BigUint64Array(count),
    points: new Uint32Array(count),
    totals: new BigInt64Array(count),
    profileCounts: new Uint32Array(count),
  };
  let at = 0;
  for (const [series, { totals, counts }] of bySeries) {
    const id = seriesIds[series] ?? 0n;
    for (let point = 0; point < counts.length; point++) {
      if (counts[point] === 0) continue;
      sums.seriesIds[at] = id;
      sums.points[at] = point;
      sums.totals[at] = totals[point] ?? 0n;
      sums.profileCounts[at++] = counts[point] ?? 0;
    }
  }
  return sums;
}
