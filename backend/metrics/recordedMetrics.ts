/**
 * Figures of recorded metrics: several over one reading of their profiles.
 *
 * Shape:  a sample at every whole minute that has profiles, over (t - 60 s, t]. A minute, because most agents send a profile
 *         every 10 to 60 s: so each of a sum's pods is in each of its points, where points of 15 s would shake with every
 *         push that comes a second late. What a series shows in the minute is worked out as for the metrics of 15 s, then
 *         the series of a group are added up. A function that was chosen by name, or functions that count as one, are 0
 *         where the series has profiles without it; when every function is a series, it has samples where it occurs.
 * Errors: a metric beyond the limits fails alone; the store's errors fail all.
 */
import { InputError } from '../errors.ts';
import { sortLabels } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { rangeAfter } from '../model/time.ts';
import type { SampleRange, SampleSeries } from '../promql/sampleSource.ts';
import type { StackMemory } from '../query/stackMemory.ts';
import type { ValueTest } from '../store/catalog.ts';
import type { Store } from '../store/store.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';
import { FunctionVerdicts } from './functionNames.ts';
import { FunctionSums } from './functionSums.ts';
import { createLabelMap, functionLabel } from './labelMap.ts';
import type { LabelMap } from './labelMap.ts';
import { typeMeaning } from './metricTable.ts';
import { gridOf, PointSums } from './pointSums.ts';
import type { PointGrid } from './pointSums.ts';
import { addRows, groupSeries, valueOf } from './profileMetrics.ts';
import type { Groups, MetricLimits } from './profileMetrics.ts';
import { compileMetric, labelsKey, recordedLabels } from './recordedGroups.ts';
import type { CompiledMetric } from './recordedGroups.ts';
import type { ProfileRows } from './sampleRows.ts';
import { SampleSlices } from './sampleSlices.ts';
import type { SlicesQuestion } from './sampleSlices.ts';

export const recordedStepMillis = 60_000;

export interface RecordedMetricsOptions {
  readonly store: Store;
  readonly memory: StackMemory;
  readonly writes: WriteWatch;
  readonly limits: MetricLimits;
}

export interface RecordedQuestion {
  readonly tenant: string;
  readonly metrics: readonly RecordedMetric[];
  /** Points, both ends inclusive. */
  readonly range: SampleRange;
  /** More that the profiles of a metric must pass. */
  readonly testsOf?: (metric: RecordedMetric, map: LabelMap) => readonly ValueTest[];
  readonly signal?: AbortSignal;
}

export type RecordedAnswer =
  | { readonly kind: 'series'; readonly series: readonly SampleSeries[] }
  | { readonly kind: 'failed'; readonly error: InputError };

/** Functions times series before they are grouped: those that a rule is of may be so many times those that it makes. */
const sumsPerSeries = 10;
/** What is read of long ranges at once; no slices are kept of so many. */
const profileSlicesAtOnce = 1_440;
const cacheBytes = 32 * 2 ** 20;

/** A metric while its profiles are read. */
interface Job {
  readonly compiled: CompiledMetric;
  readonly groups: Groups;
  readonly sums: PointSums;
  readonly functions: FunctionSums | undefined;
  failed: InputError | undefined;
}

export class RecordedMetrics {
  readonly #options: RecordedMetricsOptions;
  readonly #slices: SampleSlices;
  readonly #verdicts = new FunctionVerdicts();
  readonly #compiled = new WeakMap<RecordedMetric, CompiledMetric>();

  constructor(options: RecordedMetricsOptions) {
    this.#options = options;
    this.#slices = new SampleSlices({ ...options, ...options.limits, cacheBytes });
  }

  labelMap(tenant: string): LabelMap {
    return createLabelMap(this.#options.store.catalog.labelNames(tenant));
  }

  /** Answers in the order of the metrics. */
  async evaluate(question: RecordedQuestion): Promise<readonly RecordedAnswer[]> {
    const { startMillis, endMillis } = question.range;
    const grid = gridOf(startMillis, endMillis, recordedStepMillis);
    if (grid.count === 0) return question.metrics.map(() => ({ kind: 'series', series: [] }));
    try {
      return await this.#evaluateTogether(question, grid);
    } catch (error) {
      // Too much for one reading: which of them it is shows alone.
      if (!(error instanceof InputError) || error.code !== 'resource_exhausted') throw error;
      if (question.metrics.length === 1) return [{ kind: 'failed', error }];
      const answers: RecordedAnswer[] = [];
      for (const metric of question.metrics) answers.push(...(await this.evaluate({ ...question, metrics: [metric] })));
      return answers;
    }
  }

  async #evaluateTogether(question: RecordedQuestion, grid: PointGrid): Promise<readonly RecordedAnswer[]> {
    const map = this.labelMap(question.tenant);
    const jobs = question.metrics.map((metric) => this.#jobOf(metric, question, map, grid));
    await this.#readSamples(jobs, question, grid);
    await this.#readProfiles(jobs, question, grid);
    return jobs.map((job) =>
      job.failed ? { kind: 'failed', error: job.failed } : { kind: 'series', series: seriesOf(job) },
    );
  }

  #jobOf(metric: RecordedMetric, { tenant, testsOf }: RecordedQuestion, map: LabelMap, grid: PointGrid): Job {
    const compiled = this.#compiled.get(metric) ?? compileMetric(metric);
    this.#compiled.set(metric, compiled);
    const { store, limits } = this.#options;
    const tests = [...compiled.series, ...(testsOf?.(metric, map) ?? [])];
    const end = grid.startMillis + (grid.count - 1) * grid.stepMillis;
    const found = store.catalog.select(tenant, tests, rangeAfter(grid.startMillis - grid.stepMillis, end));
    const groups = groupSeries(found, map);
    const isTooMuch = groups.groups.length * grid.count > limits.mostPoints;
    const sumLimits = { mostSeries: limits.mostSeries * sumsPerSeries, mostPoints: limits.mostPoints };
    return {
      compiled,
      groups,
      sums: new PointSums(isTooMuch ? 0 : groups.groups.length, grid),
      functions:
        compiled.choice && metric.functions
          ? new FunctionSums(compiled.choice, [metric.functions.mode], this.#verdicts, sumLimits)
          : undefined,
      failed: isTooMuch ? tooMuch(metric, groups.groups.length, grid, limits) : undefined,
    };
  }

  async #readSamples(all: readonly Job[], question: RecordedQuestion, grid: PointGrid): Promise<void> {
    const jobs = all.filter(({ functions, failed }) => functions !== undefined && failed === undefined);
    const seriesIds = unionOf(jobs);
    if (seriesIds.length === 0) return;
    for await (const rows of this.#slices.read(slicesQuestion(question, seriesIds, grid))) {
      for (const job of jobs) {
        add(job, rows, (row, group, cell) => job.functions?.add(rows, row, group, cell, job.sums));
      }
    }
  }

  async #readProfiles(all: readonly Job[], question: RecordedQuestion, grid: PointGrid): Promise<void> {
    const jobs = all.filter(({ functions, failed }) => functions === undefined && failed === undefined);
    const seriesIds = unionOf(jobs);
    if (seriesIds.length === 0) return;
    const { firstSlice, lastSlice, ...rest } = slicesQuestion(question, seriesIds, grid);
    for (let first = firstSlice; first <= lastSlice; first += profileSlicesAtOnce) {
      const last = Math.min(lastSlice, first + profileSlicesAtOnce - 1);
      for await (const rows of this.#slices.readProfiles({ ...rest, firstSlice: first, lastSlice: last })) {
        for (const job of jobs) add(job, rows, () => undefined);
      }
    }
  }
}

function slicesQuestion(
  { tenant, signal }: RecordedQuestion,
  seriesIds: BigUint64Array,
  grid: PointGrid,
): SlicesQuestion {
  const end = grid.startMillis + (grid.count - 1) * grid.stepMillis;
  return {
    tenant,
    seriesIds,
    firstSlice: (grid.startMillis - grid.stepMillis) / sliceMillis,
    lastSlice: end / sliceMillis - 1,
    signal,
  };
}

/** Sorted, so that the same metrics read the same slices. */
function unionOf(jobs: readonly Job[]): BigUint64Array {
  return BigUint64Array.from(new Set(jobs.flatMap(({ groups }) => [...groups.seriesIds]))).sort();
}

function add(job: Job, rows: ProfileRows, onRow: (row: number, group: number, cell: number) => void): void {
  if (job.failed !== undefined) return;
  try {
    addRows(rows, job.sums, job.groups.groups, job.groups.groupOf, onRow);
  } catch (error) {
    // One rule that matches too many functions must not take the others with it.
    if (!(error instanceof InputError)) throw error;
    job.failed = error;
  }
}

const tooMuch = (
  { name }: RecordedMetric,
  series: number,
  { count }: PointGrid,
  { mostPoints }: MetricLimits,
): InputError =>
  new InputError(
    'resource_exhausted',
    `${name} is of ${series} series of profiles, times ${count} points: more than ${mostPoints} points; narrow it or ask for a shorter range`,
  );

/** Points of a series that are being added up. */
interface Sum {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly isThere: Uint8Array;
}

function seriesOf(job: Job): readonly SampleSeries[] {
  const { grid } = job.sums;
  const sums = new Map<string, Sum>();
  const sumOf = (labels: Labels): Sum => {
    const key = labelsKey(labels);
    const known = sums.get(key);
    if (known !== undefined) return known;
    const made = { labels, values: new Float64Array(grid.count), isThere: new Uint8Array(grid.count) };
    sums.set(key, made);
    return made;
  };
  addSums(job, sumOf);
  return [...sums.values()].map((sum) => compact(sum, grid)).filter(({ times }) => times.length > 0);
}

function addSums({ compiled, groups, sums, functions }: Job, sumOf: (labels: Labels) => Sum): void {
  const { metric, splits } = compiled;
  const measure = typeMeaning(metric.profileType).isState ? 'value' : 'rate';
  const { count } = sums.grid;
  const labels = groups.groups.map((group) => recordedLabels(metric, group.labels));
  const addGroup = (group: number, to: Sum, valueAt: (point: number) => number | undefined): void => {
    const meaning = groups.groups[group]?.meaning;
    if (meaning === undefined) return;
    for (let point = 0; point < count; point++) {
      const cell = group * count + point;
      const of = sums.profileCounts[cell] === 0 ? undefined : valueAt(point);
      if (of === undefined) continue;
      to.values[point] = (to.values[point] ?? 0) + (valueOf({ measure }, meaning, sums, cell, of) ?? 0);
      to.isThere[point] = 1;
    }
  };
  if (functions !== undefined && splits) {
    for (const { group, number, values } of functions.all()) {
      const label = { name: functionLabel, value: functions.names[number] ?? '' };
      const ofFunction = sortLabels([...(labels[group] ?? []).filter(({ name }) => name !== functionLabel), label]);
      addGroup(group, sumOf(ofFunction), (point) => values[point] || undefined);
    }
    return;
  }
  const chosen = new Map(functions?.all().map(({ group, values }) => [group, values]));
  groups.groups.forEach((_, group) => {
    const ofGroup = functions === undefined ? sums.totals.subarray(group * count) : chosen.get(group);
    addGroup(group, sumOf(labels[group] ?? []), (point) => ofGroup?.[point] ?? 0);
  });
}

function compact({ labels, values, isThere }: Sum, { startMillis, stepMillis, count }: PointGrid): SampleSeries {
  const points = Array.from({ length: count }, (_, point) => point).filter((point) => isThere[point] === 1);
  return {
    labels,
    times: Float64Array.from(points, (point) => startMillis + point * stepMillis),
    values: Float64Array.from(points, (point) => values[point] ?? 0),
  };
}
