/** One query, its variables already replaced, becomes the data frames that answer it. */
import type { DataFrame } from '@grafana/data';
import type { Observable } from 'rxjs';
import { catchError, forkJoin, map, of, switchMap } from 'rxjs';
import type { FlameGraphAnswer } from '../../flamegraph/decodeLevels.ts';
import type { Accuracy } from './accuracy.ts';
import { askTopFunctions } from './askTopFunctions.ts';
import { baselineOf, describeComparison } from './comparison.ts';
import { diffFrame, isEmptyDiff } from './diffFrame.ts';
import type { LinkTarget } from './exemplarFrames.ts';
import { exemplarMarks, exemplarsOfHeatmap, exemplarsOfSeries, exemplarTable } from './exemplarFrames.ts';
import { emptyFrame, explainEmpty } from './explainEmpty.ts';
import { emptyForOurPanel, forOurPanel } from './forOurPanel.ts';
import { flameGraphFrame, seriesFrames } from './frames.ts';
import { askFunctionShare } from './functionShare.ts';
import { withSources } from './graphSources.ts';
import { heatmapFrames } from './heatmapFrames.ts';
import { askNewVersions } from './newVersions.ts';
import type { ProfileQuery } from './profileQuery.ts';
import { defaultComparison } from './profileQuery.ts';
import { splitGraphs } from './splitGraphs.ts';
import { metricUnit } from './profileTypeUnits.ts';
import type { QuerierClient } from './querierClient.ts';
import { isUnknownQuestion } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { diffBody, exemplarsBody, heatmapBody, selectSeriesBody, stacktracesBody } from './requests.ts';

export interface AnswerContext {
  readonly client: QuerierClient;
  readonly range: MillisRange;
  readonly stepSeconds: number;
  readonly prometheusPath: string;
  /** This data source: where links of the answer lead. */
  readonly target: LinkTarget;
  /** The address of what is open, at another time; left out where the surroundings move the time themselves. */
  readonly linkTo?: (range: MillisRange) => string;
}

type Frames = Observable<readonly DataFrame[]>;

/** Slots of a heatmap; Grafana's own asks for as many. */
const mostSlots = 64;
const defaultExemplars = 100;

export function answerQuery(query: ProfileQuery, context: AnswerContext): Frames {
  return framesOf(query, context).pipe(
    switchMap((frames) => {
      if (frames.length > 0 || query.queryType === 'versions') {
        return of(frames.map((frame) => forOurPanel(frame, query, context.target)));
      }
      return explainEmpty(context.client, query, context.range).pipe(map((why) => [emptyForOurPanel(emptyFrame(query.refId, why, context.linkTo), query)]));
    }),
  );
}

function framesOf(query: ProfileQuery, context: AnswerContext): Frames {
  switch (query.queryType) {
    case 'metrics':
      return metricsOf(query, context);
    case 'profile':
      return flameGraphOf(query, context);
    case 'both':
      return forkJoin([metricsOf(query, context), flameGraphOf(query, context)]).pipe(map((frames) => frames.flat()));
    case 'diff':
      return diffOf(query, context);
    case 'topFunctions':
      return askTopFunctions(query, { ...context, askFlameGraph: () => askFlameGraph(query, context).pipe(map((graph) => graph?.flamegraph)) });
    case 'functionShare':
      return askFunctionShare(query, context);
    case 'heatmap':
      return heatmapOf(query, context);
    case 'exemplars':
      return exemplarsOf(query, context);
    case 'versions':
      return askNewVersions(context.client, query, context.range);
  }
}

function metricsOf(query: ProfileQuery, { client, range, stepSeconds, target }: AnswerContext): Frames {
  const withExemplars = query.exemplarsOf === 'profiles';
  const asked = selectSeriesBody(query, range, stepSeconds);
  const body = withExemplars ? { ...asked, exemplarType: 'EXEMPLAR_TYPE_INDIVIDUAL' as const } : asked;
  return client.selectSeries(body).pipe(
    map(({ series = [] }) => {
      const frames = seriesFrames(query.refId, query.profileTypeId, stepSeconds, series);
      const exemplars = exemplarsOfSeries(series);
      if (exemplars.length === 0) return frames;
      const { unit, factor } = metricUnit(query.profileTypeId);
      return [...frames, exemplarMarks(query, exemplars, factor(stepSeconds), unit, target)];
    }),
  );
}

/**
 * No frame when there is nothing: panels then say so, where a lone root bar would look like an answer. What a log line names
 * may have no samples; then what its labels select is the next best, and the frame says which it was.
 */
function flameGraphOf(query: ProfileQuery, context: AnswerContext): Frames {
  if ((query.splitBy ?? []).length > 0) return splitGraphs(query, context, (part) => askFlameGraph(part, context));
  const asked = firstFound(narrowings(query), context);
  return withSources(asked, context.client, query, context.range).pipe(
    map(([found, sources]) => {
      if (found === undefined) return [];
      const { flamegraph, accuracy } = found.graph;
      const origin = { ...context.range, ...sources, ...(accuracy !== undefined && { accuracy }) };
      const frame = flameGraphFrame(query.refId, query.profileTypeId, flamegraph, origin);
      if (found.notice === '') return [frame];
      return [{ ...frame, meta: { ...frame.meta, notices: [{ severity: 'info', text: found.notice }] } }];
    }),
  );
}

interface Narrowing {
  readonly query: ProfileQuery;
  /** What is said when this is the one that is shown. */
  readonly notice: string;
}

/** Trace, then span, then labels. */
function narrowings(query: ProfileQuery): readonly Narrowing[] {
  const { spanSelector: spans = [], traceIdSelector: traces = [], ...rest } = query;
  const tries: Narrowing[] = [];
  if (traces.length > 0) {
    tries.push({ query: { ...rest, traceIdSelector: traces }, notice: `Samples of trace ${traces.join(', ')} only.` });
  }
  if (spans.length > 0) {
    tries.push({ query: { ...rest, spanSelector: spans }, notice: `Samples of span ${spans.join(', ')} only.` });
  }
  const isNarrow = !/^\s*(\{\s*\})?\s*$/.test(query.labelSelector);
  if (tries.length === 0) tries.push({ query, notice: '' });
  else if (isNarrow) {
    const missed = tries.length === 2 ? 'neither that trace nor that span' : traces.length > 0 ? 'not that trace' : 'not that span';
    const notice = `No samples carry the ID (${missed}): this is all of ${query.labelSelector} in the time range.`;
    tries.push({ query: rest, notice });
  }
  return tries;
}

function firstFound(
  [first, ...others]: readonly Narrowing[],
  context: AnswerContext,
): Observable<{ readonly graph: FoundGraph; readonly notice: string } | undefined> {
  if (first === undefined) return of(undefined);
  return askFlameGraph(first.query, context).pipe(
    switchMap((graph) => (graph === undefined ? firstFound(others, context) : of({ graph, notice: first.notice }))),
  );
}

export interface FoundGraph {
  readonly flamegraph: FlameGraphAnswer;
  readonly accuracy: Accuracy | undefined;
}

/** Servers before the span selector of SelectMergeStacktraces would leave it out without a word; this call they know. */
function askFlameGraph(
  query: ProfileQuery,
  { client, range }: AnswerContext,
): Observable<FoundGraph | undefined> {
  const body = stacktracesBody(query, range);
  const whole = client.selectMergeStacktraces(body);
  const asked =
    body.spanSelector === undefined || body.stackTraceSelector !== undefined
      ? whole
      : client.selectMergeSpanProfile(body).pipe(
          catchError((error: unknown) => {
            if (!isUnknownQuestion(error)) throw error;
            return whole;
          }),
        );
  return asked.pipe(
    map(({ flamegraph, accuracy }) =>
      flamegraph === undefined || Number(flamegraph.total ?? 0) === 0 ? undefined : { flamegraph, accuracy },
    ),
  );
}

function diffOf(query: ProfileQuery, { client, range }: AnswerContext): Frames {
  const comparison = query.compareWith ?? defaultComparison;
  const baseline = baselineOf(comparison, query.labelSelector, range);
  return client.diff(diffBody(query, baseline, range)).pipe(
    map(({ flamegraph = {}, accuracy }) =>
      isEmptyDiff(flamegraph)
        ? []
        : [
            diffFrame(query.refId, query.profileTypeId, flamegraph, {
              baseline: describeComparison(comparison),
              baselineStartMillis: baseline.startMillis,
              baselineEndMillis: baseline.endMillis,
              ...range,
              ...(accuracy !== undefined && { accuracy }),
            }),
          ],
    ),
  );
}

const slotSeconds = ({ range, stepSeconds }: AnswerContext): number =>
  Math.max(stepSeconds, (range.endMillis - range.startMillis) / 1_000 / mostSlots);

function heatmapOf(query: ProfileQuery, context: AnswerContext): Frames {
  const step = slotSeconds(context);
  return context.client
    .selectHeatmap(heatmapBody(query, context.range, step))
    .pipe(map(({ series = [] }) => heatmapFrames(query.refId, query.profileTypeId, step, series)));
}

/** Profiles come with a series, which every Pyroscope since 1.17 answers; spans with a heatmap alone. */
function exemplarsOf(query: ProfileQuery, context: AnswerContext): Frames {
  const { client, range, target } = context;
  const limit = query.limit ?? defaultExemplars;
  const step = Math.max(context.stepSeconds, (range.endMillis - range.startMillis) / 1_000 / limit);
  const found =
    query.exemplarsOf === 'spans'
      ? client
          .selectHeatmap(heatmapBody(query, range, step, 'spans'))
          .pipe(map(({ series = [] }) => exemplarsOfHeatmap(series)))
      : client
          .selectSeries(exemplarsBody(query, range, step))
          .pipe(map(({ series = [] }) => exemplarsOfSeries(series)));
  return found.pipe(
    map((exemplars) => (exemplars.length === 0 ? [] : [exemplarTable(query, exemplars, limit, target)])),
  );
}
