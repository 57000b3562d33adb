/**
 * Stacks with sums -> one call tree, in one pass and without recursion.
 *
 * Shape:  stack i of the table has values[i]. A call site keeps only stacks whose frames, from the root, begin with it.
 *         A stack without frames is the root's own, so that the root's total is the sum that a series shows.
 */
import type { CallTree } from '../model/callTree.ts';
import { rootName, sumTotals } from '../model/callTree.ts';
import { addInt64, isZero, wordsOf } from '../model/int64Column.ts';
import type { StackTable } from '../model/stackTable.ts';
import { nameFrames } from './frameNames.ts';
import { NodeTable } from './nodeTable.ts';

export const emptyTree: CallTree = {
  count: 1,
  parent: Int32Array.of(-1),
  name: Uint32Array.of(0),
  names: [rootName],
  self: BigInt64Array.of(0n),
  total: BigInt64Array.of(0n),
};

export function buildCallTree(stacks: StackTable, values: BigInt64Array, callSite: readonly string[] = []): CallTree {
  const names = nameFrames(stacks);
  const site = callSite.map((name) => names.names.indexOf(name));
  if (site.includes(-1)) return emptyTree;
  const valueWords = wordsOf(values);
  const nodes = new NodeTable();
  let selfs = new BigInt64Array(1_024);
  let selfWords = wordsOf(selfs);
  const path: number[] = [];
  for (let stack = 0; stack < stacks.stackCount; stack++) {
    if (isZero(valueWords, stack)) continue;
    path.length = 0;
    const leaf = stacks.stackStart[stack] ?? 0;
    for (let i = (stacks.stackStart[stack + 1] ?? 0) - 1; i >= leaf; i--) {
      const location = stacks.stackLocations[i] ?? 0;
      const end = names.start[location + 1] ?? 0;
      for (let frame = names.start[location] ?? 0; frame < end; frame++) path.push(names.frames[frame] ?? 0);
    }
    if (!startsWith(path, site)) continue;
    let node = 0;
    for (const name of path) node = nodes.child(node, name);
    if (nodes.count > selfs.length) {
      const larger = new BigInt64Array(Math.max(nodes.count, selfs.length * 2));
      larger.set(selfs);
      selfs = larger;
      selfWords = wordsOf(selfs);
    }
    addInt64(selfWords, node, valueWords, stack);
  }
  const { parent, name } = nodes.columns();
  const self = selfs.slice(0, nodes.count);
  return { count: nodes.count, parent, name, names: names.names, self, total: sumTotals(parent, self) };
}

function startsWith(path: readonly number[], site: readonly number[]): boolean {
  if (path.length < site.length) return false;
  for (let i = 0; i < site.length; i++) if (path[i] !== site[i]) return false;
  return true;
}
