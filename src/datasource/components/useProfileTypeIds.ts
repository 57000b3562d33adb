/** The profile types of a time range, asked for when the editor opens and when the range moves by a minute or more. */
import type { TimeRange } from '@grafana/data';
import { useEffect, useState } from 'react';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';

export type ProfileTypeIds =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly ids: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

const minuteOf = (time: { valueOf(): number } | undefined): number => Math.floor((time?.valueOf() ?? 0) / 60_000);

export function useProfileTypeIds(datasource: PyrolensDataSource, range: TimeRange | undefined): ProfileTypeIds {
  const [types, setTypes] = useState<ProfileTypeIds>({ kind: 'loading' });
  useEffect(() => {
    let isCurrent = true;
    datasource
      .profileTypeIds(range)
      .then(
        (ids): ProfileTypeIds => ({ kind: 'loaded', ids }),
        (error: unknown): ProfileTypeIds => ({
          kind: 'failed',
          message: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((answer) => {
        if (isCurrent) setTypes(answer);
      })
      // Both outcomes are handled above.
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [datasource, minuteOf(range?.from), minuteOf(range?.to)]);
  return types;
}
