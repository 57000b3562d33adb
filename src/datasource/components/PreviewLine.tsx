/** What the selector finds, before anybody looks at a graph: "4 pods, 240 profiles, last seen 12 s ago". */
import type { TimeRange } from '@grafana/data';
import { Text } from '@grafana/ui';
import { EMPTY } from 'rxjs';
import { describePreview } from '../data/preview.ts';
import type { ProfileQuery } from '../data/profileQuery.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { shownValue, useLoaded } from './useLoaded.ts';
import { minuteOf } from './useProfileTypeIds.ts';

interface Props {
  readonly datasource: PyrolensDataSource;
  readonly query: ProfileQuery;
  readonly range: TimeRange | undefined;
}

export function PreviewLine({ datasource, query, range }: Props) {
  const { profileTypeId, labelSelector } = query;
  const preview = useLoaded(
    () => (profileTypeId === '' || range === undefined ? EMPTY : datasource.preview(query, range)),
    [datasource, profileTypeId, labelSelector, minuteOf(range?.from), minuteOf(range?.to)],
  );
  const found = shownValue(preview);
  // A preview that fails says nothing: the query itself will say why.
  if (found === undefined) return null;
  return (
    <div role="status" aria-label="Preview" style={{ paddingBottom: 4 }}>
      <Text variant="bodySmall" color="secondary">
        {describePreview(found, Date.now())}
      </Text>
    </div>
  );
}
