/** What Explore and Compare are about: the page's time range, and the query of its selection, the same object until it changes. */
import { useMemo } from 'react';
import type { ProfileQuery } from '../datasource/data/profileQuery.ts';
import { queryOf } from './data/selection.ts';
import type { PageState } from './data/pageAddress.ts';
import type { PageRange } from './useRange.ts';
import { useRange } from './useRange.ts';
import type { Server } from './useServer.ts';

export interface Selection extends PageRange {
  readonly query: ProfileQuery;
}

export function useSelection(server: Server, state: PageState): Selection {
  const range = useRange(state);
  const { profileTypeId, labelSelector, traceIds, spanIds, profileIds } = state;
  const idsKey = [...traceIds, ...spanIds, ...profileIds].join();
  const query = useMemo(() => queryOf(server, state), [server, idsKey, profileTypeId, labelSelector]);
  return { ...range, query };
}
