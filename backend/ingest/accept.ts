/**
 * The one way into the store, whatever the wire format was: check, normalise, split by labels, hash, commit.
 *
 * Errors: InputError invalid_argument for a profile that may not come in; the store's own when it could not be committed.
 *         A profile of which nothing is left to keep is taken and forgotten, as Pyroscope does.
 * Source: reference pyroscope-api 3.3-3.8.
 */
import { randomUUID } from 'node:crypto';
import type { DiscardReason } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Label } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { ProfileRecord } from '../model/record.ts';
import { dayOfNanos } from '../model/time.ts';
import type { UnixNanos } from '../model/time.ts';
import { parseUuid } from '../model/uuid.ts';
import type { Store } from '../store/store.ts';
import { checkProfile } from './checkProfile.ts';
import { missingRows } from './dictionaryRows.ts';
import { createGoFix } from './fixGoProfile.ts';
import { KnownIds } from './knownIds.ts';
import { mergeSamples } from './mergeSamples.ts';
import type { MergedSamples } from './mergeSamples.ts';
import { groupSamples } from './sampleLabels.ts';
import type { SampleGroups } from './sampleLabels.ts';
import { seriesLabelsOf, withTypeLabels } from './seriesLabels.ts';
import { StackHasher, tableIdsOf } from './stackHasher.ts';
import type { TableIds } from './stackHasher.ts';

export interface Ingest {
  /** Resolves when the profile is committed and synced. */
  accept(pushed: PushedProfile): Promise<void>;
}

export interface PushedProfile {
  readonly tenant: string;
  /** As the sender gave them. */
  readonly labels: readonly Label[];
  readonly profile: Profile;
  /** Size after gzip, for the limit. */
  readonly rawBytes: number;
}

export interface IngestOptions {
  readonly store: Pick<Store, 'hashKey' | 'write'>;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of what is dropped out of profiles that are kept. */
  readonly onDiscard: (reason: DiscardReason, samples: number, bytes: number) => void;
}

export function createIngest({ store, limits, now, onDiscard }: IngestOptions): Ingest {
  const known = new KnownIds();
  const fixGo = createGoFix(store.hashKey);
  /** By table of locations: profiles of one request may share it, and its functions with it. */
  const hashed = new WeakMap<object, TableIds>();
  return {
    accept: async ({ tenant, labels, profile: pushed, rawBytes }) => {
      const series = seriesLabelsOf(labels, limits);
      const timeNanos = checkProfile(series, pushed, rawBytes, now(), limits);
      const profile = fixGo(pushed, series);
      const groups = groupSamples(profile, series, limits, (reason, samples) => onDiscard(reason, samples, 0));
      const { stacks } = profile;
      const ids = hashed.get(stacks.locations) ?? tableIdsOf(stacks);
      hashed.set(stacks.locations, ids);
      const hasher = new StackHasher(stacks, ids, store.hashKey, limits);
      const merged = mergeSamples(profile, groups, hasher);
      if (merged.negativeSamples > 0) onDiscard('negative_value', merged.negativeSamples, 0);
      if (merged.stackIds.count === 0) return;
      const day = dayOfNanos(timeNanos);
      const missing = missingRows(stacks, hasher, day, merged, (low, high) => known.has(tenant, day, low, high));
      await store.write({ tenant, records: recordsOf(profile, timeNanos, groups, merged), dictionary: [missing.rows] });
      known.add(tenant, day, missing.ids);
    },
  };
}

/** One for each group of labels and sample type. */
function recordsOf(
  profile: Profile,
  timeNanos: UnixNanos,
  groups: SampleGroups,
  merged: MergedSamples,
): readonly ProfileRecord[] {
  const { sampleTypes, periodType, period, durationNanos } = profile;
  const profileId = parseUuid(randomUUID());
  const records: ProfileRecord[] = [];
  groups.labels.forEach((groupLabels, group) => {
    const rows = merged.rowsOfGroup[group] ?? [];
    if (rows.length === 0) return;
    sampleTypes.forEach((valueType, type) => {
      const { labels, profileType } = withTypeLabels(groupLabels, valueType, periodType);
      const samples = samplesOf(rows, type, sampleTypes.length, groups, merged);
      // Exceptions of a .NET program that throws none: no profile type of its own.
      if (samples.stackIds.length === 0) return;
      records.push({ labels, profileType, timeNanos, durationNanos, period, profileId, ...samples });
    });
  });
  return records;
}

type RecordSamples = Pick<ProfileRecord, 'stackIds' | 'values' | 'spanIds' | 'traceIds'>;

/** Rows whose value of this type is 0 say nothing about it. */
function samplesOf(
  rows: readonly number[],
  type: number,
  typeCount: number,
  groups: SampleGroups,
  { stackIds, stackOfRow, spanOfRow, traceOfRow, values }: MergedSamples,
): RecordSamples {
  const kept = rows.filter((row) => values[row * typeCount + type] !== 0n);
  const ids = new BigUint64Array(kept.length);
  const words = new Uint32Array(ids.buffer);
  const sums = new BigInt64Array(kept.length);
  kept.forEach((row, at) => {
    const stack = stackOfRow[row] ?? 0;
    words[2 * at] = stackIds.low(stack);
    words[2 * at + 1] = stackIds.high(stack);
    sums[at] = values[row * typeCount + type] ?? 0n;
  });
  const hasSpans = kept.some((row) => spanOfRow[row] !== 0);
  const traceIds = new Uint8Array(kept.some((row) => traceOfRow[row] !== 0) ? 16 * kept.length : 0);
  if (traceIds.length > 0) {
    kept.forEach((row, at) => traceIds.set(groups.traces[traceOfRow[row] ?? 0] ?? [], 16 * at));
  }
  return {
    stackIds: ids,
    values: sums,
    spanIds: hasSpans
      ? BigUint64Array.from(kept, (row) => groups.spans[spanOfRow[row] ?? 0] ?? 0n)
      : new BigUint64Array(0),
    traceIds,
  };
}
