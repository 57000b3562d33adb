/** How many samples a CPU profile was made of, where agents count them beside the time. */
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import type { SeriesAnswer } from './frames.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { endsWithin, selectSeriesBody } from './requests.ts';

/** The type that counts the samples of a CPU profile, as Go, Node.js and async-profiler push it beside the time. */
export const sampleCountType = (profileTypeId: string): string | undefined => {
  const [name, sampleType] = profileTypeId.split(':');
  return name === 'process_cpu' && sampleType === 'cpu' ? 'process_cpu:samples:count:cpu:nanoseconds' : undefined;
};

/** 0 when nobody counted; `profileTypeId` is the type of the counts. */
export function askSampleCount(
  client: QuerierClient,
  query: ProfileQuery,
  profileTypeId: string,
  range: MillisRange,
): Observable<number> {
  const counts: ProfileQuery = { ...query, profileTypeId, groupBy: [] };
  const seconds = (range.endMillis - range.startMillis) / 1_000;
  return client
    .selectSeries(selectSeriesBody(counts, range, seconds))
    .pipe(map(({ series = [] }) => sumOf(series, range)));
}

const sumOf = (series: readonly SeriesAnswer[], range: MillisRange): number =>
  series
    .flatMap(({ points = [] }) => points.filter(endsWithin(range)))
    .reduce((sum, { value = 0 }) => sum + Number(value), 0);
