/**
 * What changed between two sides of a comparison, and whether it is more than chance.
 *
 * Shape:  significance is known only where samples were counted: a share of n samples wobbles by sqrt(p (1 - p) / n).
 * Units:  shares and changes are parts of 1.
 */
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import type { FunctionCost } from '../../datasource/data/topFunctions.ts';
import { functionCosts } from '../../datasource/data/topFunctions.ts';

export interface Change extends FunctionCost {
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  /** undefined: nobody counted samples. */
  readonly isSignificant: boolean | undefined;
}

export interface SampleCounts {
  readonly before: number;
  readonly after: number;
}

/** 95 %, two-sided. */
const significantDeviations = 1.96;
const leastDifference = 0.0005;

/** By what functions cost of their own: a caller has its callees' changes, and would only repeat them. */
export function changesOf(graph: FlameGraphData, counts: SampleCounts | undefined, limit: number): readonly Change[] {
  return functionCosts(graph)
    .map((cost): Change => {
      const after = cost.selfShare;
      const before = after - cost.selfChange;
      const isSignificant = counts && isBeyondChance(before, after, counts);
      return { ...cost, before, after, difference: cost.selfChange, isSignificant };
    })
    .filter(({ difference }) => Math.abs(difference) >= leastDifference)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .slice(0, limit);
}

function isBeyondChance(before: number, after: number, counts: SampleCounts): boolean {
  if (counts.before <= 0 || counts.after <= 0) return false;
  const pooled = (before * counts.before + after * counts.after) / (counts.before + counts.after);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / counts.before + 1 / counts.after));
  return Math.abs(after - before) > significantDeviations * deviation;
}
