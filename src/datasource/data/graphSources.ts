/**
 * What a flame graph is made of: so many profiles of so many pods, so many samples. It is told beside the graph, which never
 * waits for it long.
 *
 * Errors: what a server cannot tell, or not in time, is left out.
 */
import type { Observable } from 'rxjs';
import { catchError, defer, finalize, forkJoin, map, of, shareReplay, switchMap, timeout } from 'rxjs';
import type { LabelPair } from './frames.ts';
import type { HeatmapSeriesAnswer } from './heatmapFrames.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { endsWithin, heatmapBody, selectSeriesBody } from './requests.ts';
import { askSampleCount, sampleCountType } from './sampleCount.ts';

export interface GraphSources {
  readonly profiles?: number;
  readonly pods?: number;
  readonly samples?: number;
}

/** Counting reads a row per profile; a graph of more comes from sums that are there already. */
const mostCountedMillis = 3 * 3_600_000;
/** From the graph's arrival on. */
const patienceMillis = 400;
const podLabels: readonly string[] = ['pod', 'k8s_pod_name'];

/** `asked` with its sources, which are asked at the same time and given up a moment after it came. */
export function withSources<T>(
  asked: Observable<T>,
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
): Observable<readonly [T, GraphSources]> {
  return defer(() => {
    const sources = askGraphSources(client, query, range).pipe(shareReplay({ bufferSize: 1, refCount: true }));
    const asking = sources.subscribe();
    const inTime = sources.pipe(timeout({ first: patienceMillis, with: () => of({}) }));
    return asked.pipe(
      switchMap((found) => inTime.pipe(map((told) => [found, told] as const))),
      finalize(() => asking.unsubscribe()),
    );
  });
}

function askGraphSources(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<GraphSources> {
  const ids = [query.traceIdSelector, query.spanSelector, query.profileIdSelector].flatMap((each = []) => each);
  // Of single spans and profiles nobody asks how many pods there are.
  if (ids.length > 0) return of({});
  const without = <T>(answer: Observable<T>): Observable<T | undefined> => answer.pipe(catchError(() => of(undefined)));
  const isShort = range.endMillis - range.startMillis <= mostCountedMillis;
  const counted = sampleCountType(query.profileTypeId);
  return forkJoin({
    pods: without(askPods(client, query, range)),
    profiles: isShort ? without(askProfiles(client, query, range)) : of(undefined),
    samples: counted === undefined ? of(undefined) : without(askSampleCount(client, query, counted, range)),
  }).pipe(
    map(({ pods = 0, profiles = 0, samples = 0 }) => ({
      ...(pods > 0 && { pods }),
      ...(profiles > 0 && { profiles }),
      ...(samples > 0 && { samples }),
    })),
  );
}

/** Of whole hours the catalog knows who was there; after a release that would be the pods of both versions. */
export function askPods(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<number> {
  const byPod: ProfileQuery = { ...query, groupBy: [...podLabels], limit: undefined };
  const seconds = (range.endMillis - range.startMillis) / 1_000;
  return client.selectSeries(selectSeriesBody(byPod, range, seconds)).pipe(
    map(({ series = [] }) => {
      const there = series.filter(({ points = [] }) => points.some(endsWithin(range)));
      return Math.max(...podLabels.map((label) => distinctValues(there, label)));
    }),
  );
}

function askProfiles(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<number> {
  const whole: ProfileQuery = { ...query, groupBy: [], exemplarsOf: 'profiles' };
  const seconds = (range.endMillis - range.startMillis) / 1_000;
  return client.selectHeatmap(heatmapBody(whole, range, seconds)).pipe(map(({ series = [] }) => countedProfiles(series, range)));
}

export const countedProfiles = (series: readonly HeatmapSeriesAnswer[], range: MillisRange): number =>
  series
    .flatMap(({ slots = [] }) => slots.filter(endsWithin(range)))
    .reduce((sum, { counts = [] }) => sum + counts.reduce((all, count) => all + count, 0), 0);

export const distinctValues = (
  sets: readonly { readonly labels?: readonly LabelPair[] }[],
  label: string,
): number => {
  const values = sets.flatMap(({ labels = [] }) => labels.filter(({ name, value }) => name === label && value !== '').map(({ value }) => value));
  return new Set(values).size;
};
