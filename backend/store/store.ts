/**
 * What a store can do. Two implementations: ClickHouse (embedded or a cluster) and the plain one in memory; storeContract
 * holds both to the same behaviour.
 *
 * Errors: InputError 'unavailable' when the engine refuses for now, 'canceled' when the signal fires. A rejected write()
 *         has stored nothing that a reader can see, and may be tried again.
 */
import type { WriteBatch } from '../model/record.ts';
import type { StackTable } from '../model/stackTable.ts';
import type { TimeRange } from '../model/time.ts';
import type { Catalog } from './catalog.ts';

/** Which samples a question is about. */
export interface SampleScope {
  readonly tenant: string;
  readonly seriesIds: BigUint64Array;
  readonly range: TimeRange;
  /** When given, only these pushed profiles (16 bytes each). */
  readonly profileIds?: readonly Uint8Array[];
  /** When given, only samples of these spans. */
  readonly spanIds?: BigUint64Array;
  /** When given, only samples of these traces (16 bytes each). */
  readonly traceIds?: readonly Uint8Array[];
  /** When given, only samples of these stacks. */
  readonly stackIds?: BigUint64Array;
  /** When given, only about this share of the pushed profiles, as profileSample.ts chooses them. */
  readonly profileShare?: number;
}

/** Sum per stack: the raw material of flame graphs and merged profiles. */
export interface StackSums {
  readonly stackIds: BigUint64Array;
  readonly values: BigInt64Array;
}

/** Sums of random groups of profiles, each as likely: rows of the same stack and group are to be added; order free. */
export interface GroupedSums {
  readonly stackIds: BigUint64Array;
  readonly groups: Uint32Array;
  readonly values: BigInt64Array;
}

/**
 * Points at gridStartMillis + k * stepMillis for k = 0 .. pointCount - 1. A profile belongs to the first point at or after
 * its time (in ms, fractions cut off); those before the first point belong to it too, those after the last to none.
 */
export interface TimeGrid {
  readonly startMillis: number;
  readonly stepMillis: number;
  readonly pointCount: number;
}

/** One row per series and point that has profiles; order free. */
export interface TotalSums {
  readonly seriesIds: BigUint64Array;
  readonly points: Uint32Array;
  readonly totals: BigInt64Array;
  readonly profileCounts: Uint32Array;
}

/** One row per stored record in scope: its total, for exemplars and heatmaps; order free. */
export interface ProfileTotals {
  readonly seriesIds: BigUint64Array;
  readonly timesNanos: BigInt64Array;
  readonly totals: BigInt64Array;
  /** 16 bytes each. */
  readonly profileIds: Uint8Array;
}

/** One row per record in scope and span in it, the samples without a span left out; order free. */
export interface SpanTotals extends ProfileTotals {
  readonly spanIds: BigUint64Array;
  /** 16 bytes each; all zero: no trace. */
  readonly traceIds: Uint8Array;
}

/** How much there is to read for a question. */
export interface ScopeSize {
  readonly profileCount: number;
  readonly sampleCount: number;
  /** Of samples as they are read: ids, values, spans and traces. */
  readonly sampleBytes: number;
}

/** One row per record in scope, nothing added up; order free. */
export interface StoredSamples {
  readonly seriesIds: BigUint64Array;
  readonly timesNanos: BigInt64Array;
  readonly durationsNanos: BigInt64Array;
  readonly periods: BigInt64Array;
  readonly totals: BigInt64Array;
  /** Samples of row i are [sampleStart[i], sampleStart[i + 1]); none when they were not asked for. */
  readonly sampleStart: Uint32Array;
  readonly stackIds: BigUint64Array;
  readonly values: BigInt64Array;
}

export interface SampleReading {
  readonly withStacks: boolean;
  /** More are refused: InputError 'resource_exhausted'. */
  readonly mostProfiles: number;
}

export interface NamedFrameType {
  readonly name: string;
  readonly type: string;
}

export const noSamples: StoredSamples = {
  seriesIds: new BigUint64Array(0),
  timesNanos: new BigInt64Array(0),
  durationsNanos: new BigInt64Array(0),
  periods: new BigInt64Array(0),
  totals: new BigInt64Array(0),
  sampleStart: new Uint32Array(1),
  stackIds: new BigUint64Array(0),
  values: new BigInt64Array(0),
};

export interface Store {
  /** Which series there are and when they had profiles; kept in memory by the store itself. */
  readonly catalog: Catalog;
  /** 8 bytes, made at random when the store was made: the key of all content hashes. */
  readonly hashKey: Uint8Array;
  /** Resolves when the rows survive a power cut: dictionary first, then series, then profiles. */
  write(batch: WriteBatch): Promise<void>;
  sumStacks(scope: SampleScope, signal?: AbortSignal): Promise<StackSums>;
  sumGroups(scope: SampleScope, groupCount: number, signal?: AbortSignal): Promise<GroupedSums>;
  sumTotals(scope: SampleScope, grid: TimeGrid, signal?: AbortSignal): Promise<TotalSums>;
  /** The oldest `limit` records. */
  profileTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<ProfileTotals>;
  /** The oldest `limit` rows. */
  spanTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<SpanTotals>;
  /** About how many samples, or sums of such, sumStacks would read. */
  readingCost(scope: SampleScope, signal?: AbortSignal): Promise<number>;
  measure(scope: SampleScope, signal?: AbortSignal): Promise<ScopeSize>;
  readSamples(scope: SampleScope, reading: SampleReading, signal?: AbortSignal): Promise<StoredSamples>;
  /** Stack i of the answer is stackIds[i]; an id that no day of the range knows has no locations. */
  readStacks(tenant: string, range: TimeRange, stackIds: BigUint64Array, signal?: AbortSignal): Promise<StackTable>;
  /** How the days of the range type functions of these names: a name and one of frameTypeNames, each pair once. */
  frameTypes(
    tenant: string,
    range: TimeRange,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly NamedFrameType[]>;
  /** A real write and a real read; rejects with what is wrong. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
