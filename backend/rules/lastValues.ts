/**
 * The newest sample of each series that rules gave, for who comes to fetch them.
 *
 * Shape:  a series whose last sample is older than five minutes is over, as it is for Prometheus.
 */
import type { Labels } from '../model/labels.ts';
import type { SampleSeries } from '../promql/sampleSource.ts';
import { ruleKey } from './ruleBook.ts';
import type { Rule } from './ruleBook.ts';

export interface LastValue {
  readonly rule: Rule;
  /** The metric's name among them. */
  readonly labels: Labels;
  readonly timeMillis: number;
  readonly value: number;
}

const overMillis = 300_000;

export class LastValues {
  readonly #byRule = new Map<string, ReadonlyMap<string, LastValue>>();

  keep(rule: Rule, series: readonly SampleSeries[]): void {
    if (series.length === 0) return;
    const key = ruleKey(rule);
    const values = new Map(this.#byRule.get(key));
    for (const { labels, times, values: all } of series) {
      const timeMillis = times.at(-1);
      const value = all.at(-1);
      if (timeMillis === undefined || value === undefined) continue;
      values.set(JSON.stringify(labels), { rule, labels, timeMillis, value });
    }
    const newest = Math.max(...[...values.values()].map(({ timeMillis }) => timeMillis));
    this.#byRule.set(key, new Map([...values].filter(([, { timeMillis }]) => timeMillis > newest - overMillis)));
  }

  forget(rule: Rule): void {
    this.#byRule.delete(ruleKey(rule));
  }

  of(tenant: string, nowMillis: number): readonly LastValue[] {
    return [...this.#byRule.values()]
      .flatMap((values) => [...values.values()])
      .filter(({ rule, timeMillis }) => rule.tenant === tenant && timeMillis > nowMillis - overMillis);
  }
}
