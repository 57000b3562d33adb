/**
 * Why an answer is empty: that nothing fits in this range, and where the nearest profiles are that do.
 *
 * Units:  milliseconds since 1970.
 * Errors: a search that fails (Pyroscope refuses more than a day) leaves the plain sentence.
 */
import type { DataFrame } from '@grafana/data';
import { createDataFrame, dateTimeFormat } from '@grafana/data';
import type { Observable } from 'rxjs';
import { catchError, map, of, switchMap } from 'rxjs';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { ProfileStats, QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { selectSeriesBody } from './requests.ts';

const dayMillis = 86_400_000;
const quarterMillis = 900_000;
const searchedDays = 31;

export interface Emptiness {
  readonly message: string;
  /** A quarter of an hour with profiles that fit; undefined when none was found. */
  readonly nearest: MillisRange | undefined;
}

export function explainEmpty(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<Emptiness> {
  const asked = `No ${profileTypeLabel(query.profileTypeId)} profiles for ${query.labelSelector} in this time range.`;
  const ids = [query.traceIdSelector, query.spanSelector, query.profileIdSelector].flatMap((each = []) => each);
  if (ids.length > 0) {
    const message = `No samples of ${ids.join(', ')} for ${query.labelSelector} in this time range.`;
    return of({ message, nearest: undefined });
  }
  return findNearest(client, query, range).pipe(
    switchMap((nearest): Observable<Emptiness> => {
      if (nearest !== undefined) {
        return of({ message: `${asked} The nearest are ${distanceText(nearest, range)}.`, nearest });
      }
      return client.profileStats().pipe(
        map((stats) => ({ message: `${asked} ${nothingNear(stats)}`, nearest: undefined })),
      );
    }),
    catchError(() => of({ message: asked, nearest: undefined })), // The question itself was answered: with nothing.
  );
}

/** Panels show its notice; it has no rows. `linkTo` writes the address that shows the nearest profiles. */
export const emptyFrame = (
  refId: string,
  { message, nearest }: Emptiness,
  linkTo?: (range: MillisRange) => string,
): DataFrame =>
  createDataFrame({
    refId,
    meta: {
      notices: [
        { severity: 'info', text: message, ...(nearest !== undefined && linkTo && { link: linkTo(nearest) }) },
      ],
      custom: { emptyBecause: message, ...(nearest !== undefined && { nearest }) },
    },
    fields: [],
  });

function nothingNear({ dataIngested = false, newestProfileTime }: ProfileStats): string {
  if (!dataIngested) return 'The server has no profiles at all yet.';
  const newest = newestProfileTime === undefined ? '' : `; its newest profile is of ${timeText(Number(newestProfileTime))}`;
  return `The server has profiles, but none that fit within ${searchedDays} days of it${newest}.`;
}

/** First by days, then within the day. */
function findNearest(
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
): Observable<MillisRange | undefined> {
  const around = {
    startMillis: range.startMillis - searchedDays * dayMillis,
    endMillis: range.endMillis + searchedDays * dayMillis,
  };
  return nearestStep(client, query, around, dayMillis, range).pipe(
    switchMap((day) => (day === undefined ? of(undefined) : nearestStep(client, query, day, quarterMillis, range))),
  );
}

function nearestStep(
  client: QuerierClient,
  query: ProfileQuery,
  around: MillisRange,
  stepMillis: number,
  range: MillisRange,
): Observable<MillisRange | undefined> {
  const middle = (range.startMillis + range.endMillis) / 2;
  return client.selectSeries(selectSeriesBody({ ...query, groupBy: [] }, around, stepMillis / 1_000)).pipe(
    map(({ series = [] }) => {
      const times = series.flatMap(({ points = [] }) => points.map(({ timestamp = '0' }) => Number(timestamp)));
      const distance = (time: number): number => Math.abs(time - stepMillis / 2 - middle);
      const [nearest] = times.sort((a, b) => distance(a) - distance(b));
      return nearest === undefined ? undefined : { startMillis: nearest - stepMillis, endMillis: nearest };
    }),
  );
}

/** "from 14:02, 3 h earlier". */
function distanceText(nearest: MillisRange, range: MillisRange): string {
  const isEarlier = nearest.endMillis <= range.startMillis;
  const gap = isEarlier ? range.startMillis - nearest.endMillis : nearest.startMillis - range.endMillis;
  const word = isEarlier ? 'earlier' : 'later';
  return `from ${timeText(nearest.startMillis)}, ${spanText(Math.max(0, gap))} ${word}`;
}

const timeText = (millis: number): string => dateTimeFormat(millis, { format: 'YYYY-MM-DD HH:mm' });

/** One unit is enough to decide whether to go there. */
export function spanText(millis: number): string {
  const units = [
    [dayMillis, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const [size, name] = units.find(([each]) => millis >= each) ?? [1_000, 's'];
  return `${Math.floor(millis / size)} ${name}`;
}
