/** The profile types of a time range, asked for when the editor opens and when the range moves by a minute or more. */
import type { TimeRange } from '@grafana/data';
import type { Catalog } from '../data/catalog.ts';
import type { Loading } from './useLoaded.ts';
import { useLoaded } from './useLoaded.ts';

export const minuteOf = (time: { valueOf(): number } | undefined): number =>
  Math.floor((time?.valueOf() ?? 0) / 60_000);

export const useProfileTypeIds = (catalog: Catalog, range: TimeRange | undefined): Loading<readonly string[]> =>
  useLoaded(() => catalog.profileTypeIds(range), [catalog, minuteOf(range?.from), minuteOf(range?.to)]);
