/**
 * The line below the editor: "4 pods, 240 profiles, last seen 12 s ago".
 *
 * Errors: parts that a server cannot tell are left out.
 */
import type { Observable } from 'rxjs';
import { catchError, forkJoin, map } from 'rxjs';
import { spanText } from './explainEmpty.ts';
import { askPods, countedProfiles, distinctValues } from './graphSources.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import { isUnknownQuestion } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { heatmapBody, rangeBody, selectSeriesBody } from './requests.ts';

const mostSlots = 60;
const leastStepSeconds = 15;

export interface Preview {
  readonly pods: number;
  readonly services: number;
  /** undefined: the server does not count them. */
  readonly profiles: number | undefined;
  /** To a slot's length. */
  readonly lastSeenMillis: number | undefined;
}

export function askPreview(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<Preview> {
  const step = Math.max(leastStepSeconds, (range.endMillis - range.startMillis) / 1_000 / mostSlots);
  const whole: ProfileQuery = { ...query, groupBy: [], exemplarsOf: 'profiles' };
  const type = `{__profile_type__=${JSON.stringify(query.profileTypeId)}}`;
  const catalog = { ...rangeBody(range), matchers: [query.labelSelector, type], labelNames: ['service_name'] };
  const counts = client.selectHeatmap(heatmapBody(whole, range, step)).pipe(
    map(({ series = [] }): Pick<Preview, 'profiles' | 'lastSeenMillis'> => {
      const slots = series.flatMap(({ slots: each = [] }) => each);
      return { profiles: countedProfiles(series, range), lastSeenMillis: latest(slots) };
    }),
    catchError((error: unknown) => {
      if (!isUnknownQuestion(error)) throw error;
      return client
        .selectSeries(selectSeriesBody(whole, range, step))
        .pipe(
          map(({ series = [] }) => ({
            profiles: undefined,
            lastSeenMillis: latest(series.flatMap(({ points = [] }) => points)),
          })),
        );
    }),
  );
  return forkJoin([client.series(catalog), askPods(client, query, range), counts]).pipe(
    map(([{ labelsSet = [] }, pods, counted]) => ({
      pods,
      services: distinctValues(labelsSet, 'service_name'),
      ...counted,
    })),
  );
}

const latest = (timed: readonly { readonly timestamp?: string }[]): number | undefined => {
  const times = timed.map(({ timestamp = '0' }) => Number(timestamp));
  return times.length === 0 ? undefined : Math.max(...times);
};

export function describePreview({ pods, services, profiles, lastSeenMillis }: Preview, nowMillis: number): string {
  if (lastSeenMillis === undefined) return 'nothing in this time range';
  const parts = [
    ...(services > 1 ? [counted(services, 'service')] : []),
    ...(pods > 0 ? [counted(pods, 'pod')] : []),
    ...(profiles !== undefined ? [counted(profiles, 'profile')] : []),
    `last seen ${lastSeenMillis >= nowMillis ? 'just now' : `${spanText(nowMillis - lastSeenMillis)} ago`}`,
  ];
  return parts.join(', ');
}

const counted = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
