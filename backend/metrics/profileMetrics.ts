/**
 * Profiles as Prometheus series: what the evaluator of PromQL reads.
 *
 * Shape:  metrics as metricTable.ts has them, labels as labelMap.ts names them, a sample at every point of the 15 s grid that
 *         has profiles. Series whose labels come out the same are one. A function that occurs in the range has a sample, 0
 *         perhaps, wherever its series has profiles; when "function" names functions (=, a|b), in all series that are
 *         selected, when it is a pattern, in those where it occurs.
 * Errors: InputError invalid_argument when a metric of functions is asked for without "function", resource_exhausted beyond
 *         the limits, canceled.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Labels } from '../model/labels.ts';
import { metricNameLabel, sortLabels } from '../model/labels.ts';
import type { Matchers } from '../model/selector.ts';
import { rangeAfter } from '../model/time.ts';
import type { SampleRange, SampleSeries, SampleSource } from '../promql/sampleSource.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { CatalogSeries } from '../store/catalog.ts';
import type { Store } from '../store/store.ts';
import { FunctionVerdicts } from './functionNames.ts';
import { FunctionSums } from './functionSums.ts';
import type { FunctionSum } from './functionSums.ts';
import { createLabelMap, exportLabels, functionLabel, modeLabel } from './labelMap.ts';
import type { LabelMap } from './labelMap.ts';
import { readMetricSelector } from './metricSelector.ts';
import type { MetricSelector } from './metricSelector.ts';
import { hasMeasure, typeMeaning } from './metricTable.ts';
import type { Metric, TypeMeaning } from './metricTable.ts';
import { gridMillis, gridOf, PointSums } from './pointSums.ts';
import type { PointGrid } from './pointSums.ts';
import type { ProfileRows } from './sampleRows.ts';
import { SampleSlices } from './sampleSlices.ts';
import { shareInterval } from './shareInterval.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';

export interface MetricLimits {
  /** Profiles that are read at once. */
  readonly mostProfiles: number;
  /** Samples of profiles in one question about functions. */
  readonly mostSamples: number;
  /** Series that a selector may make. */
  readonly mostSeries: number;
  /** Points of all series of a selector. */
  readonly mostPoints: number;
  /** Samples that are kept in memory between questions. */
  readonly cacheBytes: number;
  /** What was written so short a time ago may not be seen by metrics of functions. */
  readonly staleMillis: number;
}

export const metricLimits = (limits: Limits): MetricLimits => ({
  mostProfiles: limits.metricProfiles,
  mostSamples: limits.metricSamples,
  mostSeries: limits.metricSeries,
  mostPoints: limits.metricPoints,
  cacheBytes: limits.metricMemoryBytes,
  staleMillis: limits.metricLagMillis,
});

export interface ProfileMetricsOptions {
  readonly store: Store;
  readonly memory: StackMemory;
  readonly writes: WriteWatch;
  readonly limits: MetricLimits;
}

/** Series that come out with the same labels. */
export interface Group {
  readonly labels: Labels;
  readonly meaning: TypeMeaning;
}

export interface Groups {
  readonly groups: readonly Group[];
  readonly seriesIds: BigUint64Array;
  /** Series id to the index of its group. */
  readonly groupOf: ReadonlyMap<bigint, number>;
}

export class ProfileMetrics {
  readonly #options: ProfileMetricsOptions;
  readonly #slices: SampleSlices;
  readonly #verdicts = new FunctionVerdicts();

  constructor(options: ProfileMetricsOptions) {
    this.#options = options;
    this.#slices = new SampleSlices({ ...options, ...options.limits });
  }

  sourceOf(tenant: string): SampleSource {
    return { select: (matchers, range, signal) => this.#select(tenant, matchers, range, signal) };
  }

  labelMap(tenant: string): LabelMap {
    return createLabelMap(this.#options.store.catalog.labelNames(tenant));
  }

  async #select(
    tenant: string,
    matchers: Matchers,
    range: SampleRange,
    signal: AbortSignal | undefined,
  ): Promise<readonly SampleSeries[]> {
    const map = this.labelMap(tenant);
    const selector = readMetricSelector(matchers, map);
    checkFunctions(selector);
    const grid = gridOf(range.startMillis, range.endMillis);
    if (grid.count === 0 || selector.metrics.length === 0) return [];
    const time = rangeAfter(grid.startMillis - gridMillis, lastPoint(grid));
    const found = this.#options.store.catalog.select(tenant, selector.series, time);
    const wanted = found.filter(({ profileType }) => {
      const meaning = typeMeaning(profileType);
      return selector.metrics.some((metric) => hasMeasure(metric, meaning));
    });
    if (wanted.length === 0) return [];
    const groups = groupSeries(wanted, map);
    this.#checkSize(groups.groups.length, grid);
    const ofFunctions = selector.metrics.some(({ subject }) => subject === 'function');
    return ofFunctions
      ? this.#functionSeries(tenant, selector, groups, grid, signal)
      : this.#profileSeries(tenant, selector, groups, grid, signal);
  }

  #checkSize(seriesCount: number, { count }: PointGrid): void {
    const { mostSeries, mostPoints } = this.#options.limits;
    if (seriesCount <= mostSeries && seriesCount * count <= mostPoints) return;
    const limit =
      seriesCount > mostSeries
        ? `the limit is ${mostSeries} series (--max-metric-series)`
        : `the limit is ${mostPoints} points (--max-metric-points)`;
    const message = `the selector makes ${seriesCount} series of ${count} points, ${limit}: narrow it or ask for a shorter range`;
    throw new InputError('resource_exhausted', message);
  }

  async #profileSeries(
    tenant: string,
    selector: MetricSelector,
    { groups, groupOf, seriesIds }: Groups,
    grid: PointGrid,
    signal: AbortSignal | undefined,
  ): Promise<readonly SampleSeries[]> {
    const sums = new PointSums(groups.length, grid);
    const slices = this.#slices.readProfiles({ tenant, seriesIds, ...slicesOf(grid), signal });
    for await (const rows of slices) addRows(rows, sums, groups, groupOf, () => undefined);
    return groups.flatMap(({ labels, meaning }, group) =>
      selector.metrics
        .filter((metric) => hasMeasure(metric, meaning))
        .map((metric) =>
          seriesOf(named(labels, metric.name), sums, group, (cell) => valueOf(metric, meaning, sums, cell)),
        ),
    );
  }

  async #functionSeries(
    tenant: string,
    selector: MetricSelector,
    { groups, groupOf, seriesIds }: Groups,
    grid: PointGrid,
    signal: AbortSignal | undefined,
  ): Promise<readonly SampleSeries[]> {
    const sums = new PointSums(groups.length, grid);
    const functions = new FunctionSums(selector.functions, selector.modes, this.#verdicts, this.#options.limits);
    const slices = this.#slices.read({ tenant, seriesIds, ...slicesOf(grid), signal });
    for await (const rows of slices) {
      addRows(rows, sums, groups, groupOf, (row, group, cell) => functions.add(rows, row, group, cell, sums));
    }
    if (selector.functions.literals !== undefined) fillGroups(functions, groups.length, grid.count);
    return functions.all().flatMap((sum) => functionSeriesOf(sum, functions.names, selector, groups, sums));
  }
}

const slicesOf = (grid: PointGrid) => ({
  firstSlice: Math.floor((grid.startMillis - gridMillis) / sliceMillis),
  lastSlice: Math.ceil(lastPoint(grid) / sliceMillis) - 1,
});

const lastPoint = ({ startMillis, count }: PointGrid): number => startMillis + (count - 1) * gridMillis;

function checkFunctions({ metrics: chosen, functions }: MetricSelector): void {
  const metric = chosen.find(({ subject }) => subject === 'function');
  if (metric === undefined || functions.isBounded) return;
  throw new InputError(
    'invalid_argument',
    `${metric.name} has a series for every function: say which, as in ${metric.name}{function="main.work"} or {function=~"json.*"}`,
  );
}

export function groupSeries(series: readonly CatalogSeries[], map: LabelMap): Groups {
  const groups: Group[] = [];
  const byKey = new Map<string, number>();
  const groupOf = new Map<bigint, number>();
  for (const { id, labels, profileType } of series) {
    const exported = exportLabels(labels, map);
    const key = JSON.stringify(exported.flatMap(({ name, value }) => [name, value]));
    let group = byKey.get(key);
    if (group === undefined) {
      group = groups.push({ labels: exported, meaning: typeMeaning(profileType) }) - 1;
      byKey.set(key, group);
    }
    groupOf.set(id, group);
  }
  return { groups, groupOf, seriesIds: BigUint64Array.from(series, ({ id }) => id) };
}

export function addRows(
  rows: ProfileRows,
  sums: PointSums,
  groups: readonly Group[],
  groupOf: ReadonlyMap<bigint, number>,
  onRow: (row: number, group: number, cell: number) => void,
): void {
  for (let row = 0; row < rows.count; row++) {
    const group = groupOf.get(rows.seriesIds[row] ?? 0n);
    const meaning = group === undefined ? undefined : groups[group]?.meaning;
    if (group === undefined || meaning === undefined) continue;
    const cell = sums.cellOf(rows, row, group);
    if (cell < 0) continue;
    sums.add(cell, rows, row, meaning);
    onRow(row, group, cell);
  }
}

const named = (labels: Labels, name: string, more: Labels = []): Labels =>
  sortLabels([...labels, ...more, { name: metricNameLabel, value: name }]);

/** A sample wherever the group has profiles and the metric says something. */
function seriesOf(
  labels: Labels,
  { grid, profileCounts }: PointSums,
  group: number,
  valueAt: (cell: number, point: number) => number | undefined,
): SampleSeries {
  const times = new Float64Array(grid.count);
  const values = new Float64Array(grid.count);
  let at = 0;
  for (let point = 0; point < grid.count; point++) {
    const cell = group * grid.count + point;
    if (profileCounts[cell] === 0) continue;
    const value = valueAt(cell, point);
    if (value === undefined) continue;
    times[at] = grid.startMillis + point * gridMillis;
    values[at++] = value;
  }
  return { labels, times: times.subarray(0, at), values: values.subarray(0, at) };
}

export function valueOf(
  metric: Pick<Metric, 'measure'>,
  meaning: TypeMeaning,
  sums: PointSums,
  cell: number,
  of = sums.totals[cell] ?? 0,
) {
  switch (metric.measure) {
    case 'rate':
      return (of * meaning.scale) / sums.coveredSeconds(cell);
    case 'value':
      return (of * meaning.scale) / (sums.profileCounts[cell] ?? 1);
    case 'share':
    case 'share_low':
    case 'share_high': {
      const total = sums.totals[cell] ?? 0;
      // Of nothing there is no share.
      if (total <= 0) return undefined;
      const share = of / total;
      if (metric.measure === 'share') return share;
      const { low, high } = shareInterval(share, sums.sampleCount(cell));
      return metric.measure === 'share_low' ? low : high;
    }
  }
}

/** Functions that are asked for by name are 0 where they do not occur, so that an average over series is one. */
function fillGroups(functions: FunctionSums, groupCount: number, pointCount: number): void {
  for (const { number, mode } of [...functions.all()]) {
    for (let group = 0; group < groupCount; group++) functions.sumOf(group, number, mode, pointCount);
  }
}

function functionSeriesOf(
  { group, number, mode, values }: FunctionSum,
  names: readonly string[],
  selector: MetricSelector,
  groups: readonly Group[],
  sums: PointSums,
): readonly SampleSeries[] {
  const { labels, meaning } = groups[group] ?? {};
  if (labels === undefined || meaning === undefined) return [];
  const more = [
    { name: functionLabel, value: names[number] ?? '' },
    { name: modeLabel, value: mode },
  ];
  return selector.metrics
    .filter((metric) => metric.subject === 'function' && hasMeasure(metric, meaning))
    .map((metric) =>
      seriesOf(named(labels, metric.name, more), sums, group, (cell, point) =>
        valueOf(metric, meaning, sums, cell, values[point] ?? 0),
      ),
    )
    .filter(({ times }) => times.length > 0);
}
