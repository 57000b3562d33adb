/**
 * What functions cost over time, as a share of everything or as a rate of their own (cores, for CPU).
 *
 * Pyrolens answers PromQL, so that a graph and an alert rule say the same. A server without that (Pyroscope) is asked for
 * one flame graph per step instead, at most `mostSteps` of them.
 *
 * Units: shares are parts of 1; rates are metricUnit's.
 */
import type { DataFrame } from '@grafana/data';
import { createDataFrame, DataFrameType, FieldType } from '@grafana/data';
import type { Observable } from 'rxjs';
import { catchError, concatMap, forkJoin, from, map, mergeMap, throwError, toArray } from 'rxjs';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import { nameOfPattern, patternTest } from './functionPattern.ts';
import type { LabelMatcher } from './labelSelector.ts';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';
import type { ProfileQuery } from './profileQuery.ts';
import { metricUnit } from './profileTypeUnits.ts';
import type { PromAnswer, TimedValue } from './promAnswer.ts';
import { pointsOf } from './promAnswer.ts';
import type { QuerierClient } from './querierClient.ts';
import { isUnknownQuestion } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { isState, stacktracesBody } from './requests.ts';
import { functionCosts } from './topFunctions.ts';

const defaultLimit = 10;
/** Each is a flame graph; more would make a dashboard wait. */
const mostSteps = 24;
const atATime = 4;

export interface FunctionLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly TimedValue[];
}

export interface ShareContext {
  readonly client: QuerierClient;
  readonly range: MillisRange;
  readonly stepSeconds: number;
  /** Where the server answers PromQL, below its URL. */
  readonly prometheusPath: string;
}

export function askFunctionShare(query: ProfileQuery, context: ShareContext): Observable<readonly DataFrame[]> {
  const patterns = query.functions ?? [];
  if (patterns.length === 0) {
    return throwError(() => new Error('Choose one or more functions, or type an expression that is searched for.'));
  }
  return forkJoin(patterns.map((pattern) => askProm(query, pattern, context))).pipe(
    map((lines) => shareFrames(query, context.stepSeconds, lines.flat(), [])),
    catchError((error: unknown) => {
      if (!isUnknownQuestion(error)) throw error;
      return askFlameGraphs(query, context);
    }),
  );
}

function askProm(
  query: ProfileQuery,
  pattern: string,
  { client, range, stepSeconds, prometheusPath }: ShareContext,
): Observable<readonly FunctionLine[]> {
  const expression = shareExpression(query, pattern, stepSeconds);
  return client
    .promRange(prometheusPath, {
      query: expression,
      start: String(range.startMillis / 1_000),
      end: String(range.endMillis / 1_000),
      step: String(stepSeconds),
    })
    .pipe(map((answer) => linesOf(answer, pattern)));
}

/** Of sums, not a mean of shares: a busy pod weighs more than an idle one. */
export function shareExpression(query: ProfileQuery, pattern: string, stepSeconds: number): string {
  const parsed = parseLabelSelector(query.labelSelector);
  if (parsed.kind === 'mistake') throw new Error(`The selector cannot be read: ${parsed.message}`);
  const type: LabelMatcher = { name: 'profile_type', operator: '=', value: query.profileTypeId };
  const ofType = [type, ...parsed.matchers.map((matcher) => ({ ...matcher, name: metricLabel(matcher.name) }))];
  const name = nameOfPattern(pattern);
  const ofFunction: LabelMatcher =
    name === undefined
      ? { name: 'function', operator: '=~', value: `.*(?:${pattern}).*` }
      : { name: 'function', operator: '=', value: name };
  const mode: LabelMatcher = { name: 'mode', operator: '=', value: query.functionValue ?? 'total' };
  const measure = isState(query.profileTypeId) ? 'value' : 'rate';
  const mean = (metric: string, matchers: readonly LabelMatcher[]): string =>
    `avg_over_time(pyrolens_${metric}_${measure}${formatLabelSelector(matchers)}[${windowOf(stepSeconds)}s])`;
  const groups = query.groupBy.map(metricLabel);
  const cost = `sum by (${['function', ...groups].join(', ')}) (${mean('function', [...ofType, ofFunction, mode])})`;
  const whole = `sum by (${groups.join(', ')}) (${mean('profile', ofType)})`;
  const value = query.shownAs === 'rate' ? cost : `${cost} / on (${groups.join(', ')}) group_left () ${whole}`;
  // One name is one line per group already.
  return name === undefined ? `topk(${query.limit ?? defaultLimit}, ${value})` : value;
}

/** Samples lie on a grid of 15 s, so that shorter windows would be empty now and then. */
const gridSeconds = 15;
const windowOf = (stepSeconds: number): number => Math.max(gridSeconds, Math.ceil(stepSeconds));

/** Prometheus' old alphabet, as the server exports labels. */
const metricLabel = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');

function linesOf({ data }: PromAnswer, pattern: string): readonly FunctionLine[] {
  return (data?.result ?? []).map((series) => {
    const { function: name = nameOfPattern(pattern) ?? pattern, ...labels } = series.metric ?? {};
    return { name, labels, points: pointsOf(series) };
  });
}

/** Without groups: each step would need a flame graph per group. */
function askFlameGraphs(
  query: ProfileQuery,
  { client, range, stepSeconds }: ShareContext,
): Observable<readonly DataFrame[]> {
  if (query.groupBy.length > 0) {
    const why = 'This server has no PromQL, so functions cannot be grouped by labels: remove "Group by", or use Pyrolens.';
    return throwError(() => new Error(why));
  }
  const tests = (query.functions ?? []).map(patternTest);
  const steps = stepsOf(range, stepSeconds);
  const seconds = (steps[0]?.endMillis ?? 0) / 1_000 - (steps[0]?.startMillis ?? 0) / 1_000;
  const scale = metricUnit(query.profileTypeId).factor(seconds);
  return from(steps).pipe(
    mergeMap(
      (step) =>
        client.selectMergeStacktraces(stacktracesBody(query, step)).pipe(
          map(({ flamegraph }) => {
            const costs = flamegraph === undefined ? [] : functionCosts(decodeLevels(flamegraph, ''));
            const found = costs.filter(({ name }) => tests.some((test) => test(name)));
            return { timeMillis: step.endMillis, found };
          }),
        ),
      atATime,
    ),
    toArray(),
    concatMap((answers) => {
      const names = new Map<string, TimedValue[]>();
      for (const { timeMillis, found } of answers.sort((a, b) => a.timeMillis - b.timeMillis)) {
        for (const { name, self, total, selfShare, totalShare } of found) {
          const isSelf = query.functionValue === 'self';
          const rate = (isSelf ? self : total) * scale;
          const value = query.shownAs === 'rate' ? rate : isSelf ? selfShare : totalShare;
          names.set(name, [...(names.get(name) ?? []), { timeMillis, value }]);
        }
      }
      const sum = (points: readonly TimedValue[]): number => points.reduce((all, { value }) => all + value, 0);
      const lines = [...names]
        .map(([name, points]) => ({ name, labels: {}, points }))
        .sort((a, b) => sum(b.points) - sum(a.points))
        .slice(0, query.limit ?? defaultLimit);
      const notice = `This server has no PromQL: these ${steps.length} steps were read out of a flame graph each. Pyrolens answers any step, and can alert on it.`;
      return [shareFrames(query, seconds, lines, [notice])];
    }),
  );
}

function stepsOf({ startMillis, endMillis }: MillisRange, stepSeconds: number): readonly MillisRange[] {
  const count = Math.max(1, Math.min(mostSteps, Math.floor((endMillis - startMillis) / (stepSeconds * 1_000))));
  const stepMillis = (endMillis - startMillis) / count;
  return Array.from({ length: count }, (_, step) => ({
    // Ends belong to both neighbours else.
    startMillis: Math.trunc(startMillis + step * stepMillis) + (step === 0 ? 0 : 1),
    endMillis: Math.trunc(startMillis + (step + 1) * stepMillis),
  }));
}

export function shareFrames(
  query: ProfileQuery,
  stepSeconds: number,
  lines: readonly FunctionLine[],
  notices: readonly string[],
): readonly DataFrame[] {
  const isRate = query.shownAs === 'rate';
  const unit = isRate ? metricUnit(query.profileTypeId).unit : 'percentunit';
  return lines.map(({ name, labels, points }, line) => {
    const groups = Object.values(labels).join(', ');
    const displayName = groups === '' ? name : `${name} · ${groups}`;
    return createDataFrame({
      name: displayName,
      refId: query.refId,
      meta: {
        type: DataFrameType.TimeSeriesMulti,
        typeVersion: [0, 1],
        preferredVisualisationType: 'graph',
        custom: { profileTypeId: query.profileTypeId },
        ...(line === 0 && notices.length > 0 && { notices: notices.map((text) => ({ severity: 'info', text })) }),
      },
      fields: [
        {
          name: 'time',
          type: FieldType.time,
          config: { interval: stepSeconds * 1_000 },
          values: points.map(({ timeMillis }) => timeMillis),
        },
        {
          name: 'value',
          type: FieldType.number,
          labels: { function: name, ...labels },
          config: { unit, displayNameFromDS: displayName, ...(!isRate && { min: 0 }) },
          values: points.map(({ value }) => value),
        },
      ],
    });
  });
}
