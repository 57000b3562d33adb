/** The questions of a page about one selection. */
import type { DataFrame } from '@grafana/data';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { answerQuery } from '../../datasource/data/answerQuery.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import { defaultPrometheusPath } from '../../datasource/data/profileQuery.ts';
import { metricUnit } from '../../datasource/data/profileTypeUnits.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { selectSeriesBody } from '../../datasource/data/requests.ts';
import { stepsOf } from '../../page/overTime.ts';
import type { Server } from '../useServer.ts';
import type { ChartLine } from './chartLayout.ts';
import type { PageState } from './pageAddress.ts';

export interface OverTime {
  readonly lines: readonly ChartLine[];
  readonly stepMillis: number;
}

export const queryOf = (
  { uid }: Server,
  { profileTypeId, labelSelector, traceIds, spanIds, profileIds }: PageState,
): ProfileQuery => ({
  refId: 'A',
  datasource: { type: 'pyrolens-profiles-datasource', uid },
  queryType: 'profile',
  profileTypeId,
  labelSelector,
  groupBy: [],
  traceIdSelector: [...traceIds],
  spanSelector: [...spanIds],
  profileIdSelector: [...profileIds],
});

/** Steps begin at multiples of themselves, so that a refresh moves no point. */
export function askOverTime({ client }: Server, query: ProfileQuery, range: MillisRange): Observable<OverTime> {
  const { stepMillis, ...steps } = stepsOf(range);
  const scale = metricUnit(query.profileTypeId).factor(stepMillis / 1_000);
  return client.selectSeries(selectSeriesBody(query, steps, stepMillis / 1_000)).pipe(
    map(({ series = [] }) => ({
      stepMillis,
      lines: series.map(({ points = [] }) => ({
        name: query.labelSelector,
        points: points
          .map(({ timestamp = '0', value = 0 }) => ({ timeMillis: Number(timestamp), value: Number(value) * scale }))
          // A step that is not over yet would look like a fall.
          .filter(({ timeMillis }) => timeMillis <= Math.min(range.endMillis, Date.now())),
      })),
    })),
  );
}

export function askFrames(
  { client, uid, name }: Server,
  query: ProfileQuery,
  range: MillisRange,
): Observable<readonly DataFrame[]> {
  const { stepMillis } = stepsOf(range);
  return answerQuery(query, {
    client,
    range,
    stepSeconds: stepMillis / 1_000,
    prometheusPath: defaultPrometheusPath,
    target: { uid, name },
  });
}
