/**
 * The highest single profile of each point of a line, so that a spike can be opened.
 *
 * Shape:  at most one per point. One pushed profile may lie in several series of a group (its sample labels split it):
 *         their values are added and only the labels that they share are told.
 * Source: reference pyroscope-api 1.8.
 */
import type { Labels } from '../model/labels.ts';
import type { Exemplar } from '../model/seriesLine.ts';
import { millisOfNanos, unixNanos } from '../model/time.ts';
import type { CatalogSeries } from '../store/catalog.ts';
import type { SampleScope, Store, TimeGrid } from '../store/store.ts';
import { formatUuid } from '../model/uuid.ts';

export interface ExemplarPlan {
  readonly grid: TimeGrid;
  readonly groupOf: ReadonlyMap<bigint, number>;
  readonly series: readonly CatalogSeries[];
  readonly groupBy: readonly string[];
}

/** Rows that are read at the most; beyond it later profiles go without. */
const mostRows = 200_000;

/** Keyed by `${group}/${point}`. */
export async function findExemplars(
  store: Store,
  scope: SampleScope,
  plan: ExemplarPlan,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Exemplar>> {
  const rows = await store.profileTotals(scope, mostRows, signal);
  const labelsOf = new Map(plan.series.map((one) => [one.id, one.labels]));
  const grouped = new Set(plan.groupBy);
  const byProfile = new Map<string, { readonly key: string; exemplar: Exemplar }>();
  for (let row = 0; row < rows.seriesIds.length; row++) {
    const id = rows.seriesIds[row] ?? 0n;
    const timeMillis = millisOfNanos(unixNanos(rows.timesNanos[row] ?? 0n));
    const point = Math.max(0, Math.ceil((timeMillis - plan.grid.startMillis) / plan.grid.stepMillis));
    const group = plan.groupOf.get(id);
    if (group === undefined || point >= plan.grid.pointCount) continue;
    const profileId = formatUuid(rows.profileIds.subarray(row * 16, row * 16 + 16));
    const labels = (labelsOf.get(id) ?? []).filter((label) => !grouped.has(label.name));
    const value = rows.totals[row] ?? 0n;
    const key = `${group}/${point}`;
    const one = `${key}/${profileId}/${rows.timesNanos[row]}`;
    const seen = byProfile.get(one);
    if (seen === undefined) byProfile.set(one, { key, exemplar: { timeMillis, profileId, value, labels } });
    else
      seen.exemplar = {
        ...seen.exemplar,
        value: seen.exemplar.value + value,
        labels: shared(seen.exemplar.labels, labels),
      };
  }
  const best = new Map<string, Exemplar>();
  for (const { key, exemplar } of byProfile.values()) {
    const there = best.get(key);
    if (there === undefined || exemplar.value > there.value) best.set(key, exemplar);
  }
  return best;
}

const shared = (a: Labels, b: Labels): Labels =>
  a.filter(({ name, value }) => b.some((label) => label.name === name && label.value === value));
