/**
 * Turns a graph round one function: who calls it, and what it calls, each as a graph of its own with the function as root.
 *
 * Shape:  calls of the function inside itself are parts of the outermost call. In the callers' graph a bar's children are
 *         its callers, and own values are those of the outermost callers.
 * Units:  values, as in the data; shares stay shares of the whole graph.
 */
import type { FlameGraphData } from './flameGraphData.ts';
import { selfOf, totalOf, wholeOf } from './flameGraphData.ts';
import { MergedTree } from './mergeTree.ts';
import { ownSides } from './reshapeTree.ts';
import type { TreeLayout } from './treeLayout.ts';

export interface Sandwich {
  readonly callers: FlameGraphData;
  readonly callees: FlameGraphData;
}

/** undefined: no bar has this name. */
export function sandwichOf(layout: TreeLayout, name: number): Sandwich | undefined {
  const { data } = layout;
  const outermost = outermostBars(layout, name);
  if (outermost.length === 0) return undefined;
  const whole = wholeOf(data);
  return {
    callers: callersOf(layout, name, outermost).toData(data, whole),
    callees: calleesOf(layout, name, outermost).toData(data, whole),
  };
}

/** Bars of a function that are not inside another one of it. */
export function outermostBars({ data, end }: TreeLayout, name: number): readonly number[] {
  const found: number[] = [];
  for (let bar = 1; bar < data.count;) {
    const isIt = data.name[bar] === name;
    if (isIt) found.push(bar);
    bar = isIt ? (end[bar] ?? data.count) : bar + 1;
  }
  return found;
}

function callersOf({ data, parent }: TreeLayout, name: number, outermost: readonly number[]): MergedTree {
  const tree = new MergedTree(name);
  for (const bar of outermost) {
    let node = 0;
    // Bar 0 is no function, so no caller either.
    for (let above = parent[bar] ?? 0; above > 0 && !tree.isFull; above = parent[above] ?? 0) {
      node = tree.child(node, data.name[above] ?? 0);
    }
    const total = totalOf(data, bar);
    tree.add(node, total, total);
  }
  return tree;
}

function calleesOf({ data, end }: TreeLayout, name: number, outermost: readonly number[]): MergedTree {
  const tree = new MergedTree(name);
  const own = ownSides(data);
  const nodeAt: number[] = [];
  for (const first of outermost) {
    const top = data.level[first] ?? 0;
    for (let bar = first; bar < (end[first] ?? 0); bar++) {
      const depth = (data.level[bar] ?? 0) - top;
      const node = depth === 0 ? 0 : tree.child(nodeAt[depth - 1] ?? 0, data.name[bar] ?? 0);
      nodeAt[depth] = node;
      tree.add(node, own(bar), selfOf(data, bar));
    }
  }
  return tree;
}
