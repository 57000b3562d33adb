/**
 * Marks on a time axis: a new value of the version label appeared, and which functions cost clearly more since then.
 *
 * Shape:  time, title, text, tags: what Grafana's annotations read.
 * Errors: a comparison that fails costs the mark its functions, not the mark.
 */
import type { DataFrame } from '@grafana/data';
import { createDataFrame, FieldType } from '@grafana/data';
import type { Observable } from 'rxjs';
import { catchError, forkJoin, map, of, switchMap, throwError } from 'rxjs';
import { withLabel } from './comparison.ts';
import { decodeDiff } from './diffFrame.ts';
import type { SeriesAnswer } from './frames.ts';
import { labelsOf } from './frames.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { diffBody, rangeBody, selectSeriesBody } from './requests.ts';
import { functionCosts } from './topFunctions.ts';

/** In the order in which they are looked for. */
export const versionLabels: readonly string[] = [
  'version',
  'service_version',
  'app_version',
  'git_sha',
  'service_git_ref',
  'git_commit',
  'image',
];

export const versionLabelOf = (names: readonly string[]): string | undefined =>
  versionLabels.find((label) => names.includes(label));

const hourMillis = 3_600_000;
const leastStepSeconds = 15;
const mostPoints = 500;
/** Comparisons cost a merge each. */
const mostCompared = 10;
const mostFunctions = 3;
/** Points of share; less is what two quarters of an hour differ by anyway. */
const leastChange = 0.02;

export interface NewVersion {
  readonly service: string;
  readonly version: string;
  /** What ran before; undefined when nothing did. */
  readonly previous: string | undefined;
  readonly timeMillis: number;
}

export function askNewVersions(
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
): Observable<readonly DataFrame[]> {
  // What ran just before the range began is not new in it.
  const lookback = Math.max(hourMillis, range.endMillis - range.startMillis);
  const around = { startMillis: range.startMillis - lookback, endMillis: range.endMillis };
  return labelFor(client, query, around).pipe(
    switchMap((label) => {
      const grouped = { ...query, groupBy: ['service_name', label] };
      const stepSeconds = Math.max(leastStepSeconds, (around.endMillis - around.startMillis) / 1_000 / mostPoints);
      return client.selectSeries(selectSeriesBody(grouped, around, stepSeconds)).pipe(
        map(({ series = [] }) => newVersions(series, label, range.startMillis)),
        switchMap((versions) => withFunctions(client, query, label, versions, range)),
      );
    }),
  );
}

function labelFor(client: QuerierClient, query: ProfileQuery, range: MillisRange): Observable<string> {
  const [chosen] = query.groupBy;
  if (chosen !== undefined) return of(chosen);
  return client.labelNames({ ...rangeBody(range), matchers: [query.labelSelector] }).pipe(
    switchMap(({ names = [] }) => {
      const label = versionLabelOf(names);
      const why = `None of these profiles has a version: set one of ${versionLabels.join(', ')}, or choose the label in "Group by".`;
      return label === undefined ? throwError(() => new Error(why)) : of(label);
    }),
  );
}

export function newVersions(series: readonly SeriesAnswer[], label: string, startMillis: number): readonly NewVersion[] {
  const seen = series
    .map(({ labels = [], points = [] }) => {
      const { service_name: service = '', [label]: version = '' } = labelsOf(labels);
      const times = points.map(({ timestamp = '0' }) => Number(timestamp)).sort((a, b) => a - b);
      return { service, version, first: times[0] ?? Infinity };
    })
    .filter(({ version }) => version !== '')
    .sort((a, b) => a.first - b.first);
  return seen
    .filter(({ first }) => first > startMillis && first < Infinity)
    .map(({ service, version, first }) => ({
      service,
      version,
      previous: seen.findLast((other) => other.service === service && other.first < first)?.version,
      timeMillis: first,
    }));
}

function withFunctions(
  client: QuerierClient,
  query: ProfileQuery,
  label: string,
  versions: readonly NewVersion[],
  range: MillisRange,
): Observable<readonly DataFrame[]> {
  if (versions.length === 0) return of([]);
  return forkJoin(
    versions.map((version, i) =>
      i < mostCompared ? risenFunctions(client, query, label, version, range) : of<readonly string[]>([]),
    ),
  ).pipe(map((risen) => [versionsFrame(query.refId, label, versions, risen)]));
}

function risenFunctions(
  client: QuerierClient,
  query: ProfileQuery,
  label: string,
  { service, version, previous, timeMillis }: NewVersion,
  range: MillisRange,
): Observable<readonly string[]> {
  if (previous === undefined) return of([]);
  const ofService = withLabel(query.labelSelector, 'service_name', service);
  const baseline = {
    labelSelector: withLabel(ofService, label, previous),
    startMillis: timeMillis - hourMillis,
    endMillis: timeMillis,
  };
  const after = { startMillis: timeMillis, endMillis: Math.min(timeMillis + hourMillis, range.endMillis) };
  const compared = { ...query, labelSelector: withLabel(ofService, label, version) };
  return client.diff(diffBody(compared, baseline, after)).pipe(
    map(({ flamegraph = {} }) => {
      if (Number(flamegraph.leftTicks ?? 0) === 0 || Number(flamegraph.rightTicks ?? 0) === 0) return [];
      return functionCosts(decodeDiff(flamegraph, ''))
        .filter(({ selfChange }) => selfChange >= leastChange)
        .sort((a, b) => b.selfChange - a.selfChange)
        .slice(0, mostFunctions)
        .map(({ name, selfShare, selfChange }) => `${name} ${percent(selfShare - selfChange)} → ${percent(selfShare)}`);
    }),
    catchError(() => of([])), // The mark stands without its functions.
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function versionsFrame(
  refId: string,
  label: string,
  versions: readonly NewVersion[],
  risen: readonly (readonly string[])[],
): DataFrame {
  const texts = (name: string, values: string[]) => ({ name, type: FieldType.string, config: {}, values });
  return createDataFrame({
    name: 'New versions',
    refId,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      { name: 'time', type: FieldType.time, config: {}, values: versions.map(({ timeMillis }) => timeMillis) },
      texts(
        'title',
        versions.map(({ service, version }) => `${service}: ${label} ${version}`),
      ),
      texts(
        'text',
        versions.map(({ previous }, i) => {
          const before = previous === undefined ? 'Nothing ran before it.' : `Before: ${previous}.`;
          const functions = risen[i] ?? [];
          return functions.length === 0 ? before : `${before} Cost more since then, of their own: ${functions.join(', ')}.`;
        }),
      ),
      {
        name: 'tags',
        type: FieldType.other,
        config: {},
        values: versions.map((_, i) => ((risen[i] ?? []).length > 0 ? ['version', 'regression'] : ['version'])),
      },
    ],
  });
}
