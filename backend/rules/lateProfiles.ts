/**
 * Counts the profiles that came after their minute was evaluated: what was handed on of it stays as it is, since Prometheus
 * refuses a sample that changes.
 */
import type { Labels } from '../model/labels.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { millisOfNanos } from '../model/time.ts';
import { labelTest } from '../metrics/recordedGroups.ts';
import { recordedStepMillis } from '../metrics/recordedMetrics.ts';
import type { WritableStore } from '../store/writeWatch.ts';
import type { RuleBook } from './ruleBook.ts';

export interface LateWatch {
  readonly book: RuleBook;
  /** The end of the newest minute that was evaluated for a tenant; undefined: none yet. */
  readonly evaluatedUntil: (tenant: string) => number | undefined;
  readonly countLate: (profiles: number) => void;
}

/** Writes must go through the store that is returned. */
export function watchLate(store: WritableStore, { book, evaluatedUntil, countLate }: LateWatch): WritableStore {
  const tests = new WeakMap<RecordedMetric, (labels: Labels) => boolean>();
  const fits = (metric: RecordedMetric, labels: Labels): boolean => {
    const test = tests.get(metric) ?? labelTest(metric.matchers);
    tests.set(metric, test);
    return test(labels);
  };
  return {
    hashKey: store.hashKey,
    write: async (batch) => {
      await store.write(batch);
      const until = evaluatedUntil(batch.tenant);
      if (until === undefined) return;
      const metrics = book.metricsOf(batch.tenant);
      const late = batch.records.filter(({ timeNanos, labels }) => {
        const minute = Math.ceil(millisOfNanos(timeNanos) / recordedStepMillis) * recordedStepMillis;
        return minute <= until && metrics.some((metric) => fits(metric, labels));
      });
      if (late.length > 0) countLate(late.length);
    },
  };
}
