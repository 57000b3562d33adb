/**
 * How large profiles or spans were, over time: counts in a grid of time and size.
 *
 * Shape:  20 rows of equal height between the smallest and the largest total of all groups; slots as the points of a time
 *         series, empty ones left out. Groups by their number of profiles, largest first, then by labels.
 * Errors: InputError invalid_argument for a bad step, range or limit; resource_exhausted for too many profiles.
 * Source: reference pyroscope-api 1.9 and correction 6; the rows' bounds are whole numbers, cut off.
 */
import { InputError } from '../errors.ts';
import type { Heatmap, HeatmapLine, HeatmapSlot } from '../model/heatmap.ts';
import type { Labels } from '../model/labels.ts';
import type { HeatmapQuestion } from '../model/question.ts';
import type { Exemplar } from '../model/seriesLine.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { TimeGrid } from '../store/store.ts';
import { compareLabels } from './catalogQuestions.ts';
import type { Placed } from './exemplars.ts';
import { placeTotals } from './exemplars.ts';
import { groupSeries } from './groupSeries.ts';
import type { QuestionContext } from './questionContext.ts';
import { checkRange, resolveScope } from './scope.ts';
import { gridOf } from './selectSeries.ts';

const rowCount = 20;
const none: Heatmap = { rows: [], lines: [] };

export async function selectHeatmap(context: QuestionContext, question: HeatmapQuestion): Promise<Heatmap> {
  const { startMillis, endMillis, stepSeconds, limit } = question;
  if (!(stepSeconds >= 0.001)) throw new InputError('invalid_argument', `step must be >= 1ms, got ${stepSeconds}`);
  if (limit !== undefined && limit < 0)
    throw new InputError('invalid_argument', `limit must be non-negative, got ${limit}`);
  if (startMillis >= endMillis) {
    throw new InputError(
      'invalid_argument',
      `start time must be before end time, got start=${startMillis} end=${endMillis}`,
    );
  }
  const asked = checkRange(startMillis, endMillis, context.limits);
  const grid = gridOf(question);
  const range = { start: nanosOfMillis(grid.startMillis - grid.stepMillis), end: asked.end };
  const { series, scope } = resolveScope(context.store, question, range);
  if (series.length === 0) return none;
  const groups = groupSeries(series, question.groupBy);
  const { store, signal } = context;
  const most = context.limits.heatmapProfiles;
  const rows =
    question.of === 'spans'
      ? await store.spanTotals(scope, most + 1, signal)
      : await store.profileTotals(scope, most + 1, signal);
  if (rows.seriesIds.length > most) {
    throw new InputError(
      'resource_exhausted',
      `more than ${most} ${question.of} in a heatmap (--max-heatmap-profiles): ask for a shorter range or fewer series`,
    );
  }
  const placed = placeTotals(rows, { grid, groups, series, groupBy: question.groupBy });
  if (placed.length === 0) return none;
  return drawHeatmap(placed, groups.labels, grid, question);
}

function drawHeatmap(
  placed: readonly Placed[],
  labels: readonly Labels[],
  grid: TimeGrid,
  { limit, exemplars }: HeatmapQuestion,
): Heatmap {
  const values = placed.map(({ exemplar }) => Number(exemplar.value));
  const least = values.reduce((a, b) => Math.min(a, b));
  const height = (values.reduce((a, b) => Math.max(a, b)) - least) / rowCount;
  const rows = Array.from({ length: rowCount }, (_, row) => Math.floor(least + row * height));
  const rowOf = (value: number): number =>
    Math.max(
      0,
      rows.findLastIndex((bound) => bound <= value),
    );
  const lines = labels.map((own) => ({ labels: own, profiles: 0, slots: new Map<number, GrowingSlot>() }));
  placed.forEach(({ group, point, exemplar }, i) => {
    const line = lines[group];
    if (line === undefined) return;
    const slot: GrowingSlot = line.slots.get(point) ?? {
      counts: new Array<number>(rowCount).fill(0),
      best: new Map(),
    };
    const row = rowOf(values[i] ?? 0);
    slot.counts[row] = (slot.counts[row] ?? 0) + 1;
    const there = slot.best.get(row);
    if (there === undefined || exemplar.value > there.value) slot.best.set(row, exemplar);
    line.slots.set(point, slot);
    line.profiles++;
  });
  const sorted = lines
    .filter(({ profiles }) => profiles > 0)
    .sort((a, b) => b.profiles - a.profiles || compareLabels(a.labels, b.labels))
    .map((line): HeatmapLine => ({
      labels: line.labels,
      slots: [...line.slots]
        .sort(([a], [b]) => a - b)
        .map(([point, slot]) => finishSlot(slot, grid.startMillis + point * grid.stepMillis, exemplars)),
    }));
  return {
    rows,
    lines: limit === undefined || limit === 0 ? sorted : sorted.slice(0, limit),
  };
}

interface GrowingSlot {
  readonly counts: number[];
  /** By row. */
  readonly best: Map<number, Exemplar>;
}

const finishSlot = ({ counts, best }: GrowingSlot, timeMillis: number, exemplars: boolean): HeatmapSlot => ({
  timeMillis,
  counts,
  exemplars: exemplars ? [...best].sort(([a], [b]) => a - b).map(([, exemplar]) => exemplar) : [],
});
