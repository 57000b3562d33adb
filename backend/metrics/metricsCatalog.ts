/**
 * What metrics there are, without their samples: label sets, names and values, for the pickers of Grafana.
 *
 * Shape:  a selector is the matchers between braces; several add up, none means everything. Sets of function metrics have a
 *         mode, and a function only when the selector names it: all of them would be too many. Answers are sorted.
 * Units:  a range is widened to whole hours.
 */
import type { Labels } from '../model/labels.ts';
import { compareText, metricNameLabel, sortLabels } from '../model/labels.ts';
import type { Matchers } from '../model/selector.ts';
import type { TimeRange } from '../model/time.ts';
import { compareLabels } from '../query/catalogQuestions.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { CatalogSeries } from '../store/catalog.ts';
import type { Store } from '../store/store.ts';
import { createLabelMap, exportLabels, functionLabel, modeLabel, typeLabel } from './labelMap.ts';
import type { LabelMap } from './labelMap.ts';
import { readMetricSelector } from './metricSelector.ts';
import type { FunctionChoice, MetricSelector } from './metricSelector.ts';
import { hasMeasure, typeMeaning } from './metricTable.ts';
import type { Metric } from './metricTable.ts';
import { recordedSets } from './recordedSource.ts';
import type { RecordedBook } from './recordedSource.ts';

export interface MetricsCatalogQuestion {
  readonly tenant: string;
  readonly selectors: readonly Matchers[];
  /** undefined: all time. */
  readonly range: TimeRange | undefined;
}

export interface MetricsCatalogContext {
  readonly store: Store;
  readonly memory: StackMemory;
  readonly recorded?: RecordedBook;
  readonly signal?: AbortSignal;
}

/** So many functions are offered, the largest first. */
const mostFunctions = 1_000;

interface Selected {
  readonly selector: MetricSelector;
  readonly series: readonly CatalogSeries[];
}

function select({ store }: MetricsCatalogContext, question: MetricsCatalogQuestion, map: LabelMap): Selected[] {
  const selectors = question.selectors.length === 0 ? [[]] : question.selectors;
  return selectors.map((matchers) => {
    const selector = readMetricSelector(matchers, map);
    return { selector, series: store.catalog.select(question.tenant, selector.series, question.range) };
  });
}

function recordedOf({ store, recorded }: MetricsCatalogContext, question: MetricsCatalogQuestion): readonly Labels[] {
  if (recorded === undefined) return [];
  const selectors = question.selectors.length === 0 ? [[]] : question.selectors;
  return selectors.flatMap((matchers) => recordedSets(store, recorded, question.tenant, matchers, question.range));
}

const mapOf = ({ store }: MetricsCatalogContext, tenant: string): LabelMap =>
  createLabelMap(store.catalog.labelNames(tenant));

/** At most `limit` sets, which are those that come first. */
export function metricSeries(
  context: MetricsCatalogContext,
  question: MetricsCatalogQuestion,
  limit: number,
): readonly Labels[] {
  const map = mapOf(context, question.tenant);
  const sets = new Map<string, Labels>();
  for (const set of recordedOf(context, question).slice(0, limit)) sets.set(JSON.stringify(set), set);
  for (const { selector, series } of select(context, question, map)) {
    for (const { labels, profileType } of series) {
      const exported = exportLabels(labels, map);
      for (const metric of metricsOf(selector, profileType)) {
        for (const more of functionLabelsOf(metric, selector)) {
          const set = sortLabels([...exported, ...more, { name: metricNameLabel, value: metric.name }]);
          sets.set(JSON.stringify(set), set);
          if (sets.size > limit) return [...sets.values()].slice(0, limit).sort(compareLabels);
        }
      }
    }
  }
  return [...sets.values()].sort(compareLabels);
}

function metricsOf(selector: MetricSelector, profileType: string): readonly Metric[] {
  const meaning = typeMeaning(profileType);
  return selector.metrics.filter((metric) => hasMeasure(metric, meaning));
}

function functionLabelsOf({ subject }: Metric, { modes, functions }: MetricSelector): readonly Labels[] {
  if (subject === 'profile') return [[]];
  return modes.flatMap((mode) => {
    const ofMode = { name: modeLabel, value: mode };
    const named = functions.literals?.map((value) => [ofMode, { name: functionLabel, value }]);
    return named ?? [[ofMode]];
  });
}

export function metricLabelNames(context: MetricsCatalogContext, question: MetricsCatalogQuestion): readonly string[] {
  const map = mapOf(context, question.tenant);
  const names = new Set(recordedOf(context, question).flatMap((labels) => labels.map((label) => label.name)));
  for (const { selector, series } of select(context, question, map)) {
    for (const { labels, profileType } of series) {
      const metrics = metricsOf(selector, profileType);
      if (metrics.length === 0) continue;
      names.add(metricNameLabel);
      for (const { name } of labels) {
        const exported = map.exported(name);
        if (exported !== undefined) names.add(exported);
      }
      if (metrics.some(({ subject }) => subject === 'function')) names.add(functionLabel).add(modeLabel);
    }
  }
  return [...names].sort(compareText);
}

export async function metricLabelValues(
  context: MetricsCatalogContext,
  question: MetricsCatalogQuestion,
  name: string,
): Promise<readonly string[]> {
  const map = mapOf(context, question.tenant);
  const values = new Set<string>();
  for (const labels of recordedOf(context, question)) {
    for (const label of labels) if (label.name === name) values.add(label.value);
  }
  for (const { selector, series } of select(context, question, map)) {
    const told = series.filter(({ profileType }) => metricsOf(selector, profileType).length > 0);
    if (name === functionLabel) {
      const isAsked = selector.metrics.some(({ subject }) => subject === 'function');
      for (const each of isAsked ? await functionsOf(context, question, told, selector.functions) : [])
        values.add(each);
      continue;
    }
    for (const one of told) for (const value of valuesIn(one, name, selector, map)) values.add(value);
  }
  return [...values].sort(compareText);
}

function valuesIn(
  { labels, profileType }: CatalogSeries,
  name: string,
  selector: MetricSelector,
  map: LabelMap,
): readonly string[] {
  const metrics = metricsOf(selector, profileType);
  if (name === metricNameLabel) return metrics.map((metric) => metric.name);
  if (name === modeLabel) return metrics.some(({ subject }) => subject === 'function') ? selector.modes : [];
  if (name === typeLabel) return [profileType];
  const original = map.original(name);
  return labels.flatMap((label) => (label.name === original ? [label.value] : []));
}

async function functionsOf(
  { store, memory, signal }: MetricsCatalogContext,
  { tenant, range }: MetricsCatalogQuestion,
  series: readonly CatalogSeries[],
  choice: FunctionChoice,
): Promise<readonly string[]> {
  if (series.length === 0 || range === undefined) return [];
  const scope = { tenant, range, seriesIds: BigUint64Array.from(series, ({ id }) => id) };
  const { stackIds, values } = await store.sumStacks(scope, signal);
  const { known, places } = await memory.recall(store, tenant, range, stackIds, signal);
  const { parent, name, names, leaf } = known.tree();
  const sums = new Map<number, number>();
  places.forEach((place, i) => {
    const seen = new Set<number>();
    for (let node = leaf[place] ?? 0; node > 0; node = parent[node] ?? 0) seen.add(name[node] ?? 0);
    for (const index of seen) sums.set(index, (sums.get(index) ?? 0) + Number(values[i] ?? 0n));
  });
  const chosen: [string, number][] = [];
  for (const [index, sum] of sums) {
    const text = names[index] ?? '';
    if (choice.matches(text)) chosen.push([text, sum]);
  }
  return chosen
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostFunctions)
    .map(([text]) => text);
}
