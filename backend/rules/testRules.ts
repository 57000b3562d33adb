/** An evaluator over a memory store with a clock of its own: for tests. */
import { createMemoryDocuments } from '../documents/memoryDocuments.ts';
import { defaultLimits } from '../limits.ts';
import { createLog } from '../log.ts';
import { metricLimits } from '../metrics/profileMetrics.ts';
import type { MetricLimits } from '../metrics/profileMetrics.ts';
import { RecordedMetrics } from '../metrics/recordedMetrics.ts';
import type { MadeUpProfile } from '../metrics/testProfiles.ts';
import { batchOf, cpu, noonMillis } from '../metrics/testProfiles.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { StackMemory } from '../query/stackMemory.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { watchWrites } from '../store/writeWatch.ts';
import { watchLate } from './lateProfiles.ts';
import { RuleBook } from './ruleBook.ts';
import type { Rule } from './ruleBook.ts';
import { RuleEvaluator } from './ruleEvaluator.ts';
import type { RuleCounters } from './ruleCounters.ts';
import type { RuleSeries } from './sampleSink.ts';
import { SeriesBudget } from './seriesBudget.ts';
import type { BudgetLimits } from './seriesBudget.ts';

export const ruleOf = (id: string, more: Partial<RecordedMetric> = {}, tenant = 'anonymous'): Rule => ({
  tenant,
  id,
  metric: {
    name: `profiles_recorded_${id}`,
    profileType: cpu,
    matchers: [{ name: '__profile_type__', op: '=', value: cpu }],
    groupBy: [],
    labels: [],
    functions: undefined,
    ...more,
  },
});

export interface Counted {
  minutes: number;
  failed: number;
  skipped: number;
  late: number;
  dropped: number;
}

export interface RulesSubject {
  readonly evaluator: RuleEvaluator;
  readonly book: RuleBook;
  readonly counted: Counted;
  readonly log: readonly string[];
  /** How often profiles were read. */
  readonly reads: () => number;
  readonly write: (profile: MadeUpProfile, tenant?: string) => Promise<void>;
  /** Evaluates at so many seconds after noon and gives what was handed on: "name{labels} 60=0.5 120=1", sorted by name. */
  readonly at: (seconds: number) => Promise<readonly string[]>;
  /** Of the series that were handed on, in that order. */
  readonly names: () => readonly string[];
  /** What the sink does from now on instead of taking. */
  refusal: Error | undefined;
  /** The same store and documents under another evaluator. */
  readonly restart: (rules: readonly Rule[], seconds: number) => RulesSubject;
}

export interface RulesOptions extends Partial<BudgetLimits> {
  readonly latenessSeconds?: number;
  readonly backfillSeconds?: number;
  readonly hasSink?: boolean;
  readonly tellsTenant?: boolean;
  readonly limits?: Partial<MetricLimits>;
}

export function rulesOver(rules: readonly Rule[], options: RulesOptions = {}): RulesSubject {
  const store = openMemoryStore();
  const documents = createMemoryDocuments();
  let reads = 0;
  const readSamples = store.readSamples.bind(store);
  store.readSamples = (...args) => {
    reads++;
    return readSamples(...args);
  };
  const begin = (some: readonly Rule[], startSeconds: number): RulesSubject => {
    const { store: watched, writes } = watchWrites(store);
    const counted: Counted = { minutes: 0, failed: 0, skipped: 0, late: 0, dropped: 0 };
    const book = bookOf(some);
    let now = noonMillis + startSeconds * 1_000;
    let given: RuleSeries[] = [];
    const log: string[] = [];
    const evaluator = new RuleEvaluator({
      book,
      recorded: new RecordedMetrics({
        store,
        memory: new StackMemory(2 ** 26),
        writes,
        limits: { ...metricLimits(defaultLimits), staleMillis: 0, ...options.limits },
      }),
      catalog: store.catalog,
      writes,
      documents,
      sink:
        options.hasSink === false
          ? undefined
          : {
              accept: (series) => {
                if (subject.refusal !== undefined) return Promise.reject(subject.refusal);
                given.push(...series);
                return Promise.resolve();
              },
            },
      budget: new SeriesBudget({ seriesPerRule: 100, seriesInAll: 1_000, ...options }),
      latenessMillis: (options.latenessSeconds ?? 30) * 1_000,
      backfillMillis: (options.backfillSeconds ?? 3_600) * 1_000,
      tellsTenant: options.tellsTenant ?? false,
      counters: countersInto(counted),
      log: createLog((line) => log.push(line)),
      now: () => now,
    });
    const late = watchLate(watched, {
      book,
      evaluatedUntil: (tenant) => evaluator.evaluatedUntil(tenant),
      countLate: (profiles) => (counted.late += profiles),
    });
    const subject: RulesSubject = {
      ...{ evaluator, book, counted, log, refusal: undefined },
      reads: () => reads,
      names: () => given.map(({ name }) => name.replace('profiles_recorded_', '')),
      write: (profile, tenant) => late.write(batchOf(profile, tenant)),
      at: async (seconds) => {
        now = noonMillis + seconds * 1_000;
        given = [];
        await evaluator.evaluateDue();
        return given.map(lineOf).sort();
      },
      restart: begin,
    };
    return subject;
  };
  return begin(rules, 0);
}

function bookOf(rules: readonly Rule[]): RuleBook {
  const book = new RuleBook();
  for (const tenant of new Set(rules.map((rule) => rule.tenant))) {
    book.set(
      tenant,
      rules.filter((rule) => rule.tenant === tenant),
    );
  }
  return book;
}

const countersInto = (counted: Counted): RuleCounters => ({
  countEvaluated: (minutes) => (counted.minutes += minutes),
  countFailed: (minutes) => (counted.failed += minutes),
  countSkipped: (minutes) => (counted.skipped += minutes),
  countLate: (profiles) => (counted.late += profiles),
  countDropped: (samples) => (counted.dropped += samples),
  watch: () => undefined,
});

function lineOf({ name, labels, timesMs, values }: RuleSeries): string {
  const pairs = [...labels].map(([label, value]) => `${label}="${value}"`);
  const points = timesMs.map(
    (time, i) => `${(time - noonMillis) / 1_000}=${Number((values[i] ?? NaN).toPrecision(6))}`,
  );
  return [`${name.replace('profiles_recorded_', '')}{${pairs.join(',')}}`, ...points].join(' ');
}
