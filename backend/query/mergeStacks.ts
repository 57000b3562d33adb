/**
 * The questions that merge samples: a call tree for flame graphs, two for a diff, a profile for pprof. Sums per stack come
 * from the store; stacks and names from memory, or from the store when they are new.
 *
 * Errors: InputError invalid_argument for a bad range or node limit.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { CallTree } from '../model/callTree.ts';
import type { CallTreePair } from '../model/callTreePair.ts';
import type { Estimate } from '../model/estimate.ts';
import type { Profile } from '../model/profile.ts';
import type { MergeQuestion } from '../model/question.ts';
import type { UnixNanos } from '../model/time.ts';
import { emptyTree } from './buildCallTree.ts';
import { cutForGoPgo } from './cutForGoPgo.ts';
import { frameBounds } from './frameBounds.ts';
import { mergedSums } from './mergedSums.ts';
import { pairTrees } from './pairTrees.ts';
import type { QuestionContext } from './questionContext.ts';
import { checkRange, resolveScope } from './scope.ts';
import { estimateOf } from './sampledSums.ts';
import type { StackSample } from './sampledSums.ts';
import { selectStacks } from './selectStacks.ts';
import { filterTree, keepStacks } from './stackFilter.ts';
import type { FilteredTree } from './stackFilter.ts';
import type { RecalledStacks } from './stackMemory.ts';
import { treeOfSums } from './treeOfSums.ts';
import { truncatePair, truncateTree } from './truncateTree.ts';

interface MergedStacks {
  readonly stacks: RecalledStacks;
  /** By stack. */
  readonly values: BigInt64Array;
  readonly end: UnixNanos;
  readonly estimate: Estimate;
  readonly sample: StackSample | undefined;
}

/** maxNodes undefined or 0: the default. */
export async function mergeCallTree(
  context: QuestionContext,
  question: MergeQuestion,
  maxNodes: number | undefined,
): Promise<CallTree> {
  const nodes = checkMaxNodes(maxNodes, context.limits);
  const merged = await mergeStacks(context, question);
  if (merged === undefined) return emptyTree;
  const tree = truncateTree(treeOfMerged(context, question, merged), nodes);
  const { stacks, sample } = merged;
  if (sample === undefined || context.extras?.nodeErrors !== true) return tree;
  const treeOf = (values: BigInt64Array): CallTree => filteredTree(context, question, stacks, values).tree;
  return { ...tree, shareErrors: frameBounds(tree, sample, treeOf) };
}

/** With every node. */
export async function mergeWholeTree(context: QuestionContext, question: MergeQuestion): Promise<CallTree> {
  const merged = await mergeStacks(context, question);
  return merged === undefined ? emptyTree : treeOfMerged(context, question, merged);
}

function treeOfMerged(context: QuestionContext, question: MergeQuestion, merged: MergedStacks): CallTree {
  const { tree, matchedShare } = filteredTree(context, question, merged.stacks, merged.values);
  context.extras?.note({ estimate: merged.estimate, matchedShare });
  return tree;
}

const filteredTree = (
  { extras }: QuestionContext,
  { callSite }: MergeQuestion,
  stacks: RecalledStacks,
  values: BigInt64Array,
): FilteredTree => filterTree(treeOfSums(stacks, values, callSite), extras?.filter ?? {});

/** Each side is cut by itself, then the pair. */
export async function diffCallTrees(
  context: QuestionContext,
  left: MergeQuestion,
  right: MergeQuestion,
  maxNodes: number | undefined,
): Promise<CallTreePair> {
  const nodes = checkMaxNodes(maxNodes, context.limits);
  const [leftTree, rightTree] = await Promise.all([
    mergeCallTree(context, left, nodes),
    mergeCallTree(context, right, nodes),
  ]);
  return truncatePair(pairTrees(leftTree, rightTree), nodes);
}

export function checkMaxNodes(maxNodes: number | undefined, limits: Limits): number {
  if (maxNodes === undefined || maxNodes === 0) return limits.defaultNodes;
  if (maxNodes < 0) {
    throw new InputError('invalid_argument', `max flamegraph nodes limit must be set (max allowed ${limits.maxNodes})`);
  }
  if (maxNodes > limits.maxNodes) {
    throw new InputError(
      'invalid_argument',
      `max flamegraph nodes limit ${maxNodes} is greater than allowed ${limits.maxNodes} (--max-nodes)`,
    );
  }
  return maxNodes;
}

/** One sample per stack and one sample type; undefined when there is no such series, no samples when they had none. */
export async function mergeProfile(context: QuestionContext, question: MergeQuestion): Promise<Profile | undefined> {
  const merged = await mergeStacks(context, question);
  if (merged === undefined) return undefined;
  const { sampleType, sampleUnit, periodType, periodUnit } = question.profileType;
  const { stacks: kept, values: keptValues, matchedShare } = keepStacks(merged, context.extras?.filter ?? {});
  context.extras?.note({ estimate: merged.estimate, matchedShare });
  const whole = selectStacks(kept, keptValues, question.callSite);
  const { stacks, values } = question.goPgo === undefined ? whole : cutForGoPgo(whole, question.goPgo);
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

async function mergeStacks(context: QuestionContext, question: MergeQuestion): Promise<MergedStacks | undefined> {
  const { store, limits } = context;
  const range = checkRange(question.startMillis, question.endMillis, limits);
  const { series, scope } = resolveScope(store, question, range);
  if (series.length === 0) return undefined;
  const { stacks, values, sample } = await mergedSums(context, scope);
  return { stacks, values, end: range.end, estimate: estimateOf(stacks, sample), sample };
}
