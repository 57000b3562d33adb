/**
 * The functions that take most, alone or against an earlier time, for all series together or for each group of them.
 *
 * Shape:  per group, functions by total (or self), largest first; with an offset also those that were large before. Groups by
 *         total, largest first; each costs a sum of its own.
 * Units:  sums in the profile type's unit; shares of the group's whole, 0 to 1. delta: total share now less than before.
 * Errors: InputError invalid_argument for a bad range or limit.
 */
import { InputError } from '../errors.ts';
import type { Estimate } from '../model/estimate.ts';
import { exactly } from '../model/estimate.ts';
import type { Labels } from '../model/labels.ts';
import type { MergeQuestion } from '../model/question.ts';
import type { TimeRange } from '../model/time.ts';
import type { SampleScope } from '../store/store.ts';
import { functionSums } from './functionSums.ts';
import type { FunctionSum } from './functionSums.ts';
import { groupSeries } from './groupSeries.ts';
import { mergedSums } from './mergedSums.ts';
import type { QuestionContext } from './questionContext.ts';
import { estimateOf } from './sampledSums.ts';
import type { SampledStackSums } from './sampledSums.ts';
import { checkRange, resolveScope } from './scope.ts';
import { filterTree } from './stackFilter.ts';
import type { RecalledStacks } from './stackMemory.ts';
import { treeOfSums } from './treeOfSums.ts';

export interface TopQuestion extends MergeQuestion {
  readonly groupBy: readonly string[];
  /** Most groups. */
  readonly groups: number;
  /** Most functions of a group. */
  readonly limit: number;
  readonly by: 'total' | 'self';
  /** How much earlier the range is that the answer is compared with. */
  readonly offsetMillis: number | undefined;
}

export interface FunctionShare {
  readonly self: bigint;
  readonly total: bigint;
  readonly selfShare: number;
  readonly totalShare: number;
  /** Each share is at most so far off in 95 of 100 cases; 0 when exact. */
  readonly shareError: number;
}

export interface TopFunction extends FunctionShare {
  readonly name: string;
  readonly before: FunctionShare | undefined;
  readonly delta: number | undefined;
}

export interface TopGroup {
  readonly labels: Labels;
  /** Of the stacks that the filter left. */
  readonly total: bigint;
  readonly totalBefore: bigint | undefined;
  /** Share of the group's samples that the filter left. */
  readonly matchedShare: number;
  readonly estimate: Estimate;
  readonly functions: readonly TopFunction[];
}

export interface TopFunctions {
  readonly groups: readonly TopGroup[];
  /** Smaller ones that are not in the answer. */
  readonly groupsLeftOut: number;
}

const mostGroups = 500;
const mostFunctions = 10_000;

export async function topFunctions(context: QuestionContext, question: TopQuestion): Promise<TopFunctions> {
  const { limit, groups: groupLimit, offsetMillis, startMillis, endMillis } = question;
  if (!(limit >= 1 && limit <= mostFunctions))
    throw new InputError('invalid_argument', `limit is ${limit}: it goes from 1 to ${mostFunctions}`);
  if (!(groupLimit >= 1 && groupLimit <= mostGroups))
    throw new InputError('invalid_argument', `groups is ${groupLimit}: it goes from 1 to ${mostGroups}`);
  const now = await partsOf(context, question, checkRange(startMillis, endMillis, context.limits));
  const earlier =
    offsetMillis === undefined
      ? undefined
      : checkRange(startMillis - offsetMillis, endMillis - offsetMillis, context.limits);
  const before = earlier && (await partsOf(context, question, earlier, new Set(now.parts.keys())));
  const groups = [...now.parts].map(([key, part]) =>
    groupOf(question, part, earlier && (before?.parts.get(key) ?? nothing)),
  );
  return { groups, groupsLeftOut: now.leftOut };
}

interface Part {
  readonly labels: Labels;
  readonly whole: bigint;
  readonly matchedShare: number;
  readonly estimate: Estimate;
  readonly functions: ReadonlyMap<string, FunctionSum>;
  readonly errors: ReadonlyMap<string, FunctionBound> | undefined;
}

const nothing: Part = {
  labels: [],
  whole: 0n,
  matchedShare: 1,
  estimate: exactly,
  functions: new Map(),
  errors: undefined,
};

interface Parts {
  /** By labels, largest first. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly leftOut: number;
}

async function partsOf(
  context: QuestionContext,
  question: TopQuestion,
  range: TimeRange,
  wanted?: ReadonlySet<string>,
): Promise<Parts> {
  const { series, scope } = resolveScope(context.store, question, range);
  const { labels, groupOf: groups } = groupSeries(series, question.groupBy);
  const keys = labels.map((each) => JSON.stringify(each));
  const chosen = wanted
    ? keys.flatMap((key, group) => (wanted.has(key) ? [group] : []))
    : await largestGroups(context, scope, groups, { count: keys.length, wanted: question.groups });
  const parts = new Map<string, Part>();
  for (const group of chosen) {
    const ids = scope.seriesIds.filter((id) => groups.get(id) === group);
    parts.set(keys[group] ?? '', await partOf(context, question, { ...scope, seriesIds: ids }, labels[group] ?? []));
  }
  return { parts, leftOut: wanted === undefined ? keys.length - chosen.length : 0 };
}

async function largestGroups(
  { store, signal }: QuestionContext,
  scope: SampleScope,
  groupOfSeries: ReadonlyMap<bigint, number>,
  { count, wanted }: { readonly count: number; readonly wanted: number },
): Promise<readonly number[]> {
  const all = Array.from({ length: count }, (_, group) => group);
  if (count <= 1) return all;
  const sums = await store.sumTotals(
    scope,
    { startMillis: 0, stepMillis: Number.MAX_SAFE_INTEGER, pointCount: 2 },
    signal,
  );
  const totals = new Float64Array(count);
  sums.seriesIds.forEach((id, row) => {
    const group = groupOfSeries.get(id) ?? 0;
    totals[group] = (totals[group] ?? 0) + Number(sums.totals[row]);
  });
  return all.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0)).slice(0, wanted);
}

async function partOf(
  context: QuestionContext,
  question: TopQuestion,
  scope: SampleScope,
  labels: Labels,
): Promise<Part> {
  const { stacks, values, sample } = await mergedSums(context, scope);
  const filter = context.extras?.filter ?? {};
  const { tree, matchedShare } = filterTree(treeOfSums(stacks, values, question.callSite), filter);
  return {
    labels,
    whole: tree.total[0] ?? 0n,
    matchedShare,
    estimate: estimateOf(stacks, sample),
    functions: functionSums(tree),
    errors:
      sample &&
      functionBounds(
        stacks,
        { sample },
        (inGroup) => filterTree(treeOfSums(stacks, inGroup, question.callSite), filter).tree,
      ),
  };
}

function groupOf({ by, limit, offsetMillis }: TopQuestion, part: Part, before: Part | undefined): TopGroup {
  const size = (name: string): bigint => {
    const [here, there] = [part.functions.get(name)?.[by] ?? 0n, before?.functions.get(name)?.[by] ?? 0n];
    return here > there ? here : there;
  };
  const names = [...new Set([...part.functions.keys(), ...(before?.functions.keys() ?? [])])];
  const functions = names
    .map((name) => ({ name, size: size(name) }))
    .sort((a, b) => (a.size < b.size ? 1 : a.size > b.size ? -1 : a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }): TopFunction => {
      const here = shareOf(part, name);
      const there = before && shareOf(before, name);
      return { name, ...here, before: there, delta: there && here.totalShare - there.totalShare };
    });
  return {
    labels: part.labels,
    total: part.whole,
    totalBefore: offsetMillis === undefined ? undefined : before?.whole,
    matchedShare: part.matchedShare,
    estimate: part.estimate,
    functions,
  };
}

function shareOf({ functions, whole, errors }: Part, name: string): FunctionShare {
  const { self, total } = functions.get(name) ?? { self: 0n, total: 0n };
  const share = (value: bigint): number => (whole === 0n ? 0 : Number(value) / Number(whole));
  const error = errors?.get(name);
  return {
    self,
    total,
    selfShare: share(self),
    totalShare: share(total),
    shareError: error === undefined ? 0 : Math.max(error.totalBound, error.selfBound),
  };
}

export interface FunctionBound {
  /** Share of the whole. */
  readonly total: number;
  readonly totalBound: number;
  readonly selfBound: number;
}

/** How far off the shares of functions may be, from the groups of the sample that their sums are told from. */
export function functionBounds(
  stacks: RecalledStacks,
  { sample }: Pick<SampledStackSums, 'sample'>,
  treeOf = (values: BigInt64Array) => treeOfSums(stacks, values),
): ReadonlyMap<string, FunctionBound> {
  if (sample === undefined) return new Map();
  const groups = sample.groups.map((values) => {
    const tree = treeOf(BigInt64Array.from(values, (value) => BigInt(Math.round(value))));
    return { whole: Number(tree.total[0] ?? 0n), functions: functionSums(tree) };
  });
  const errors = sample.errors.of(Float64Array.from(groups, ({ whole }) => whole));
  const names = new Set(groups.flatMap(({ functions }) => [...functions.keys()]));
  return new Map(
    [...names].map((name) => {
      const column = (of: 'self' | 'total') => groups.map(({ functions }) => Number(functions.get(name)?.[of] ?? 0n));
      const [total, self] = [errors.measure(column('total')), errors.measure(column('self'))];
      return [name, { total: total.share, totalBound: total.bound, selfBound: self.bound }];
    }),
  );
}
