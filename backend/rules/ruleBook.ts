/** The recording rules that are in force, in memory: evaluated, asked for by name, and counted against. */
import type { RecordedMetric } from '../model/recordedMetric.ts';

export interface Rule {
  readonly tenant: string;
  /** Unique in its tenant. */
  readonly id: string;
  readonly metric: RecordedMetric;
}

export class RuleBook {
  readonly #byTenant = new Map<string, readonly Rule[]>();
  #onChange: () => void = () => undefined;

  /** All rules of a tenant, in place of those before. */
  set(tenant: string, rules: readonly Rule[]): void {
    if (rules.length === 0) this.#byTenant.delete(tenant);
    else this.#byTenant.set(tenant, rules);
    this.#onChange();
  }

  rulesOf(tenant: string): readonly Rule[] {
    return this.#byTenant.get(tenant) ?? [];
  }

  metricsOf(tenant: string): readonly RecordedMetric[] {
    return this.rulesOf(tenant).map(({ metric }) => metric);
  }

  all(): readonly Rule[] {
    return [...this.#byTenant.values()].flat();
  }

  /** One listener. */
  whenChanged(listener: () => void): void {
    this.#onChange = listener;
  }
}

export const ruleKey = ({ tenant, id }: Pick<Rule, 'tenant' | 'id'>): string => `${tenant}/${id}`;
