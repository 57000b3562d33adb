/** The page's time range; it moves when the address changes or somebody refreshes, not with every drawing. */
import type { TimeRange } from '@grafana/data';
import { useMemo, useState } from 'react';
import { millisOf } from '../datasource/data/catalog.ts';
import type { MillisRange } from '../datasource/data/requests.ts';
import type { PageState } from './data/pageAddress.ts';
import { timeRangeOf } from './data/timeRange.ts';

export interface PageRange {
  readonly range: TimeRange;
  readonly millis: MillisRange;
  readonly refresh: () => void;
}

export function useRange({ from, to }: Pick<PageState, 'from' | 'to'>): PageRange {
  const [count, setCount] = useState(0);
  const range = useMemo(() => timeRangeOf({ from, to }), [from, to, count]);
  const millis = useMemo(() => millisOf(range), [range]);
  return { range, millis, refresh: () => setCount(count + 1) };
}
