/**
 * What Drilldown asks of functions, told from all samples, not from a flame graph that was cut: the table of functions, a
 * function's callers and callees, and both sides of a sandwich. A question about two selections joins their tables.
 *
 * Shape:  functions by self, then total, largest first, then by name; children by total, then by name.
 * Errors: InputError invalid_argument for options that do not fit; resource_exhausted for a tree of too many nodes.
 * Source: reference pyroscope-api 1.6 (unreleased), and Drilldown's client of it.
 */
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import { otherName } from '../model/callTree.ts';
import type {
  FunctionRow,
  FunctionTable,
  FunctionTree,
  FunctionWalk,
  NamedWalk,
  Sandwich,
} from '../model/functionViews.ts';
import { compareText } from '../model/labels.ts';
import type { FunctionTreeWish, MergeQuestion } from '../model/question.ts';
import { cutWalk } from './cutWalk.ts';
import { functionSums } from './functionSums.ts';
import { placeOfPath, placesOf, walkCallees, walkCallers } from './functionWalk.ts';
import { checkMaxNodes, mergeWholeTree } from './mergeStacks.ts';
import type { QuestionContext } from './questionContext.ts';

/** Nodes of one side of a tree of functions. */
const mostTreeNodes = 65_536;
const deepest = 128;

/** limit 0: all. */
export async function functionTable(
  context: QuestionContext,
  question: MergeQuestion,
  limit: number,
): Promise<FunctionTable> {
  checkLimit(limit);
  const table = tableOf(await mergeWholeTree(context, question));
  return limit === 0 ? table : { ...table, functions: table.functions.slice(0, limit) };
}

/** Each row stands on both sides; those that one side lacks are zero there. */
export async function functionTables(
  context: QuestionContext,
  left: MergeQuestion,
  right: MergeQuestion,
  limit: number,
): Promise<readonly [FunctionTable, FunctionTable]> {
  checkLimit(limit);
  const sides = await Promise.all([left, right].map((side) => mergeWholeTree(context, side)));
  const tables = sides.map(tableOf);
  const rows = tables.map(({ functions }) => new Map(functions.map((row) => [row.name, row])));
  const largest = new Map<string, FunctionRow>();
  for (const { functions } of tables) {
    for (const { name, self, total } of functions) {
      const there = largest.get(name) ?? { name, self: 0n, total: 0n };
      largest.set(name, { name, self: larger(self, there.self), total: larger(total, there.total) });
    }
  }
  const names = [...largest.values()].sort(compareRows).map(({ name }) => name);
  const kept = limit === 0 ? names : names.slice(0, limit);
  const sideOf = (side: 0 | 1): FunctionTable => ({
    functions: kept.map((name) => rows[side]?.get(name) ?? { name, self: 0n, total: 0n }),
    total: tables[side]?.total ?? 0n,
    functionCount: names.length,
  });
  return [sideOf(0), sideOf(1)];
}

export async function functionTree(
  context: QuestionContext,
  question: MergeQuestion,
  wish: FunctionTreeWish,
): Promise<FunctionTree> {
  checkWish(question.callSite, wish);
  const { callSite } = question;
  const tree = await mergeWholeTree(context, wish.of === 'path' ? question : { ...question, callSite: [] });
  const whole = wish.of === 'path' ? placeOfPath(tree, callSite) : undefined;
  const places = wish.of === 'chain' ? placesOf(tree, callSite) : whole === undefined ? [] : [whole];
  const side = (name: string, walk: () => FunctionWalk): NamedWalk => ({
    name,
    walk: places.length === 0 || tree.total[0] === 0n ? undefined : checkSize(walk()),
  });
  return {
    names: tree.names,
    callers: wish.callers
      ? side(callSite[0] ?? '', () => walkCallers(tree, places, callSite.length, wish.depth))
      : undefined,
    callees: wish.callees ? side(callSite.at(-1) ?? '', () => walkCallees(tree, places, wish.depth)) : undefined,
  };
}

/** Each side is cut by itself. undefined: there are no samples. */
export async function sandwich(
  context: QuestionContext,
  question: MergeQuestion,
  name: string,
  maxNodes: number | undefined,
): Promise<Sandwich | undefined> {
  if (name === '') throw new InputError('invalid_argument', 'sandwich_function is required');
  const nodes = checkMaxNodes(maxNodes, context.limits);
  const tree = await mergeWholeTree(context, question);
  if (tree.total[0] === 0n) return undefined;
  const known = tree.names.indexOf(otherName);
  const other = known < 0 ? tree.names.length : known;
  const places = placesOf(tree, [name]);
  const { self, total } = functionSums(tree).get(name) ?? { self: 0n, total: 0n };
  return {
    name,
    names: known < 0 ? [...tree.names, otherName] : tree.names,
    callers: cutWalk(walkCallers(tree, places, 1, Infinity), other, nodes),
    callees: cutWalk(walkCallees(tree, places, Infinity), other, nodes),
    self,
    total,
  };
}

function tableOf(tree: CallTree): FunctionTable {
  const functions = [...functionSums(tree)].map(([name, { self, total }]) => ({ name, total, self })).sort(compareRows);
  return { functions, total: tree.total[0] ?? 0n, functionCount: functions.length };
}

const compareRows = (a: FunctionRow, b: FunctionRow): number =>
  descending(a.self, b.self) || descending(a.total, b.total) || compareText(a.name, b.name);

const descending = (a: bigint, b: bigint): number => (a < b ? 1 : a > b ? -1 : 0);

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function checkLimit(limit: number): void {
  if (limit < 0) throw new InputError('invalid_argument', 'function limit must not be negative');
}

function checkWish(callSite: readonly string[], { of, callers, callees, depth }: FunctionTreeWish): void {
  const wrong = (message: string): InputError => new InputError('invalid_argument', message);
  if (!(depth >= 0 && depth <= deepest)) throw wrong(`max_depth must be between 0 and ${deepest}`);
  if (of === 'path' && callers) throw wrong('ROOT_PATH supports CALLEES only');
  if (of === 'chain' && (callSite.length === 0 || (callers && callees && callSite.length !== 1)))
    throw wrong('FUNCTION_CHAIN requires a function; BOTH requires exactly one function');
}

function checkSize(walk: FunctionWalk): FunctionWalk {
  if (walk.count > mostTreeNodes) {
    throw new InputError(
      'resource_exhausted',
      `a tree of ${walk.count} functions is more than ${mostTreeNodes}: ask for a smaller max_depth`,
    );
  }
  return walk;
}
