/**
 * Recorded metrics among the metrics of profiles: asked for by name they are worked out from the profiles, as far back as
 * there are any, whether or not anybody recorded them then.
 *
 * Shape:  only of minutes that are closed: until then some of a sum's profiles are still on their way. Of several tenants
 *         every one has its own rules; series with the same labels are added.
 */
import type { Labels } from '../model/labels.ts';
import { metricNameLabel } from '../model/labels.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import type { Matchers } from '../model/selector.ts';
import { splitTenants } from '../model/tenants.ts';
import type { TimeRange } from '../model/time.ts';
import type { SampleRange, SampleSeries, SampleSource } from '../promql/sampleSource.ts';
import { toValueTests } from '../query/matcherTests.ts';
import type { Store } from '../store/store.ts';
import { createLabelMap, exportLabels, functionLabel } from './labelMap.ts';
import { compileMetric, labelsKey, labelTest, recordedLabels, testsInCatalog } from './recordedGroups.ts';
import type { RecordedMetrics } from './recordedMetrics.ts';

/** Which metrics are recorded. */
export interface RecordedBook {
  /** Of one tenant. */
  metricsOf(tenant: string): readonly RecordedMetric[];
  /** The end of the last closed minute. */
  closedMillis(): number;
}

export const recordedMetricsOf = (book: RecordedBook, tenants: string): readonly RecordedMetric[] =>
  splitTenants(tenants).flatMap((tenant) => book.metricsOf(tenant));

export function recordedSource(
  base: SampleSource,
  recorded: RecordedMetrics,
  book: RecordedBook,
  tenants: string,
): SampleSource {
  const select: SampleSource['select'] = async (matchers, range, signal) => {
    const [of, ours] = await Promise.all([
      base.select(matchers, range, signal),
      selectRecorded(recorded, book, { tenants, matchers, range, ...(signal && { signal }) }),
    ]);
    return ours.length === 0 ? of : [...of, ...ours];
  };
  return { select };
}

interface Selection {
  readonly tenants: string;
  readonly matchers: Matchers;
  readonly range: SampleRange;
  readonly signal?: AbortSignal;
}

async function selectRecorded(
  recorded: RecordedMetrics,
  book: RecordedBook,
  { tenants, matchers, range, signal }: Selection,
): Promise<readonly SampleSeries[]> {
  const named = nameTest(matchers);
  const fits = labelTest(matchers);
  const closed = { ...range, endMillis: Math.min(range.endMillis, book.closedMillis()) };
  const found: SampleSeries[] = [];
  for (const tenant of splitTenants(tenants)) {
    const metrics = book.metricsOf(tenant).filter(named);
    if (metrics.length === 0) continue;
    const answers = await recorded.evaluate({
      tenant,
      metrics,
      range: closed,
      testsOf: (metric, map) => testsInCatalog(metric, matchers, map),
      ...(signal && { signal }),
    });
    for (const answer of answers) {
      if (answer.kind === 'failed') throw answer.error;
      found.push(...answer.series.filter(({ labels }) => fits(labels)));
    }
  }
  return addEqual(found);
}

/** Whether a metric's name is asked for. */
function nameTest(matchers: Matchers): (metric: RecordedMetric) => boolean {
  const tests = toValueTests(matchers.filter(({ name }) => name === metricNameLabel));
  return ({ name }) => tests.every(({ matches }) => matches(name));
}

function addEqual(all: readonly SampleSeries[]): readonly SampleSeries[] {
  const byKey = new Map<string, SampleSeries>();
  for (const series of all) {
    const key = labelsKey(series.labels);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? series : addTwo(known, series));
  }
  return [...byKey.values()];
}

function addTwo(a: SampleSeries, b: SampleSeries): SampleSeries {
  const sums = new Map<number, number>();
  for (const { times, values } of [a, b]) {
    times.forEach((time, i) => sums.set(time, (sums.get(time) ?? 0) + (values[i] ?? 0)));
  }
  const points = [...sums].sort(([x], [y]) => x - y);
  return {
    labels: a.labels,
    times: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

/** Label sets of recorded metrics, by the catalog alone: those that have a series of every function are told without it. */
export function recordedSets(
  { catalog }: Pick<Store, 'catalog'>,
  book: RecordedBook,
  tenants: string,
  matchers: Matchers,
  range: TimeRange | undefined,
): readonly Labels[] {
  const named = nameTest(matchers);
  const sets = new Map<string, Labels>();
  for (const tenant of splitTenants(tenants)) {
    const map = createLabelMap(catalog.labelNames(tenant));
    for (const metric of book.metricsOf(tenant).filter(named)) {
      const { series, splits } = compileMetric(metric);
      const fits = labelTest(matchers, splits ? functionLabel : undefined);
      for (const one of catalog.select(tenant, [...series, ...testsInCatalog(metric, matchers, map)], range)) {
        const labels = recordedLabels(metric, exportLabels(one.labels, map));
        if (fits(labels)) sets.set(labelsKey(labels), labels);
      }
    }
  }
  return [...sets.values()];
}
