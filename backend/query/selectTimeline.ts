/**
 * The time series beside a rendered flame graph: sums of equal steps without gaps.
 *
 * Shape:  the start is floored to the step, sample i stands for what a series has at start + i steps. Groups by the value of
 *         the first label that is grouped by, "*" for series without it. Beside several groups the whole is zero: clients
 *         know it so.
 * Units:  seconds.
 * Source: reference pyroscope-api 1.10 and correction 22; the steps are Grafana's.
 */
import { labelValue } from '../model/labels.ts';
import type { MergeQuestion, SeriesQuestion } from '../model/question.ts';
import type { SeriesLine } from '../model/seriesLine.ts';
import type { QuestionContext } from './questionContext.ts';
import { checkRange } from './scope.ts';
import { selectSeries } from './selectSeries.ts';

export interface Timeline {
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly durationDelta: number;
  readonly watermarks: null;
}

export interface Timelines {
  readonly timeline: Timeline;
  /** undefined when nothing is grouped by. */
  readonly groups: Readonly<Record<string, Timeline>> | undefined;
}

const fewestSeconds = 15;
const usualPoints = 1_500;
const [minute, hour, day] = [60, 3_600, 86_400];
/** A step of so many seconds stands for all below the bound. */
const steps: readonly (readonly [bound: number, seconds: number])[] = [
  [17.5, 15],
  [25, 20],
  [45, 30],
  [1.5 * minute, minute],
  [3.5 * minute, 2 * minute],
  [7.5 * minute, 5 * minute],
  [12.5 * minute, 10 * minute],
  [17.5 * minute, 15 * minute],
  [25 * minute, 20 * minute],
  [45 * minute, 30 * minute],
  [1.5 * hour, hour],
  [2.5 * hour, 2 * hour],
  [4.5 * hour, 3 * hour],
  [9 * hour, 6 * hour],
  [day, 12 * hour],
  [7 * day, day],
  [21 * day, 7 * day],
  [42 * day, 30 * day],
  [Infinity, 365 * day],
];

export async function selectTimeline(
  context: QuestionContext,
  question: MergeQuestion,
  { groupBy, aggregation }: Pick<SeriesQuestion, 'groupBy' | 'aggregation'>,
): Promise<Timelines> {
  const { startMillis, endMillis } = question;
  checkRange(startMillis, endMillis, context.limits);
  const stepSeconds = stepOf((endMillis - startMillis) / 1_000);
  const floor = (millis: number): number => Math.floor(millis / 1_000 / stepSeconds) * stepSeconds;
  const startTime = floor(startMillis);
  const pointCount = (floor(endMillis) - startTime) / stepSeconds;
  // The range was checked; floored, it may be a step longer than the limit.
  const limits = { ...context.limits, queryLengthMillis: Infinity };
  const ask = (names: readonly string[]): Promise<readonly SeriesLine[]> =>
    selectSeries(
      { ...context, limits },
      {
        ...question,
        // 0 stands for no time at all.
        startMillis: Math.max(1, 1_000 * startTime),
        stepSeconds,
        groupBy: names,
        aggregation,
        limit: undefined,
        exemplars: false,
      },
    );
  const [first] = groupBy;
  const lines = await ask(first === undefined ? [] : groupBy);
  const draw = (some: readonly SeriesLine[]): Timeline => ({
    startTime,
    samples: addPoints(some, startTime, stepSeconds, pointCount),
    durationDelta: stepSeconds,
    watermarks: null,
  });
  if (first === undefined) return { timeline: draw(lines), groups: undefined };
  const byValue = new Map<string, SeriesLine[]>();
  for (const line of lines) {
    const value = labelValue(line.labels, first) ?? '*';
    byValue.set(value, [...(byValue.get(value) ?? []), line]);
  }
  return {
    timeline: draw(byValue.size > 1 ? [] : lines),
    groups: Object.fromEntries([...byValue].map(([value, some]) => [value, draw(some)])),
  };
}

function stepOf(seconds: number): number {
  const wanted = Math.max(fewestSeconds, seconds / usualPoints);
  return steps.find(([bound]) => wanted < bound)?.[1] ?? fewestSeconds;
}

function addPoints(lines: readonly SeriesLine[], startTime: number, step: number, count: number): number[] {
  const samples = new Array<number>(count).fill(0);
  for (const { points } of lines) {
    for (const { timeMillis, value } of points) {
      const at = Math.round((timeMillis / 1_000 - startTime) / step);
      if (at < count) samples[at] = (samples[at] ?? 0) + value;
    }
  }
  return samples;
}
