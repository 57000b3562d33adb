/** Puts the recording rules of a server together: what is in force, who evaluates it, where it is asked for. */
import { readFile } from 'node:fs/promises';
import type { ServiceImpl } from '@connectrpc/connect';
import type { Config } from './config.ts';
import type { Documents } from './documents/documents.ts';
import type { HttpRoute } from './http/httpRoutes.ts';
import { createRecordingRulesService } from './http/kept/recordingRulesService.ts';
import type { ServerMetrics } from './http/metrics.ts';
import type { QuestionRoom } from './http/questionRoom.ts';
import { createRuleCounters } from './http/ruleCounters.ts';
import { createRuleRoutes } from './http/ruleRoutes.ts';
import type { TenantsOf } from './http/tenant.ts';
import type { Log } from './log.ts';
import { metricLimits } from './metrics/profileMetrics.ts';
import { RecordedMetrics } from './metrics/recordedMetrics.ts';
import { recordedSource } from './metrics/recordedSource.ts';
import type { RecordedBook } from './metrics/recordedSource.ts';
import type { SampleSource } from './promql/sampleSource.ts';
import { checkBudget } from './rules/checkBudget.ts';
import type { BudgetQuestion } from './rules/checkBudget.ts';
import { estimateSeries } from './rules/estimateSeries.ts';
import { watchLate } from './rules/lateProfiles.ts';
import { readRuleFile } from './rules/readRuleFile.ts';
import type { RuleOfFile } from './rules/readRuleFile.ts';
import { RuleBook, ruleKey } from './rules/ruleBook.ts';
import type { Rule } from './rules/ruleBook.ts';
import { RuleEvaluator } from './rules/ruleEvaluator.ts';
import type { SampleSink } from './rules/sampleSink.ts';
import { SeriesBudget } from './rules/seriesBudget.ts';
import type { WatchedStore, WritableStore } from './store/writeWatch.ts';
import type { RecordingRulesService } from './wire/pyroscope/gen/settings/v1/recording_rules_pb.js';

export interface ServedRules {
  /** Writes must go through it. */
  readonly store: WritableStore;
  readonly service: ServiceImpl<typeof RecordingRulesService>;
  readonly routes: readonly HttpRoute[];
  readonly recorded: RecordedBook;
  /** With the recorded metrics among those of profiles. */
  readonly sourceOf: (base: SampleSource, tenants: string) => SampleSource;
  /** Evaluates from now on; what is returned ends it. */
  start(): () => Promise<void>;
}

export interface ServeRulesOptions {
  readonly config: Pick<Config, 'rules' | 'limits' | 'multitenancy'>;
  readonly questions: QuestionRoom;
  readonly watched: WatchedStore;
  readonly documents: Documents;
  readonly sink: SampleSink | undefined;
  readonly metrics: ServerMetrics;
  readonly tenantsOf: TenantsOf;
  readonly log: Log;
  readonly now: () => number;
}

export async function serveRules(options: ServeRulesOptions): Promise<ServedRules> {
  const { config, questions, watched, documents, sink, metrics, tenantsOf, log, now } = options;
  const { limits, multitenancy } = config;
  const book = new RuleBook();
  const budget = new SeriesBudget(config.rules);
  const counters = createRuleCounters(metrics.registry);
  const recorded = new RecordedMetrics({ ...questions, writes: watched.writes, limits: metricLimits(config.limits) });
  const evaluator = new RuleEvaluator({
    ...{ book, recorded, documents, sink, budget, counters, log, now, ...config.rules },
    catalog: questions.store.catalog,
    writes: watched.writes,
    tellsTenant: multitenancy,
  });
  counters.watch(() => ({
    rules: book.all().length,
    series: budget.countWithout(''),
    lagSeconds: evaluator.lagSeconds(),
  }));
  const measure = async (rule: Rule, signal: AbortSignal): Promise<BudgetQuestion> => ({
    estimate: await questions.ask(() => estimateSeries(questions, rule.tenant, rule.metric, signal), signal),
    others: budget.countWithout(ruleKey(rule)),
    limits: config.rules,
  });
  const service = await createRecordingRulesService({
    ...{ documents, limits, book, multitenancy, log, provisioned: await readFileOfRules(config) },
    checkBudget: async (rule, signal) => {
      const measured = await measure(rule, signal);
      checkBudget(measured);
      return measured.estimate.series;
    },
    onSaved: (rule, series) => budget.expect(ruleKey(rule), series),
  });
  const view: RecordedBook = {
    metricsOf: (tenant) => book.metricsOf(tenant),
    closedMillis: () => evaluator.closedMillis(),
  };
  return {
    store: watchLate(watched.store, {
      book,
      evaluatedUntil: (tenant) => evaluator.evaluatedUntil(tenant),
      countLate: counters.countLate,
    }),
    service,
    routes: createRuleRoutes({ lastValues: (tenant) => evaluator.lastValues(tenant), measure, tenantsOf, limits }),
    recorded: view,
    sourceOf: (base, tenants) => recordedSource(base, recorded, view, tenants),
    start: () => evaluator.start(),
  };
}

async function readFileOfRules({
  rules: { file },
  ...config
}: ServeRulesOptions['config']): Promise<readonly RuleOfFile[]> {
  return file === undefined ? [] : readRuleFile(await readFile(file, 'utf8'), { fileName: file, ...config });
}
