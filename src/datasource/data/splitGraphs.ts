/**
 * One flame graph for each value of a label, or of several: which values there are is asked first, then the graphs of the
 * largest.
 *
 * Units:  values, as in the graphs.
 */
import type { DataFrame } from '@grafana/data';
import type { Observable } from 'rxjs';
import { from, map, mergeMap, switchMap, toArray } from 'rxjs';
import type { FoundGraph } from './answerQuery.ts';
import type { LabelPair } from './frames.ts';
import { flameGraphFrame, seriesName } from './frames.ts';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { endsWithin, selectSeriesBody } from './requests.ts';

export const defaultSplit = 8;
/** More graphs than these nobody compares by looking. */
const mostSplit = 24;
const askedAtOnce = 4;

interface Split {
  readonly client: QuerierClient;
  readonly range: MillisRange;
}

export function splitGraphs(
  query: ProfileQuery,
  { client, range }: Split,
  ask: (part: ProfileQuery) => Observable<FoundGraph | undefined>,
): Observable<readonly DataFrame[]> {
  const shown = Math.min(mostSplit, query.limit ?? defaultSplit);
  return askGroups(client, query, range).pipe(
    switchMap((groups) =>
      from(groups.slice(0, shown)).pipe(
        mergeMap(
          (labels, at) => ask(partOf(query, labels)).pipe(map((found) => ({ labels, at, found }))),
          askedAtOnce,
        ),
        toArray(),
        map((parts) => {
          const inOrder = parts.sort((a, b) => a.at - b.at);
          const frames = inOrder.flatMap(({ labels, found }) => (found === undefined ? [] : [frameOf(query, range, labels, found)]));
          return withNotice(frames, groups.length - shown);
        }),
      ),
    ),
  );
}

/** The largest first. */
function askGroups(
  client: QuerierClient,
  query: ProfileQuery,
  range: MillisRange,
): Observable<readonly (readonly LabelPair[])[]> {
  const seconds = Math.max(0.001, (range.endMillis - range.startMillis) / 1_000);
  const grouped: ProfileQuery = { ...query, groupBy: query.splitBy ?? [], limit: undefined };
  return client.selectSeries(selectSeriesBody(grouped, range, seconds)).pipe(
    map(({ series = [] }) =>
      series
        .map(({ labels = [], points = [] }) => ({
          labels,
          sum: points.filter(endsWithin(range)).reduce((sum, { value = 0 }) => sum + Number(value), 0),
        }))
        .filter(({ sum }) => sum > 0)
        .sort((a, b) => b.sum - a.sum)
        .map(({ labels }) => labels),
    ),
  );
}

/** A label that a group lacks is the empty text, as in selectors. */
function partOf(query: ProfileQuery, labels: readonly LabelPair[]): ProfileQuery {
  const parsed = parseLabelSelector(query.labelSelector);
  const matchers = parsed.kind === 'selector' ? parsed.matchers : [];
  const ofGroup = (query.splitBy ?? []).map((name) => {
    const value = labels.find((label) => label.name === name)?.value ?? '';
    return { name, operator: '=' as const, value };
  });
  return { ...query, labelSelector: formatLabelSelector([...matchers, ...ofGroup]) };
}

function frameOf(query: ProfileQuery, range: MillisRange, labels: readonly LabelPair[], { flamegraph, accuracy }: FoundGraph): DataFrame {
  const named = (query.splitBy ?? []).map((name) => ({ name, value: labels.find((label) => label.name === name)?.value ?? '' }));
  const origin = {
    ...range,
    ...(accuracy !== undefined && { accuracy }),
    group: seriesName(query.profileTypeId, named),
    labelSelector: partOf(query, labels).labelSelector,
  };
  return flameGraphFrame(query.refId, query.profileTypeId, flamegraph, origin);
}

function withNotice(frames: readonly DataFrame[], leftOut: number): readonly DataFrame[] {
  const [first, ...others] = frames;
  if (first === undefined || leftOut <= 0) return frames;
  const text = `The largest ${frames.length} are shown; ${leftOut} more are not: raise the limit, or select fewer.`;
  return [{ ...first, meta: { ...first.meta, notices: [{ severity: 'info', text }] } }, ...others];
}
