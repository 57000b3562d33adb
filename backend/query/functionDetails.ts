/**
 * One function: what it takes, who calls it, whom it calls, and its share over time.
 *
 * Shape:  a stack counts once, however often it holds the function, a caller or a callee. "" stands for the root: nobody
 *         called. Callers and callees by total, largest first. The series is of all samples, whatever the stack filter: of
 *         equal steps, or of UTC days (or several) where a finer one would read too much.
 * Units:  sums in the profile type's unit, shares of the whole, 0 to 1; times in milliseconds.
 * Errors: InputError invalid_argument for a bad range or step, not_found when no stack has the function.
 */
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import type { Estimate } from '../model/estimate.ts';
import type { MergeQuestion } from '../model/question.ts';
import { nanosOfMillis, unixNanos } from '../model/time.ts';
import type { SampleScope } from '../store/store.ts';
import { functionSums, outermost } from './functionSums.ts';
import type { QuestionContext } from './questionContext.ts';
import { estimateOf, sumWithinBudget } from './sampledSums.ts';
import { checkRange, resolveScope } from './scope.ts';
import { gridOf } from './selectSeries.ts';
import { filterTree } from './stackFilter.ts';
import type { RecalledStacks } from './stackMemory.ts';
import { treeOfSums } from './treeOfSums.ts';

export interface FunctionQuestion extends MergeQuestion {
  readonly name: string;
  /** The largest so many callers and callees. */
  readonly limit: number;
  /** Points of the series, at most. */
  readonly points: number;
}

export interface Neighbour {
  readonly name: string;
  readonly total: bigint;
  readonly share: number;
}

export interface FunctionDetails {
  readonly whole: bigint;
  readonly self: bigint;
  readonly total: bigint;
  readonly matchedShare: number;
  readonly estimate: Estimate;
  readonly callers: readonly Neighbour[];
  readonly callees: readonly Neighbour[];
  readonly series: readonly SharePoint[];
}

export interface SharePoint {
  readonly timeMillis: number;
  readonly total: bigint;
  readonly whole: bigint;
  readonly share: number;
}

/** In place of a name's index: nobody called. */
const root = -1;
const mostNeighbours = 10_000;
const mostPoints = 11_000;
/** A step's total of some stacks looks each sample up: ten times the cost of a sum. */
const readsPerSample = 10;
const mostDayPoints = 100;
const dayMillis = 86_400_000;

export async function functionDetails(context: QuestionContext, question: FunctionQuestion): Promise<FunctionDetails> {
  const { store, memory, limits, extras, signal } = context;
  const { name, limit, points } = question;
  checkCount('limit', limit, mostNeighbours);
  checkCount('points', points, mostPoints);
  const range = checkRange(question.startMillis, question.endMillis, limits);
  const { scope } = resolveScope(store, question, range);
  const sums = await sumWithinBudget(context, scope, extras?.sampling);
  const stacks = await memory.recall(store, scope.tenant, range, sums.stackIds, signal);
  const whole = treeOfSums(stacks, sums.values, question.callSite);
  const { tree, matchedShare } = filterTree(whole, extras?.filter ?? {});
  const sum = functionSums(tree).get(name);
  if (sum === undefined) throw new InputError('not_found', `no stack has the function ${JSON.stringify(name)}`);
  const { callers, callees } = neighboursOf(tree, name, limit);
  const ids = sums.stackIds.filter(stackTest(stacks, name));
  return {
    whole: tree.total[0] ?? 0n,
    ...sum,
    matchedShare,
    estimate: estimateOf(stacks, sums.sample),
    callers,
    callees,
    series: await shareOverTime(context, scope, ids, question),
  };
}

function checkCount(what: string, count: number, most: number): void {
  if (!(count >= 1 && count <= most))
    throw new InputError('invalid_argument', `${what} is ${count}: it goes from 1 to ${most}`);
}

/** Of remembered stacks: which have the function. */
function stackTest({ known, places }: RecalledStacks, name: string): (id: bigint, i: number) => boolean {
  const { parent, name: nameOf, names, leaf } = known.tree();
  const fn = names.indexOf(name);
  const isInside = new Uint8Array(parent.length);
  for (let node = 1; node < parent.length; node++) {
    isInside[node] = nameOf[node] === fn ? 1 : (isInside[parent[node] ?? 0] ?? 0);
  }
  return (_, i) => isInside[leaf[places[i] ?? -1] ?? 0] === 1;
}

export function neighboursOf(
  tree: CallTree,
  name: string,
  limit: number,
): { readonly callers: readonly Neighbour[]; readonly callees: readonly Neighbour[] } {
  const fn = tree.names.indexOf(name);
  const isOutermost = outermost(tree);
  const callers = new Map<number, bigint>();
  const callees = new Map<number, bigint>();
  const add = (sums: Map<number, bigint>, neighbour: number, node: number): void => {
    sums.set(neighbour, (sums.get(neighbour) ?? 0n) + (tree.total[node] ?? 0n));
  };
  for (let node = 1; node < tree.count; node++) {
    const parent = tree.parent[node] ?? 0;
    if (tree.name[node] === fn && isOutermost[node] === 1)
      add(callers, parent === 0 ? root : (tree.name[parent] ?? 0), node);
    if (parent > 0 && tree.name[parent] === fn && isFirstCall(tree, node)) add(callees, tree.name[node] ?? 0, node);
  }
  const whole = Number(tree.total[0] ?? 0n);
  const list = (sums: Map<number, bigint>): readonly Neighbour[] =>
    [...sums]
      .map(([at, total]) => ({ name: at === root ? '' : (tree.names[at] ?? ''), total, share: Number(total) / whole }))
      .sort((a, b) => (a.total < b.total ? 1 : a.total > b.total ? -1 : a.name < b.name ? -1 : 1))
      .slice(0, limit);
  return { callers: list(callers), callees: list(callees) };
}

/** Whether no call of the same callee by the same caller is further out. */
function isFirstCall({ parent, name }: CallTree, node: number): boolean {
  const caller = parent[node] ?? 0;
  for (let at = caller; at > 0; at = parent[at] ?? 0) {
    if (name[at] === name[node] && name[parent[at] ?? 0] === name[caller] && (parent[at] ?? 0) > 0) return false;
  }
  return true;
}

async function shareOverTime(
  context: QuestionContext,
  scope: SampleScope,
  stackIds: BigUint64Array,
  question: FunctionQuestion,
): Promise<readonly SharePoint[]> {
  const { sampleCount } = await context.store.measure(scope, context.signal);
  const isFine = sampleCount * readsPerSample <= context.limits.exactSamples;
  return isFine ? shareBySteps(context, scope, stackIds, question) : shareByDays(context, scope, question);
}

async function shareBySteps(
  { store, signal }: QuestionContext,
  scope: SampleScope,
  stackIds: BigUint64Array,
  { startMillis, endMillis, points }: FunctionQuestion,
): Promise<readonly SharePoint[]> {
  const stepMillis = Math.max(1_000, Math.ceil((endMillis - startMillis) / points / 1_000) * 1_000);
  const stepSeconds = stepMillis / 1_000;
  // A point stands at the end of what it sums.
  const grid = gridOf({
    startMillis: startMillis + stepMillis,
    endMillis: Math.max(endMillis - 1, startMillis) + stepMillis,
    stepSeconds,
  });
  const wholes = new Map<number, bigint>();
  const totals = new Map<number, bigint>();
  for (const [sums, part] of [
    [wholes, scope],
    [totals, { ...scope, stackIds }],
  ] as const) {
    const rows = await store.sumTotals(part, grid, signal);
    rows.points.forEach((point, row) => sums.set(point, (sums.get(point) ?? 0n) + (rows.totals[row] ?? 0n)));
  }
  return [...wholes]
    .sort(([a], [b]) => a - b)
    .map(([point, whole]) => sharePoint(grid.startMillis + point * stepMillis, totals.get(point) ?? 0n, whole));
}

async function shareByDays(
  context: QuestionContext,
  scope: SampleScope,
  { startMillis, endMillis, points, name }: FunctionQuestion,
): Promise<readonly SharePoint[]> {
  const { store, memory, extras, signal } = context;
  const days = Math.max(1, Math.ceil((endMillis - startMillis) / dayMillis / Math.min(points, mostDayPoints)));
  const stepMillis = days * dayMillis;
  const series: SharePoint[] = [];
  for (let from = Math.floor(startMillis / dayMillis) * dayMillis; from < endMillis; from += stepMillis) {
    const range = {
      start: nanosOfMillis(Math.max(from, startMillis)),
      end: unixNanos(nanosOfMillis(Math.min(from + stepMillis, endMillis)) - 1n),
    };
    const sums = await sumWithinBudget(context, { ...scope, range }, extras?.sampling);
    const isInside = stackTest(await memory.recall(store, scope.tenant, range, sums.stackIds, signal), name);
    const [total, whole] = [isInside, () => true].map((test) =>
      sums.values.reduce((sum, value, i) => (test(0n, i) ? sum + value : sum), 0n),
    );
    if (whole !== 0n) series.push(sharePoint(from + stepMillis, total ?? 0n, whole ?? 0n));
  }
  return series;
}

function sharePoint(timeMillis: number, total: bigint, whole: bigint): SharePoint {
  return { timeMillis, total, whole, share: whole === 0n ? 0 : Number(total) / Number(whole) };
}
