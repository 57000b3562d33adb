/**
 * Takes frames out of a graph without losing their values: hidden frames, all below a frame, recursion.
 *
 * Shape:  the children of a hidden frame move up to its caller and join what has their name there; its own value is the
 *         caller's then. What is below a cut frame becomes that frame's own. A call of a function that is already on the
 *         stack, directly or through others, joins the call nearest to it.
 * Units:  values, as in the data; the sum of all stays what it is.
 */
import type { FlameGraphData, Sides } from './flameGraphData.ts';
import { selfOf } from './flameGraphData.ts';
import { MergedTree, ownValues } from './mergeTree.ts';
import { compileSearch } from './searchBars.ts';

export interface HideRule {
  /** As a search: a regular expression, or plain text when it is none. */
  readonly pattern: string;
  /** The frame itself stays, what it calls goes. */
  readonly below?: boolean;
}

export interface Reshaping {
  readonly hide: readonly HideRule[];
  readonly collapseRecursion: boolean;
}

const [kept, hidden, cut] = [0, 1, 2];
export function reshapeTree(data: FlameGraphData, { hide, collapseRecursion }: Reshaping): FlameGraphData {
  if (data.count === 0 || (hide.length === 0 && !collapseRecursion)) return data;
  const fates = fatesOf(data.names, hide);
  const own = ownSides(data);
  const tree = new MergedTree(data.name[0] ?? 0);
  // By level of the bars as they were: the node that each is now.
  const nodeAt: number[] = [];
  // How often each name is on the stack: only one that is there already can be a recursion.
  const openCount = new Uint32Array(data.names.length);
  const openName: number[] = [];
  let cutLevel = Infinity;
  for (let bar = 0; bar < data.count; bar++) {
    const depth = data.level[bar] ?? 0;
    const name = data.name[bar] ?? 0;
    while (openName.length > depth) {
      const closed = openName.pop() ?? 0;
      openCount[closed] = (openCount[closed] ?? 1) - 1;
    }
    if (depth <= cutLevel) cutLevel = Infinity;
    const caller = nodeAt[depth - 1] ?? 0;
    let node = caller;
    if (bar > 0 && depth <= cutLevel && fates[name] !== hidden) {
      const isRecursion = collapseRecursion && (openCount[name] ?? 0) > 0;
      node = (isRecursion ? tree.ancestor(caller, name) : undefined) ?? tree.child(caller, name);
      if (fates[name] === cut) cutLevel = depth;
    }
    nodeAt[depth] = node;
    openCount[name] = (openCount[name] ?? 0) + 1;
    openName.push(name);
    tree.add(node, own(bar), selfOf(data, bar));
  }
  return tree.toData(data);
}

/** By name index; hiding wins over cutting. */
function fatesOf(names: readonly string[], rules: readonly HideRule[]): Uint8Array {
  const fates = new Uint8Array(names.length).fill(kept);
  for (const [isBelow, fate] of [
    [true, cut],
    [false, hidden],
  ] as const) {
    const patterns = rules
      .filter(({ pattern, below }) => pattern !== '' && (below ?? false) === isBelow)
      .map(({ pattern }) => compileSearch(pattern).pattern);
    if (patterns.length === 0) continue;
    names.forEach((name, i) => {
      if (patterns.some((pattern) => pattern.test(name))) fates[i] = fate;
    });
  }
  return fates;
}

export function ownSides(data: FlameGraphData): (bar: number) => Sides {
  const left = ownValues(data, data.total);
  const right = data.totalRight === undefined ? undefined : ownValues(data, data.totalRight);
  return (bar) => ({ left: left[bar] ?? 0, right: right?.[bar] ?? 0 });
}
