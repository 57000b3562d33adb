/** Sums of the scope's stacks with their names: from samples in memory where they are, else from the store. */
import type { SampleScope } from '../store/store.ts';
import type { QuestionContext } from './questionContext.ts';
import { sumWithinBudget } from './sampledSums.ts';
import type { StackSample } from './sampledSums.ts';
import type { RecalledStacks } from './stackMemory.ts';

export interface MergedSums {
  readonly stacks: RecalledStacks;
  /** By stack. */
  readonly values: BigInt64Array;
  /** undefined: all was read. */
  readonly sample: StackSample | undefined;
}

export async function mergedSums(context: QuestionContext, scope: SampleScope): Promise<MergedSums> {
  const { store, memory, samples, signal } = context;
  const sampling = context.extras?.sampling ?? 'auto';
  // What is in memory is whole, whoever allows a sample.
  const held = sampling === 'auto' || sampling === 1 ? await samples?.sumStacks(scope, signal) : undefined;
  if (held !== undefined) return { ...held, sample: undefined };
  const { stackIds, values, sample } = await sumWithinBudget(context, scope, sampling);
  return { stacks: await memory.recall(store, scope.tenant, scope.range, stackIds, signal), values, sample };
}
