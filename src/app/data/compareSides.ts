/**
 * The two sides of a comparison, and the ways to choose the baseline with one click.
 *
 * Units: milliseconds since 1970.
 */
import type { Observable } from 'rxjs';
import { catchError, forkJoin, map, of, switchMap } from 'rxjs';
import type { DataFrame } from '@grafana/data';
import { baselineOf, describeComparison, withLabel, withoutLabel } from '../../datasource/data/comparison.ts';
import { decodeDiff, diffFrame, isEmptyDiff } from '../../datasource/data/diffFrame.ts';
import { emptyFrame, explainEmpty } from '../../datasource/data/explainEmpty.ts';
import type { SeriesAnswer } from '../../datasource/data/frames.ts';
import { labelsOf } from '../../datasource/data/frames.ts';
import { versionLabelOf } from '../../datasource/data/newVersions.ts';
import type { Comparison, ProfileQuery } from '../../datasource/data/profileQuery.ts';
import { flameGraphUnit } from '../../datasource/data/profileTypeUnits.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { diffBody, rangeBody, selectSeriesBody } from '../../datasource/data/requests.ts';
import { askSampleCount, sampleCountType } from '../../datasource/data/sampleCount.ts';
import type { Server } from '../useServer.ts';
import type { Change, SampleCounts } from './changes.ts';
import { changesOf } from './changes.ts';

const mostChanges = 50;

export interface ComparedSides {
  readonly frames: readonly DataFrame[];
  readonly changes: readonly Change[];
}

export function askDiff(
  { client }: Server,
  query: ProfileQuery,
  comparison: Comparison,
  range: MillisRange,
): Observable<ComparedSides> {
  const baseline = baselineOf(comparison, query.labelSelector, range);
  return forkJoin([client.diff(diffBody(query, baseline, range)), askCounts(client, query, baseline, range)]).pipe(
    switchMap(([{ flamegraph = {}, accuracy }, counts]) => {
      if (isEmptyDiff(flamegraph)) {
        return explainEmpty(client, query, range).pipe(
          map((why) => ({ frames: [emptyFrame(query.refId, why)], changes: [] })),
        );
      }
      const sides = {
        baseline: describeComparison(comparison),
        baselineStartMillis: baseline.startMillis,
        baselineEndMillis: baseline.endMillis,
        ...range,
        ...(accuracy !== undefined && { accuracy }),
      };
      return of({
        frames: [diffFrame(query.refId, query.profileTypeId, flamegraph, sides)],
        changes: changesOf(decodeDiff(flamegraph, flameGraphUnit(query.profileTypeId)), counts, mostChanges),
      });
    }),
  );
}

/** undefined: agents of these profiles count no samples beside the time. */
function askCounts(
  client: Server['client'],
  query: ProfileQuery,
  baseline: MillisRange & { readonly labelSelector: string },
  range: MillisRange,
): Observable<SampleCounts | undefined> {
  const profileTypeId = sampleCountType(query.profileTypeId);
  if (profileTypeId === undefined) return of(undefined);
  const count = (labelSelector: string, of: MillisRange) =>
    askSampleCount(client, { ...query, labelSelector }, profileTypeId, of);
  return forkJoin([count(baseline.labelSelector, baseline), count(query.labelSelector, range)]).pipe(
    map(([before, after]) => (before === 0 && after === 0 ? undefined : { before, after })),
    catchError(() => of(undefined)), // The list stands without its significance.
  );
}

/** As long as the range, right before it: what was before an alert. */
export const justBefore = ({ startMillis, endMillis }: MillisRange): Comparison => ({
  kind: 'range',
  startMillis: startMillis - (endMillis - startMillis),
  endMillis: startMillis,
});

const lookbackMillis = 7 * 86_400_000;
const points = 500;
const leastStepSeconds = 15;

/** The version that began before the newest one; undefined when there is no other. */
export function askPreviousVersion(
  { client }: Server,
  query: ProfileQuery,
  range: MillisRange,
): Observable<Comparison | undefined> {
  // Near the range it counts when exactly a version ended; a week ago it only counts which there was.
  const near = { startMillis: 2 * range.startMillis - range.endMillis, endMillis: range.endMillis };
  const far = { startMillis: range.endMillis - lookbackMillis, endMillis: near.startMillis };
  return client.labelNames({ ...rangeBody(range), matchers: [query.labelSelector] }).pipe(
    switchMap(({ names = [] }) => {
      const label = versionLabelOf(names);
      if (label === undefined) return of(undefined);
      const all = { ...query, groupBy: [label], labelSelector: withoutLabel(query.labelSelector, label) };
      const seen = (around: MillisRange) => {
        const step = Math.max(leastStepSeconds, (around.endMillis - around.startMillis) / 1_000 / points);
        return client.selectSeries(selectSeriesBody(all, around, step)).pipe(map(({ series = [] }) => series));
      };
      const past = far.startMillis < far.endMillis ? seen(far).pipe(catchError(() => of([]))) : of([]); // Pyroscope refuses a week.
      return forkJoin([past, seen(near)]).pipe(
        map((series) => previousOf(series.flat(), label, query.labelSelector, range)),
      );
    }),
  );
}

interface SeenVersion {
  readonly version: string;
  readonly first: number;
  readonly last: number;
}

/** Over its own time: the old version may have ended when the new one began. */
export function previousOf(
  series: readonly SeriesAnswer[],
  label: string,
  labelSelector: string,
  range: MillisRange,
): Comparison | undefined {
  const [, previous] = versionsIn(series, label);
  if (previous === undefined) return undefined;
  // Where it ran for less than half of the range, there is little to compare with.
  const isStillThere = previous.last >= (range.startMillis + range.endMillis) / 2;
  if (isStillThere) return { kind: 'label', name: label, value: previous.version };
  const length = range.endMillis - range.startMillis;
  return {
    kind: 'range',
    startMillis: previous.last - length,
    endMillis: previous.last,
    labelSelector: withLabel(labelSelector, label, previous.version),
  };
}

/** The newest first. */
function versionsIn(series: readonly SeriesAnswer[], label: string): readonly SeenVersion[] {
  const versions = new Map<string, SeenVersion>();
  for (const { labels = [], points: seen = [] } of series) {
    const { [label]: version = '' } = labelsOf(labels);
    if (version === '') continue;
    for (const { timestamp = '0' } of seen) {
      const time = Number(timestamp);
      const { first = time, last = time } = versions.get(version) ?? {};
      versions.set(version, { version, first: Math.min(first, time), last: Math.max(last, time) });
    }
  }
  return [...versions.values()].sort((a, b) => b.first - a.first);
}
