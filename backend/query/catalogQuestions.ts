/**
 * Questions that the catalog answers alone: profile types, label names and values, series, and what there is at all.
 *
 * Shape:  answers are sorted in byte order and have no duplicates. A range is widened to whole hours.
 */
import type { Labels } from '../model/labels.ts';
import { compareText, profileTypeLabel } from '../model/labels.ts';
import type { Matchers } from '../model/selector.ts';
import type { TimeRange } from '../model/time.ts';
import type { Catalog, CatalogSeries } from '../store/catalog.ts';
import { toValueTests } from './matcherTests.ts';

export interface CatalogQuestion {
  readonly tenant: string;
  /** A series must fit all of them. */
  readonly matchers: Matchers;
  /** undefined: all time. */
  readonly range: TimeRange | undefined;
}

const seriesOf = (catalog: Catalog, { tenant, matchers, range }: CatalogQuestion): readonly CatalogSeries[] =>
  catalog.select(tenant, toValueTests(matchers), range);

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort(compareText);

export function profileTypes(catalog: Catalog, question: CatalogQuestion): readonly string[] {
  return sorted(seriesOf(catalog, question).map((series) => series.profileType));
}

export function labelNames(catalog: Catalog, question: CatalogQuestion): readonly string[] {
  const names = new Set<string>();
  for (const series of seriesOf(catalog, question)) for (const label of series.labels) names.add(label.name);
  return sorted(names);
}

export function labelValues(catalog: Catalog, question: CatalogQuestion, name: string): readonly string[] {
  const values = new Set<string>();
  for (const series of seriesOf(catalog, question)) {
    if (name === profileTypeLabel) values.add(series.profileType);
    else for (const label of series.labels) if (label.name === name) values.add(label.value);
  }
  return sorted(values);
}

/**
 * Distinct label sets, cut to the names to keep. Sets that are empty after the cut are left out when all are; else one
 * stands first, as Pyroscope answers.
 */
export function seriesLabels(
  catalog: Catalog,
  question: CatalogQuestion,
  keep: (name: string) => boolean,
): readonly Labels[] {
  const distinct = new Map<string, Labels>();
  for (const series of seriesOf(catalog, question)) {
    const labels = series.labels.filter((label) => keep(label.name));
    distinct.set(labels.map(({ name, value }) => `${name}\0${value}\0`).join(''), labels);
  }
  const sets = [...distinct.values()].sort(compareLabels);
  return sets.every((labels) => labels.length === 0) ? [] : sets;
}

export function compareLabels(a: Labels, b: Labels): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareText(a[i]?.name ?? '', b[i]?.name ?? '') || compareText(a[i]?.value ?? '', b[i]?.value ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
