/**
 * What the table of services shows, from a few questions about all services at once.
 *
 * Units:  points in the unit that metricUnit gives (cores for CPU); change is a part of what it was before, 0.1 for 10 % more.
 * Errors: without last week, versions or top functions the row lacks them; without the values there is no table.
 */
import type { Observable } from 'rxjs';
import { catchError, forkJoin, from, map, mergeMap, of, scan, startWith, switchMap } from 'rxjs';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import type { LabelPair, SeriesAnswer } from '../../datasource/data/frames.ts';
import { labelsOf } from '../../datasource/data/frames.ts';
import { versionLabels } from '../../datasource/data/newVersions.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import { metricUnit } from '../../datasource/data/profileTypeUnits.ts';
import type { TimedValue } from '../../datasource/data/promAnswer.ts';
import type { QuerierClient } from '../../datasource/data/querierClient.ts';
import { isUnknownQuestion } from '../../datasource/data/querierClient.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { endsWithin, rangeBody, selectSeriesBody, stacktracesBody } from '../../datasource/data/requests.ts';
import { groupsOfTop } from '../../datasource/data/topAnswer.ts';
import { functionCosts } from '../../datasource/data/topFunctions.ts';
import { formatTypedSelector } from '../../datasource/data/typedSelector.ts';

export interface ServiceRow {
  readonly service: string;
  readonly points: readonly TimedValue[];
  /** Over the whole range. */
  readonly mean: number;
  /** undefined: nothing to compare with. */
  readonly change: number | undefined;
  readonly versions: readonly string[];
  readonly pods: number;
  readonly lastSeenMillis: number;
  /** By what it costs of its own; undefined until it is known. */
  readonly topFunction: { readonly name: string; readonly share: number } | undefined;
}

const sparkPoints = 40;
const leastStepSeconds = 15;
const weekMillis = 7 * 86_400_000;
/** Rows whose functions are asked for where each costs a merge. */
const mostMerged = 30;
const mergesAtATime = 3;
/** Services with a top function; the server's own limit. */
const mostTops = 500;
const bars = 256;

const queryOf = (profileTypeId: string, labelSelector = '{}'): ProfileQuery => ({
  refId: 'services',
  queryType: 'metrics',
  profileTypeId,
  labelSelector,
  groupBy: ['service_name'],
});

/** Rows at once, then again with their top functions: in one question, or in one per row of a server that has no other. */
export function askServices(
  client: QuerierClient,
  profileTypeId: string,
  range: MillisRange,
): Observable<readonly ServiceRow[]> {
  return askRows(client, profileTypeId, range).pipe(
    switchMap((rows) =>
      askTops(client, profileTypeId, range).pipe(
        map((tops) => rows.map((row) => ({ ...row, topFunction: tops.get(row.service) }))),
        catchError((error: unknown) => {
          if (!isUnknownQuestion(error)) throw error;
          return askTopByTop(client, profileTypeId, range, rows);
        }),
        startWith(rows),
      ),
    ),
  );
}

function askTops(
  client: QuerierClient,
  profileTypeId: string,
  range: MillisRange,
): Observable<ReadonlyMap<string, ServiceRow['topFunction']>> {
  const parameters = new URLSearchParams({
    query: formatTypedSelector(profileTypeId, '{}'),
    from: String(Math.trunc(range.startMillis)),
    until: String(Math.trunc(range.endMillis)),
    by: 'self',
    limit: '1',
    groupBy: 'service_name',
    groups: String(mostTops),
  });
  return client.top(parameters).pipe(
    map((answer) => {
      const tops = groupsOfTop(answer).map(({ labels, costs: [top] }) => {
        const shown = top && { name: top.name, share: top.selfShare };
        return [labels['service_name'] ?? '', shown] as const;
      });
      return new Map(tops);
    }),
  );
}

const askTopByTop = (
  client: QuerierClient,
  profileTypeId: string,
  range: MillisRange,
  rows: readonly ServiceRow[],
): Observable<readonly ServiceRow[]> =>
  from(rows.slice(0, mostMerged)).pipe(
    mergeMap((row) => askTop(client, profileTypeId, range, row), mergesAtATime),
    scan((known, row) => known.map((each) => (each.service === row.service ? row : each)), rows),
  );

function askRows(
  client: QuerierClient,
  profileTypeId: string,
  range: MillisRange,
): Observable<readonly ServiceRow[]> {
  const seconds = (range.endMillis - range.startMillis) / 1_000;
  const step = Math.max(leastStepSeconds, seconds / sparkPoints);
  const query = queryOf(profileTypeId);
  const lastWeek = { startMillis: range.startMillis - weekMillis, endMillis: range.endMillis - weekMillis };
  const nothing = of<{ readonly series?: readonly SeriesAnswer[] }>({});
  const catalog = {
    ...rangeBody(range),
    matchers: [`{__profile_type__=${JSON.stringify(profileTypeId)}}`],
    labelNames: ['service_name', 'pod', ...versionLabels],
  };
  return forkJoin([
    client.selectSeries(selectSeriesBody(query, range, step)),
    client.selectSeries(selectSeriesBody(query, lastWeek, seconds)).pipe(catchError(() => nothing)), // The row does without.
    client.series(catalog).pipe(catchError(() => of({ labelsSet: [] }))), // The row does without.
  ]).pipe(
    map(([{ series = [] }, { series: before = [] }, { labelsSet = [] }]) =>
      serviceRows(
        within(series, range),
        within(before, lastWeek),
        labelsSet.map(({ labels = [] }) => labels),
        { profileTypeId, stepSeconds: step, rangeSeconds: seconds },
      ),
    ),
  );
}

const within = (series: readonly SeriesAnswer[], range: MillisRange): readonly SeriesAnswer[] =>
  series
    .map((each) => ({ ...each, points: (each.points ?? []).filter(endsWithin(range)) }))
    .filter(({ points }) => points.length > 0);

interface RowFacts {
  readonly profileTypeId: string;
  readonly stepSeconds: number;
  readonly rangeSeconds: number;
}

/** The most costly first. */
export function serviceRows(
  series: readonly SeriesAnswer[],
  before: readonly SeriesAnswer[],
  labelSets: readonly (readonly LabelPair[])[],
  { profileTypeId, stepSeconds, rangeSeconds }: RowFacts,
): readonly ServiceRow[] {
  const { factor, isRate } = metricUnit(profileTypeId);
  const meanOf = (values: readonly number[]): number => {
    const sum = values.reduce((all, value) => all + value, 0);
    return isRate ? sum * factor(rangeSeconds) : sum / Math.max(1, values.length);
  };
  const valuesOf = ({ points = [] }: SeriesAnswer): readonly number[] => points.map(({ value = 0 }) => Number(value));
  const earlier = new Map(before.map((each) => [serviceOf(each.labels), meanOf(valuesOf(each))]));
  const labelled = labelSets.map((labels) => labelsOf(labels));
  return series
    .map((each): ServiceRow => {
      const service = serviceOf(each.labels);
      const points = (each.points ?? []).map(({ timestamp = '0', value = 0 }) => ({
        timeMillis: Number(timestamp),
        value: Number(value) * factor(stepSeconds),
      }));
      const mean = meanOf(valuesOf(each));
      const was = earlier.get(service) ?? 0;
      const own = labelled.filter(({ service_name: name }) => name === service);
      const distinct = (names: readonly string[]): readonly string[] => [
        ...new Set(own.flatMap((labels) => names.flatMap((name) => labels[name] ?? []).slice(0, 1))),
      ];
      return {
        service,
        points,
        mean,
        change: was > 0 ? mean / was - 1 : undefined,
        versions: distinct(versionLabels),
        pods: distinct(['pod']).length,
        lastSeenMillis: points.at(-1)?.timeMillis ?? 0,
        topFunction: undefined,
      };
    })
    .sort((a, b) => b.mean - a.mean);
}

const serviceOf = (labels: readonly LabelPair[] | undefined): string => labelsOf(labels ?? [])['service_name'] ?? '';

function askTop(
  client: QuerierClient,
  profileTypeId: string,
  range: MillisRange,
  row: ServiceRow,
): Observable<ServiceRow> {
  const query = { ...queryOf(profileTypeId, `{service_name=${JSON.stringify(row.service)}}`), maxNodes: bars };
  return client.selectMergeStacktraces(stacktracesBody(query, range)).pipe(
    map(({ flamegraph }) => {
      if (flamegraph === undefined || Number(flamegraph.total ?? 0) === 0) return row;
      const [top] = functionCosts(decodeLevels(flamegraph, ''));
      return top === undefined ? row : { ...row, topFunction: { name: top.name, share: top.selfShare } };
    }),
    catchError(() => of(row)), // The row does without.
  );
}
