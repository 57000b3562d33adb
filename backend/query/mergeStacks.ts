/**
 * The questions that merge samples: a call tree for flame graphs, a profile for pprof. Sums per stack come from the store;
 * names and trees are made once, here.
 *
 * Errors: InputError invalid_argument for a bad range or node limit.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { CallTree } from '../model/callTree.ts';
import type { Profile } from '../model/profile.ts';
import type { MergeQuestion } from '../model/question.ts';
import type { StackTable } from '../model/stackTable.ts';
import type { UnixNanos } from '../model/time.ts';
import type { Store } from '../store/store.ts';
import { buildCallTree, emptyTree } from './buildCallTree.ts';
import { checkRange, resolveScope } from './scope.ts';
import { filterByCallSite } from './filterByCallSite.ts';
import { truncateTree } from './truncateTree.ts';

interface MergedStacks {
  readonly stacks: StackTable;
  /** By stack. */
  readonly values: BigInt64Array;
  readonly end: UnixNanos;
}

/** maxNodes undefined or 0: the default. */
export async function mergeCallTree(
  store: Store,
  question: MergeQuestion,
  maxNodes: number | undefined,
  limits: Limits,
  signal?: AbortSignal,
): Promise<CallTree> {
  const nodes = checkMaxNodes(maxNodes, limits);
  const merged = await mergeStacks(store, question, limits, signal);
  if (merged === undefined) return emptyTree;
  return truncateTree(buildCallTree(merged.stacks, merged.values, question.callSite), nodes);
}

export function checkMaxNodes(maxNodes: number | undefined, limits: Limits): number {
  if (maxNodes === undefined || maxNodes === 0) return limits.defaultNodes;
  if (maxNodes < 0) {
    throw new InputError('invalid_argument', `max flamegraph nodes limit must be set (max allowed ${limits.maxNodes})`);
  }
  if (maxNodes > limits.maxNodes) {
    throw new InputError(
      'invalid_argument',
      `max flamegraph nodes limit ${maxNodes} is greater than allowed ${limits.maxNodes}`,
    );
  }
  return maxNodes;
}

/** One sample per stack and one sample type; undefined when there is no such series, no samples when they had none. */
export async function mergeProfile(
  store: Store,
  question: MergeQuestion,
  limits: Limits,
  signal?: AbortSignal,
): Promise<Profile | undefined> {
  const merged = await mergeStacks(store, question, limits, signal);
  if (merged === undefined) return undefined;
  const { sampleType, sampleUnit, periodType, periodUnit } = question.profileType;
  const { stacks, values } = filterByCallSite(merged.stacks, merged.values, question.callSite);
  return {
    sampleTypes: [{ type: sampleType, unit: sampleUnit }],
    periodType: { type: periodType, unit: periodUnit },
    period: usualPeriod(question.profileType.name),
    timeNanos: merged.end,
    durationNanos: 0n,
    defaultSampleType: sampleType,
    sampleCount: values.length,
    values,
    labelStart: new Uint32Array(values.length + 1),
    labelName: new Uint32Array(0),
    labelText: new Uint32Array(0),
    stacks,
  };
}

/** What Pyroscope writes into a merged profile, whatever the senders' periods were. */
function usualPeriod(name: string): bigint {
  if (name === 'process_cpu') return 1_000_000_000n;
  return name === 'memory' ? 524_288n : 1n;
}

async function mergeStacks(
  store: Store,
  question: MergeQuestion,
  limits: Limits,
  signal?: AbortSignal,
): Promise<MergedStacks | undefined> {
  const range = checkRange(question.startMillis, question.endMillis, limits);
  const { series, scope } = resolveScope(store, question, range);
  if (series.length === 0) return undefined;
  const sums = await store.sumStacks(scope, signal);
  const stacks = await store.readStacks(question.tenant, range, sums.stackIds, signal);
  return { stacks, values: sums.values, end: range.end };
}
