/** Rows of several answers behind each other; nothing is added up. */
import type { TotalSums } from './store.ts';

export const joinTotals = (parts: readonly TotalSums[]): TotalSums => ({
  seriesIds: BigUint64Array.from(parts.flatMap((part) => [...part.seriesIds])),
  points: Uint32Array.from(parts.flatMap((part) => [...part.points])),
  totals: BigInt64Array.from(parts.flatMap((part) => [...part.totals])),
  profileCounts: Uint32Array.from(parts.flatMap((part) => [...part.profileCounts])),
});
