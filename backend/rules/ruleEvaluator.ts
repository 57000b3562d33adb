/**
 * Evaluates rules as profiles come in and hands on what they give.
 *
 * Shape:  a minute is evaluated once, when it is over and the allowance for profiles on their way has passed; those that come
 *         later change nothing. All rules of a tenant that are equally far share one reading. A new rule starts so far back
 *         as it may and comes up in pieces of ten minutes, the rules that are up to date first; after a restart every rule
 *         goes on where it was. Samples of a series are handed on in the order of time. A minute that nobody wrote into
 *         since the start is passed over.
 * Errors: what the sink or the store refuses is tried again; a rule that is beyond the limits for a minute loses it.
 */
import type { RecordedAnswer, RecordedMetrics } from '../metrics/recordedMetrics.ts';
import { recordedStepMillis } from '../metrics/recordedMetrics.ts';
import { metricNameLabel } from '../model/labels.ts';
import { millisOfNanos } from '../model/time.ts';
import type { Documents } from '../documents/documents.ts';
import type { Log } from '../log.ts';
import type { SampleSeries } from '../promql/sampleSource.ts';
import type { Catalog } from '../store/catalog.ts';
import { sliceMillis } from '../store/writeWatch.ts';
import type { WriteWatch } from '../store/writeWatch.ts';
import { labelsKey } from '../metrics/recordedGroups.ts';
import { LastValues } from './lastValues.ts';
import type { LastValue } from './lastValues.ts';
import { ruleKey } from './ruleBook.ts';
import type { Rule, RuleBook } from './ruleBook.ts';
import type { RuleCounters } from './ruleCounters.ts';
import { positionOf, readPositions, writePositions } from './rulePositions.ts';
import type { Positions } from './rulePositions.ts';
import type { RuleSeries, SampleSink } from './sampleSink.ts';
import type { SeriesBudget } from './seriesBudget.ts';

export interface RuleEvaluatorOptions {
  readonly book: RuleBook;
  readonly recorded: RecordedMetrics;
  readonly catalog: Catalog;
  readonly writes: WriteWatch;
  readonly documents: Documents;
  /** undefined: values are only shown, so nothing is evaluated again and no position is kept. */
  readonly sink: SampleSink | undefined;
  readonly budget: SeriesBudget;
  readonly latenessMillis: number;
  readonly backfillMillis: number;
  /** Whether series that are handed on name their tenant. */
  readonly tellsTenant: boolean;
  readonly counters: RuleCounters;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface RuleState {
  readonly rule: Rule;
  /** The end of the last minute that was handed on. */
  until: number;
  /** Minutes that are evaluated at once. */
  atOnce: number;
  /** What was logged of it already: once is enough. */
  readonly told: Set<string>;
}

interface Batch {
  readonly tenant: string;
  readonly states: readonly RuleState[];
  readonly from: number;
  readonly to: number;
}

const minutesAtOnce = 10;
/** Shorter stops than this are always made up for. */
const leastBackfillMillis = 600_000;
/** A position so far ahead comes from a clock that was wrong. */
const clockSkewMillis = 3_600_000;
const retryMillis = 15_000;

export class RuleEvaluator {
  readonly #options: RuleEvaluatorOptions;
  readonly #startedAt: number;
  readonly #states = new Map<string, RuleState>();
  readonly #positions = new Map<string, Positions>();
  readonly #last = new LastValues();
  /** By tenant: the end of the newest minute that was. */
  readonly #evaluated = new Map<string, number>();
  #running: Promise<void> | undefined;
  #isStopped = false;
  #wake: () => void = () => undefined;
  #toldTrouble = '';

  constructor(options: RuleEvaluatorOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  /** The end of the last minute that is over and whose allowance has passed. */
  closedMillis(): number {
    const { now, latenessMillis } = this.#options;
    return Math.floor((now() - latenessMillis) / recordedStepMillis) * recordedStepMillis;
  }

  evaluatedUntil(tenant: string): number | undefined {
    return this.#evaluated.get(tenant);
  }

  lastValues(tenant: string): readonly LastValue[] {
    return this.#last.of(tenant, this.closedMillis());
  }

  lagSeconds(): number {
    const closed = this.closedMillis();
    return Math.max(0, ...[...this.#states.values()].map(({ until }) => (closed - until) / 1_000));
  }

  /** Everything that is due; calls at the same time share one run. Rejects with what refused. */
  evaluateDue(): Promise<void> {
    this.#running ??= this.#evaluateAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Evaluates from now on. What is returned stops it and waits for what is being done. */
  start(): () => Promise<void> {
    const loop = async (): Promise<void> => {
      while (!this.#isStopped) {
        const isBehind = await this.evaluateDue().then(
          () => false,
          (error: unknown) => this.#tellTrouble(error),
        );
        if (!this.#isStopped) await this.#sleep(isBehind ? retryMillis : this.#untilNext());
      }
    };
    this.#options.book.whenChanged(() => this.#wake());
    const ended = loop();
    return async () => {
      this.#isStopped = true;
      this.#wake();
      await ended;
    };
  }

  #untilNext(): number {
    const { now, latenessMillis } = this.#options;
    return Math.max(100, this.closedMillis() + recordedStepMillis + latenessMillis - now() + 50);
  }

  #sleep(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A trouble that lasts is told once. */
  #tellTrouble(error: unknown): true {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== this.#toldTrouble)
      this.#options.log.warn('recording rules wait, and are tried again', { error: text });
    this.#toldTrouble = text;
    return true;
  }

  async #evaluateAll(): Promise<void> {
    await this.#followBook();
    for (let batch = this.#nextBatch(); batch !== undefined && !this.#isStopped; batch = this.#nextBatch()) {
      await this.#evaluate(batch);
      await this.#followBook();
    }
    this.#toldTrouble = '';
  }

  async #followBook(): Promise<void> {
    const { book, documents, budget, sink } = this.#options;
    const rules = new Map(book.all().map((rule) => [ruleKey(rule), rule]));
    for (const [key, { rule }] of this.#states) {
      if (rules.get(key) === rule) continue;
      this.#last.forget(rule);
      if (rules.get(key)?.metric.name === rule.metric.name) continue;
      this.#states.delete(key);
      budget.forget(key);
    }
    for (const [key, rule] of rules) {
      const state = this.#states.get(key);
      if (state?.rule === rule) continue;
      if (sink !== undefined && !this.#positions.has(rule.tenant)) {
        this.#positions.set(rule.tenant, await readPositions(documents, rule.tenant));
      }
      const until = state?.until ?? this.#firstUntil(rule);
      this.#states.set(key, { rule, until, atOnce: minutesAtOnce, told: new Set() });
    }
  }

  /** Where a rule starts. */
  #firstUntil(rule: Rule): number {
    const { sink, catalog, backfillMillis } = this.#options;
    const closed = this.closedMillis();
    if (sink === undefined) return closed - recordedStepMillis;
    const kept = positionOf(this.#positions.get(rule.tenant) ?? new Map(), rule);
    if (kept !== undefined) return kept > closed + clockSkewMillis ? closed : kept;
    const oldest = catalog.bounds(rule.tenant)?.oldest;
    if (oldest === undefined) return closed;
    const floor = (millis: number): number => Math.floor(millis / recordedStepMillis) * recordedStepMillis;
    return Math.min(closed, Math.max(-floor(backfillMillis - closed), floor(millisOfNanos(oldest) - 1)));
  }

  /** The rules of a tenant that are furthest, of those that are behind. */
  #nextBatch(): Batch | undefined {
    const closed = this.closedMillis();
    this.#leaveFuture(closed);
    const behind = [...this.#states.values()].filter(({ until }) => until < closed);
    this.#passOver(behind, closed - Math.max(leastBackfillMillis, this.#options.backfillMillis));
    const [first] = behind.sort((a, b) => b.until - a.until);
    if (first === undefined) return undefined;
    const { until: from, atOnce, rule } = first;
    const states = behind.filter(
      (one) => one.until === from && one.atOnce === atOnce && one.rule.tenant === rule.tenant,
    );
    return { tenant: rule.tenant, states, from, to: Math.min(closed, from + atOnce * recordedStepMillis) };
  }

  /** Where a clock that was wrong has led, nobody waits for it. */
  #leaveFuture(closed: number): void {
    for (const state of this.#states.values()) {
      if (state.until <= closed + clockSkewMillis) continue;
      state.until = closed;
      this.#last.forget(state.rule);
      this.#evaluated.set(state.rule.tenant, closed);
    }
  }

  #passOver(behind: readonly RuleState[], floor: number): void {
    const oldest = Math.ceil(floor / recordedStepMillis) * recordedStepMillis;
    for (const state of behind) {
      if (state.until >= oldest) continue;
      const minutes = (oldest - state.until) / recordedStepMillis;
      this.#options.counters.countSkipped(minutes);
      this.#tell(state, 'minutes of a recording rule are too old (--rule-backfill) and left out', { minutes });
      state.until = oldest;
    }
  }

  #isUntouched({ from, to }: Batch): boolean {
    if (from < this.#startedAt) return false;
    for (let slice = from / sliceMillis; slice < to / sliceMillis; slice++) {
      if (this.#options.writes.versionOf(slice) !== 0) return false;
    }
    return true;
  }

  async #evaluate(batch: Batch): Promise<void> {
    const { tenant, states, from, to } = batch;
    if (this.#isUntouched(batch)) {
      for (const state of states) state.until = to;
      return;
    }
    const { recorded, counters, sink } = this.#options;
    const began = performance.now();
    const answers = await recorded.evaluate({
      tenant,
      metrics: states.map(({ rule }) => rule.metric),
      range: { startMillis: from + recordedStepMillis, endMillis: to },
    });
    const done = states.filter((state, i) => this.#isDone(state, answers[i], batch));
    const given = states.map((state, i) => this.#admitted(state, answers[i]));
    const batchOfSink = given.flatMap((series, i) => series.map((one) => this.#forSink(states[i]?.rule, one)));
    states.forEach(({ rule }, i) => this.#last.keep(rule, given[i] ?? []));
    this.#evaluated.set(tenant, Math.max(to, this.#evaluated.get(tenant) ?? to));
    if (sink !== undefined && batchOfSink.length > 0) await sink.accept(batchOfSink);
    for (const state of done) state.until = to;
    await this.#keepPositions(tenant);
    counters.countEvaluated((done.length * (to - from)) / recordedStepMillis, (performance.now() - began) / 1_000);
  }

  /** Whether the minutes need not be evaluated again. */
  #isDone(state: RuleState, answer: RecordedAnswer | undefined, { from, to }: Batch): boolean {
    if (answer?.kind !== 'failed') return true;
    if (to - from > recordedStepMillis) {
      // What is too much at once may do minute by minute.
      state.atOnce = 1;
      return false;
    }
    this.#options.counters.countFailed(1);
    this.#tell(state, 'a recording rule cannot be evaluated', { error: answer.error.message });
    return true;
  }

  #admitted(state: RuleState, answer: RecordedAnswer | undefined): readonly SampleSeries[] {
    if (answer?.kind !== 'series') return [];
    const { budget, counters } = this.#options;
    const key = ruleKey(state.rule);
    return answer.series.filter(({ labels, times }) => {
      if (budget.admits(key, labelsKey(labels), times.at(-1) ?? 0)) return true;
      counters.countDropped(times.length);
      this.#tell(state, 'a recording rule makes too many series, new ones are dropped (--max-series-per-rule)', {});
      return false;
    });
  }

  #forSink(rule: Rule | undefined, { labels, times, values }: SampleSeries): RuleSeries {
    const own = new Map(labels.map(({ name, value }) => [name, value]));
    own.delete(metricNameLabel);
    if (this.#options.tellsTenant && rule !== undefined) own.set('tenant', rule.tenant);
    return { name: rule?.metric.name ?? '', labels: own, timesMs: [...times], values: [...values] };
  }

  async #keepPositions(tenant: string): Promise<void> {
    if (this.#options.sink === undefined) return;
    const states = [...this.#states.values()].filter(({ rule }) => rule.tenant === tenant);
    const positions = new Map(states.map(({ rule, until }) => [rule.id, { metric: rule.metric.name, until }]));
    await writePositions(this.#options.documents, tenant, positions);
    this.#positions.set(tenant, positions);
  }

  #tell(
    { rule, told }: Pick<RuleState, 'rule' | 'told'>,
    message: string,
    fields: Record<string, string | number>,
  ): void {
    if (told.has(message)) return;
    told.add(message);
    this.#options.log.warn(message, { tenant: rule.tenant, rule: rule.id, metric: rule.metric.name, ...fields });
  }
}
