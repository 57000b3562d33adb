/**
 * How many series rules may make, each and together: Prometheus pays for every series, and a label with a thousand values
 * makes a thousand of them.
 *
 * Shape:  a series counts for a day after its last sample, as it does in the estimate before a rule is saved. Those that were
 *         there first stay; past the budget new ones are refused.
 */
export interface BudgetLimits {
  readonly seriesPerRule: number;
  readonly seriesInAll: number;
}

export const budgetDayMillis = 86_400_000;

interface RuleSeriesSeen {
  /** Series to the time of its last sample. */
  readonly seen: Map<string, number>;
  /** What the rule was saved with: it counts until the series are there. */
  expected: number;
}

export class SeriesBudget {
  readonly #limits: BudgetLimits;
  readonly #rules = new Map<string, RuleSeriesSeen>();

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /** Whether a rule's series may have a sample at the time. */
  admits(rule: string, series: string, timeMillis: number): boolean {
    const { seen } = this.#of(rule);
    const last = seen.get(series);
    if (last === undefined && !this.#hasRoom(seen, timeMillis)) return false;
    seen.set(series, Math.max(last ?? timeMillis, timeMillis));
    return true;
  }

  #hasRoom(seen: Map<string, number>, nowMillis: number): boolean {
    const isFull = (): boolean => seen.size >= this.#limits.seriesPerRule || this.#seen() >= this.#limits.seriesInAll;
    if (!isFull()) return true;
    for (const { seen: all } of this.#rules.values()) {
      for (const [series, last] of all) if (last <= nowMillis - budgetDayMillis) all.delete(series);
    }
    return !isFull();
  }

  expect(rule: string, series: number): void {
    this.#of(rule).expected = series;
  }

  forget(rule: string): void {
    this.#rules.delete(rule);
  }

  /** Series of all rules but one, those that are expected among them. */
  countWithout(rule: string): number {
    return [...this.#rules].reduce(
      (sum, [key, { seen, expected }]) => sum + (key === rule ? 0 : Math.max(seen.size, expected)),
      0,
    );
  }

  #seen(): number {
    let sum = 0;
    for (const { seen } of this.#rules.values()) sum += seen.size;
    return sum;
  }

  #of(rule: string): RuleSeriesSeen {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const made = { seen: new Map<string, number>(), expected: 0 };
    this.#rules.set(rule, made);
    return made;
  }
}
