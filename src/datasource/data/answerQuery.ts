/** One query, its variables already replaced, becomes the data frames that answer it. */
import type { DataFrame } from '@grafana/data';
import type { Observable } from 'rxjs';
import { forkJoin, map } from 'rxjs';
import { flameGraphFrame, seriesFrames } from './frames.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { selectSeriesBody, stacktracesBody } from './requests.ts';

export function answerQuery(
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
  stepSeconds: number,
): Observable<readonly DataFrame[]> {
  switch (query.queryType) {
    case 'metrics':
      return metricsOf(client, query, range, stepSeconds);
    case 'profile':
      return flameGraphOf(client, query, range);
    case 'both':
      return forkJoin([metricsOf(client, query, range, stepSeconds), flameGraphOf(client, query, range)]).pipe(
        map((frames) => frames.flat()),
      );
  }
}

function metricsOf(
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
  stepSeconds: number,
): Observable<readonly DataFrame[]> {
  return client
    .selectSeries(selectSeriesBody(query, range, stepSeconds))
    .pipe(map(({ series = [] }) => seriesFrames(query.refId, query.profileTypeId, stepSeconds, series)));
}

/** No frame when there is nothing: panels then say so, where a lone root bar would look like an answer. */
function flameGraphOf(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<readonly DataFrame[]> {
  return client.selectMergeStacktraces(stacktracesBody(query, range)).pipe(
    map(({ flamegraph }) => {
      if (flamegraph === undefined || Number(flamegraph.total ?? 0) === 0) return [];
      return [flameGraphFrame(query.refId, query.profileTypeId, flamegraph)];
    }),
  );
}
