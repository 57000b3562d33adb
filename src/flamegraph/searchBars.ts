/**
 * Finds the functions that a search means, and what share of the graph passes through them.
 *
 * Shape:  a case-insensitive regular expression; text that is none is looked for as it stands, and `isPlainText` says so.
 * Units:  values, as in the data.
 */
import type { Sides } from './flameGraphData.ts';
import { selfOf, totalOf } from './flameGraphData.ts';
import type { TreeLayout } from './treeLayout.ts';

/** No one types more; a longer pattern is cut, which bounds the work of compiling it. */
const longestSearch = 1_000;

export interface SearchMatches {
  readonly isPlainText: boolean;
  /** 1 for the names that match. */
  readonly names: Uint8Array;
  /** By position in byLevel: how many bars before it match. Tells in one step whether a run of bars holds a match. */
  readonly matchesBefore: Int32Array;
  /** Functions that match and have a bar. */
  readonly functionCount: number;
  /** Value of the stacks that pass a match; a match inside a match adds nothing. */
  readonly through: Sides;
  readonly self: Sides;
}

export function compileSearch(text: string): { readonly pattern: RegExp; readonly isPlainText: boolean } {
  const cut = text.slice(0, longestSearch);
  try {
    return { pattern: new RegExp(cut, 'i'), isPlainText: false };
  } catch {
    // RegExp has no way to ask first; what it refuses is searched for as plain text.
    return { pattern: new RegExp(escapeRegExp(cut), 'i'), isPlainText: true };
  }
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A search that matches this function and no other one (but for upper and lower case). */
export const searchForExactly = (name: string): string => `^${escapeRegExp(name)}$`;

/** The name that a search for exactly one function means; other searches as they stand. */
export function plainTextOf(search: string): string {
  const name = search.slice(1, -1).replace(/\\([\\^$.*+?()[\]{}|/-])/g, '$1');
  return search === searchForExactly(name) ? name : search;
}

/** undefined: nothing is searched for. */
export function searchBars(layout: TreeLayout, text: string): SearchMatches | undefined {
  if (text === '') return undefined;
  const { pattern, isPlainText } = compileSearch(text);
  const { data, byLevel, end } = layout;
  const names = Uint8Array.from(data.names, (name) => (pattern.test(name) ? 1 : 0));
  // The root is no function.
  const matches = (bar: number): boolean => bar > 0 && names[data.name[bar] ?? 0] === 1;
  const matchesBefore = new Int32Array(data.count + 1);
  const isFound = new Uint8Array(names.length);
  let before = 0;
  const self = { left: 0, right: 0 };
  let functionCount = 0;
  for (let position = 0; position < data.count; position++) {
    matchesBefore[position] = before;
    const bar = byLevel[position] ?? 0;
    if (!matches(bar)) continue;
    before++;
    add(self, selfOf(data, bar));
    const name = data.name[bar] ?? 0;
    if (isFound[name] === 0) functionCount++;
    isFound[name] = 1;
  }
  matchesBefore[data.count] = before;
  const through = { left: 0, right: 0 };
  for (let bar = 0; bar < data.count;) {
    const isMatch = matches(bar);
    if (isMatch) add(through, totalOf(data, bar));
    bar = isMatch ? (end[bar] ?? data.count) : bar + 1;
  }
  return { isPlainText, names, matchesBefore, functionCount, through, self };
}

function add(sum: { left: number; right: number }, { left, right }: Sides): void {
  sum.left += left;
  sum.right += right;
}

/** The first position in [from, to) whose bar matches; undefined when none does. */
export function firstMatch({ matchesBefore }: SearchMatches, from: number, to: number): number | undefined {
  const before = matchesBefore[from] ?? 0;
  if ((matchesBefore[to] ?? 0) === before) return undefined;
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((matchesBefore[middle + 1] ?? 0) === before) low = middle + 1;
    else high = middle;
  }
  return low;
}
