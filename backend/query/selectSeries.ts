/**
 * How much there was over time: one line per group of series.
 *
 * Shape:  points at start, start + step ... <= end; a point holds what lies in (t - step, t], the first also what lies at
 *         start - step. Points without profiles are left out. Lines by total, largest first, then by labels.
 * Units:  the profile type's per point (not a rate); times in milliseconds.
 * Errors: InputError invalid_argument for a bad step or range.
 * Source: reference pyroscope-api 1.8 and correction 7 (reads compare nanoseconds, points compare milliseconds).
 */
import { InputError } from '../errors.ts';
import { mostInt64 } from '../model/int64Column.ts';
import type { SeriesQuestion } from '../model/question.ts';
import type { SeriesLine } from '../model/seriesLine.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { SampleScope, TimeGrid, TotalSums } from '../store/store.ts';
import { compareLabels } from './catalogQuestions.ts';
import { findExemplars } from './exemplars.ts';
import { groupSeries } from './groupSeries.ts';
import type { QuestionContext } from './questionContext.ts';
import { checkRange, resolveScope } from './scope.ts';
import { callSiteTest } from './treeOfSums.ts';

const mostPoints = 1_000_000;
/** 317 years: more than there are nanoseconds since 1970, and small enough to count in milliseconds. */
const longestStepSeconds = 1e10;

type GridQuestion = Pick<SeriesQuestion, 'startMillis' | 'endMillis' | 'stepSeconds'>;

export async function selectSeries(context: QuestionContext, question: SeriesQuestion): Promise<readonly SeriesLine[]> {
  if (!(question.stepSeconds >= 0.001)) throw new InputError('invalid_argument', 'step must be >= 1ms');
  const asked = checkRange(question.startMillis, question.endMillis, context.limits);
  const grid = gridOf(question);
  const range = { start: nanosOfMillis(grid.startMillis - grid.stepMillis), end: asked.end };
  const resolved = resolveScope(context.store, question, range);
  if (resolved.series.length === 0) return [];
  const scope = await keepCallSite(context, resolved.scope, question.callSite ?? []);
  const groups = groupSeries(resolved.series, question.groupBy);
  const sums =
    (await context.samples?.sumTotals(scope, grid, context.signal)) ??
    (await context.store.sumTotals(scope, grid, context.signal));
  const lines = groups.labels.map((labels) => ({ labels, sums: new Map<number, PointSum>() }));
  addSums(lines, groups.groupOf, sums);
  const exemplars = question.exemplars
    ? await findExemplars(context, scope, { grid, groups, series: resolved.series, groupBy: question.groupBy })
    : undefined;
  const answer = lines
    .map(({ labels, sums: points }, group) => ({
      labels,
      total: [...points.values()].reduce((total, point) => total + Number(point.value), 0),
      points: [...points]
        .sort(([a], [b]) => a - b)
        .map(([point, { value, count }]) => ({
          timeMillis: grid.startMillis + point * grid.stepMillis,
          value: question.aggregation === 'average' ? Number(value) / count : Number(value),
          exemplar: exemplars?.get(`${group}/${point}`),
        })),
    }))
    .filter((line) => line.points.length > 0)
    .sort((a, b) => b.total - a.total || compareLabels(a.labels, b.labels));
  const { limit } = question;
  return limit === undefined || limit <= 0 ? answer : answer.slice(0, limit);
}

/** The stacks of the scope that begin with the call site become the scope's own. */
async function keepCallSite(
  { store, memory, signal }: QuestionContext,
  scope: SampleScope,
  callSite: readonly string[],
): Promise<SampleScope> {
  if (callSite.length === 0) return scope;
  const { stackIds } = await store.sumStacks(scope, signal);
  const inSite = callSiteTest(await memory.recall(store, scope.tenant, scope.range, stackIds, signal), callSite);
  return { ...scope, stackIds: stackIds.filter((_, i) => inSite(i)) };
}

export function gridOf({ startMillis, endMillis, stepSeconds }: GridQuestion): TimeGrid {
  if (!(stepSeconds <= longestStepSeconds)) {
    throw new InputError('invalid_argument', `step must be <= ${longestStepSeconds}s, got ${stepSeconds}`);
  }
  const stepMillis = Math.trunc(stepSeconds * 1_000);
  const pointCount = Math.floor((endMillis - startMillis) / stepMillis) + 1;
  if (pointCount > mostPoints) {
    throw new InputError(
      'invalid_argument',
      `${pointCount} points are more than ${mostPoints}: ask for a larger step or a shorter range`,
    );
  }
  return { startMillis, stepMillis, pointCount };
}

interface PointSum {
  value: bigint;
  count: number;
}

function addSums(
  lines: readonly { readonly sums: Map<number, PointSum> }[],
  groupOf: ReadonlyMap<bigint, number>,
  sums: TotalSums,
): void {
  for (let row = 0; row < sums.points.length; row++) {
    const line = lines[groupOf.get(sums.seriesIds[row] ?? 0n) ?? -1];
    if (line === undefined) continue;
    const point = sums.points[row] ?? 0;
    const sum = line.sums.get(point) ?? { value: 0n, count: 0 };
    const total = sums.totals[row] ?? 0n;
    // The engine lets sums wrap, and what it adds is never negative.
    sum.value += total < 0n ? mostInt64 : total;
    sum.count += sums.profileCounts[row] ?? 0;
    line.sums.set(point, sum);
  }
}
