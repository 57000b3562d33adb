/**
 * How many series a rule gives over the last day, before it is saved.
 *
 * Shape:  groups are counted in the catalog, whose hours are whole; functions in the sums of the groups' stacks. Of many
 *         groups the first are looked into and the rest is taken to be like them: then it is no exact number.
 */
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import { createLabelMap, exportLabels } from '../metrics/labelMap.ts';
import { compileMetric, labelsKey, recordedLabels } from '../metrics/recordedGroups.ts';
import type { CompiledMetric } from '../metrics/recordedGroups.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { Store } from '../store/store.ts';
import { budgetDayMillis } from './seriesBudget.ts';

export interface SeriesEstimate {
  readonly series: number;
  readonly isExact: boolean;
}

export interface EstimateContext {
  readonly store: Store;
  readonly memory: StackMemory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const groupsLookedInto = 50;

export async function estimateSeries(
  context: EstimateContext,
  tenant: string,
  metric: RecordedMetric,
  signal?: AbortSignal,
): Promise<SeriesEstimate> {
  const { store, now } = context;
  const compiled = compileMetric(metric);
  const end = now();
  const range = { start: nanosOfMillis(end - budgetDayMillis), end: nanosOfMillis(end) };
  const map = createLabelMap(store.catalog.labelNames(tenant));
  const groups = new Map<string, bigint[]>();
  for (const { id, labels } of store.catalog.select(tenant, compiled.series, range)) {
    const key = labelsKey(recordedLabels(metric, exportLabels(labels, map)));
    const ids = groups.get(key) ?? [];
    ids.push(id);
    groups.set(key, ids);
  }
  if (!compiled.splits) return { series: groups.size, isExact: true };
  const looked = [...groups.values()].slice(0, groupsLookedInto);
  let functions = 0;
  for (const ids of looked) functions += await countFunctions(context, { tenant, compiled, range, ids, signal });
  return groups.size === looked.length
    ? { series: functions, isExact: true }
    : { series: Math.ceil((functions / looked.length) * groups.size), isExact: false };
}

interface FunctionCount {
  readonly tenant: string;
  readonly compiled: CompiledMetric;
  readonly range: TimeRange;
  readonly ids: readonly bigint[];
  readonly signal: AbortSignal | undefined;
}

async function countFunctions({ store, memory }: EstimateContext, asked: FunctionCount): Promise<number> {
  const { tenant, compiled, range, ids, signal } = asked;
  const { stackIds } = await store.sumStacks({ tenant, range, seriesIds: BigUint64Array.from(ids) }, signal);
  const { known, places } = await memory.recall(store, tenant, range, stackIds, signal);
  const { parent, name, names, leaf } = known.tree();
  const onlySelf = compiled.metric.functions?.mode === 'self';
  const found = new Set<number>();
  for (const place of places) {
    const first = leaf[place] ?? 0;
    for (let node = first; node > 0 && (!onlySelf || node === first); node = parent[node] ?? 0)
      found.add(name[node] ?? 0);
  }
  return [...found].filter((index) => compiled.choice?.matches(names[index] ?? '') === true).length;
}
