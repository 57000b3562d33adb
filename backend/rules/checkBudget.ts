/**
 * Says before a rule is saved whether it stays in the budget of series.
 *
 * Errors: InputError resource_exhausted naming figure, limit and flag.
 */
import { InputError } from '../errors.ts';
import type { SeriesEstimate } from './estimateSeries.ts';
import type { BudgetLimits } from './seriesBudget.ts';

export interface BudgetQuestion {
  readonly estimate: SeriesEstimate;
  /** Series of all other rules. */
  readonly others: number;
  readonly limits: BudgetLimits;
}

export function checkBudget({ estimate, others, limits }: BudgetQuestion): void {
  const { series, isExact } = estimate;
  const { seriesPerRule, seriesInAll } = limits;
  const figure = isExact ? `${series}` : `about ${series}`;
  if (series > seriesPerRule) {
    throw new InputError(
      'resource_exhausted',
      `the rule gives ${figure} series over the last day, the limit is ${seriesPerRule} (--max-series-per-rule): group by fewer labels or narrow the matchers`,
    );
  }
  if (series + others > seriesInAll) {
    throw new InputError(
      'resource_exhausted',
      `the rule gives ${figure} series over the last day, with ${others} of other rules that is more than ${seriesInAll} (--max-rule-series)`,
    );
  }
}
