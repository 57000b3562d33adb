/**
 * Notices which slices of time profiles are written into, so that what was read of one may be kept until then.
 *
 * Shape:  slice k holds the times (k, k + 1] * 15 s in whole milliseconds, as the points of the metrics' grid do.
 */
import { millisOfNanos } from '../model/time.ts';
import type { UnixNanos } from '../model/time.ts';
import type { Store } from './store.ts';

export const sliceMillis = 15_000;
/** A week of them; older versions are forgotten together. */
const mostSlices = 40_320;

export const sliceOf = (timeNanos: UnixNanos): number => Math.ceil(millisOfNanos(timeNanos) / sliceMillis) - 1;

export interface WriteWatch {
  /** Another number whenever a profile of the slice may have been written since. */
  readonly versionOf: (slice: number) => number;
}

export type WritableStore = Pick<Store, 'hashKey' | 'write'>;

export interface WatchedStore {
  readonly store: WritableStore;
  readonly writes: WriteWatch;
}

/** Writes must go through the store that is returned. */
export function watchWrites(store: WritableStore): WatchedStore {
  const versions = new Map<number, number>();
  let latest = 0;
  let forgotten = 0;
  const note = (slices: ReadonlySet<number>): void => {
    latest++;
    for (const slice of slices) versions.set(slice, latest);
    if (versions.size <= mostSlices) return;
    versions.clear();
    forgotten = latest;
  };
  const write: Store['write'] = async (batch) => {
    const slices = new Set(batch.records.map(({ timeNanos }) => sliceOf(timeNanos)));
    try {
      await store.write(batch);
    } finally {
      // Also when it failed: rows of a failed commit may have been seen.
      note(slices);
    }
  };
  return {
    store: { hashKey: store.hashKey, write },
    writes: { versionOf: (slice) => versions.get(slice) ?? forgotten },
  };
}
