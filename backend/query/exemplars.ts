/**
 * Single profiles, or spans in them, with their totals: what heatmaps count and what stands for a point of a line, so that a
 * spike can be opened.
 *
 * Shape:  one pushed profile may lie in several series of a group (its sample labels split it): its values are added and
 *         only the labels that they share are told.
 * Errors: InputError resource_exhausted when there are more than can be looked at.
 * Source: reference pyroscope-api 1.8, 1.9.
 */
import type { Labels } from '../model/labels.ts';
import type { Exemplar } from '../model/seriesLine.ts';
import { millisOfNanos, unixNanos } from '../model/time.ts';
import { formatUuid } from '../model/uuid.ts';
import type { CatalogSeries } from '../store/catalog.ts';
import type { ProfileTotals, SampleScope, SpanTotals, TimeGrid } from '../store/store.ts';
import type { SeriesGroups } from './groupSeries.ts';
import type { QuestionContext } from './questionContext.ts';

export interface ExemplarPlan {
  readonly grid: TimeGrid;
  readonly groups: SeriesGroups;
  readonly series: readonly CatalogSeries[];
  readonly groupBy: readonly string[];
}

/** Rows that are read at the most for exemplars; beyond it later profiles go without. */
const mostRows = 200_000;

/** An exemplar and where it lies. */
export interface Placed {
  readonly group: number;
  readonly point: number;
  readonly exemplar: Exemplar;
}

/** The highest profile of each point, keyed by `${group}/${point}`. */
export async function findExemplars(
  { store, signal }: QuestionContext,
  scope: SampleScope,
  plan: ExemplarPlan,
): Promise<ReadonlyMap<string, Exemplar>> {
  const best = new Map<string, Exemplar>();
  for (const { group, point, exemplar } of placeTotals(await store.profileTotals(scope, mostRows, signal), plan)) {
    const key = `${group}/${point}`;
    const there = best.get(key);
    if (there === undefined || exemplar.value > there.value) best.set(key, exemplar);
  }
  return best;
}

/** Rows of one profile (and span) in one group, added; those after the last point are left out. */
export function placeTotals(rows: ProfileTotals | SpanTotals, plan: ExemplarPlan): readonly Placed[] {
  const { grid, groups } = plan;
  const labelsOf = ungroupedLabels(plan);
  const byProfile = new Map<string, Placed>();
  for (let row = 0; row < rows.seriesIds.length; row++) {
    const id = rows.seriesIds[row] ?? 0n;
    const timeMillis = millisOfNanos(unixNanos(rows.timesNanos[row] ?? 0n));
    const point = Math.max(0, Math.ceil((timeMillis - grid.startMillis) / grid.stepMillis));
    const group = groups.groupOf.get(id);
    if (group === undefined || point >= grid.pointCount) continue;
    const profileId = formatUuid(rows.profileIds.subarray(row * 16, row * 16 + 16));
    const span = 'spanIds' in rows ? spanOf(rows, row) : undefined;
    const exemplar = { timeMillis, profileId, value: rows.totals[row] ?? 0n, labels: labelsOf(id), ...span };
    const key = `${group}/${profileId}/${rows.timesNanos[row]}/${span?.spanId}/${span?.traceId}`;
    const seen = byProfile.get(key)?.exemplar;
    byProfile.set(key, { group, point, exemplar: seen === undefined ? exemplar : add(seen, exemplar) });
  }
  return [...byProfile.values()];
}

const add = (a: Exemplar, b: Exemplar): Exemplar => ({
  ...a,
  value: a.value + b.value,
  labels: a.labels.filter(({ name, value }) => b.labels.some((label) => label.name === name && label.value === value)),
});

function ungroupedLabels({ series, groupBy }: ExemplarPlan): (id: bigint) => Labels {
  const grouped = new Set(groupBy);
  const labels = new Map(series.map((one) => [one.id, one.labels.filter(({ name }) => !grouped.has(name))]));
  return (id) => labels.get(id) ?? [];
}

function spanOf({ spanIds, traceIds }: SpanTotals, row: number): Pick<Exemplar, 'spanId' | 'traceId'> {
  const spanId = (spanIds[row] ?? 0n).toString(16).padStart(16, '0');
  const trace = traceIds.subarray(row * 16, row * 16 + 16);
  return trace.some((byte) => byte !== 0) ? { spanId, traceId: Buffer.from(trace).toString('hex') } : { spanId };
}
