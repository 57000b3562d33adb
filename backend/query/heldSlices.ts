/**
 * Slices of series that are kept in memory, the ones asked longest ago forgotten first.
 *
 * Shape:  a slice without profiles is kept too. One that somebody wrote into, or whose stacks were forgotten, is missing.
 * Errors: those of the store.
 */
import { LRUCache } from 'lru-cache';
import type { SampleScope, Store } from '../store/store.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';
import type { TimeRange } from '../model/time.ts';
import { bytesOfHeld, heldMillis, noRows, rangeOfHeld, splitRows } from './heldSlice.ts';
import type { HeldRows } from './heldSlice.ts';
import type { KnownStacks } from './knownStacks.ts';
import type { StackMemory } from './stackMemory.ts';

export interface HeldSlicesOptions {
  readonly store: Store;
  readonly stacks: StackMemory;
  readonly writes: WriteWatch;
  readonly budgetBytes: number;
}

export interface WantedSlices {
  readonly scope: SampleScope;
  readonly withSamples: boolean;
  /** Both belong to it. */
  readonly first: number;
  readonly last: number;
}

export interface FoundRows {
  /** Index in the scope's series. */
  readonly series: number;
  readonly rows: HeldRows;
  /** undefined: all of the slice is in the question's range. */
  readonly range: TimeRange | undefined;
}

export interface FoundSlices {
  /** Only those that have rows. */
  readonly found: readonly FoundRows[];
  /** In order. */
  readonly missing: readonly number[];
  /** What the samples' places are in. */
  readonly known: KnownStacks;
}

interface Kept {
  readonly rows: HeldRows;
  readonly version: number;
}

const watchedPerSlice = heldMillis / sliceMillis;
/** A bound for the statement; who asks has measured before. */
const profilesPerReading = 10_000_000;

export class HeldSlices {
  readonly #options: HeldSlicesOptions;
  readonly #kept: LRUCache<string, Kept>;

  constructor(options: HeldSlicesOptions) {
    this.#options = options;
    this.#kept = new LRUCache({ maxSize: options.budgetBytes, sizeCalculation: ({ rows }) => bytesOfHeld(rows) });
  }

  find({ scope, withSamples, first, last }: WantedSlices): FoundSlices {
    const known = this.#options.stacks.knownOf(scope.tenant);
    const keys = seriesKeys(scope);
    const found: FoundRows[] = [];
    const missing: number[] = [];
    for (let slice = first; slice <= last; slice++) {
      const version = this.#versionOf(slice);
      const range = slice === first || slice === last ? scope.range : undefined;
      let isWhole = true;
      for (let series = 0; isWhole && series < keys.length; series++) {
        const kept = this.#kept.get(`${slice}/${keys[series] ?? ''}`);
        if (kept?.version !== version) isWhole = false;
        else if (kept.rows.timesNanos.length > 0) {
          if (withSamples && kept.rows.samples?.known !== known.identity) isWhole = false;
          else found.push({ series, rows: kept.rows, range });
        }
      }
      if (!isWhole) missing.push(slice);
    }
    return { found, missing, known };
  }

  /** Reads the slices first .. last of all series of the scope. */
  async read({ scope, withSamples, first, last }: WantedSlices, signal: AbortSignal): Promise<void> {
    const { store, stacks } = this.#options;
    const { tenant, seriesIds } = scope;
    const range = rangeOfHeld(first, last);
    const versions = Array.from({ length: last - first + 1 }, (_, i) => this.#versionOf(first + i));
    const reading = { withStacks: withSamples, mostProfiles: profilesPerReading };
    const stored = await store.readSamples({ tenant, seriesIds, range }, reading, signal);
    const located = withSamples ? await stacks.locate(store, tenant, range, stored.stackIds, signal) : undefined;
    const rowsOf = splitRows(stored, located);
    const keys = seriesKeys(scope);
    seriesIds.forEach((id, series) => {
      versions.forEach((version, i) => {
        const rows = rowsOf.get(id)?.get(first + i) ?? noRows;
        this.#kept.set(`${first + i}/${keys[series] ?? ''}`, { rows, version });
      });
    });
  }

  /** Another number whenever somebody may have written into the slice. */
  #versionOf(slice: number): number {
    let latest = 0;
    for (let i = 0; i < watchedPerSlice; i++) {
      latest = Math.max(latest, this.#options.writes.versionOf(slice * watchedPerSlice + i));
    }
    return latest;
  }
}

const seriesKeys = ({ tenant, seriesIds }: SampleScope): readonly string[] =>
  Array.from(seriesIds, (id) => `${id.toString(36)}/${tenant}`);
