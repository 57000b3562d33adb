/** Call trees added up: equal paths meet in one node. */
import type { CallTree } from '../model/callTree.ts';
import { rootName, sumTotals } from '../model/callTree.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';
import { emptyTree } from './buildCallTree.ts';
import { NodeTable } from './nodeTable.ts';

export function addTrees(trees: readonly CallTree[]): CallTree {
  const [first] = trees;
  if (first === undefined) return emptyTree;
  if (trees.length === 1) return first;
  const nodes = new NodeTable();
  const names: string[] = [rootName];
  const indexOf = new Map([[rootName, 0]]);
  const places = trees.map((tree) => {
    const own = tree.names.map((name) => {
      const known = indexOf.get(name);
      if (known !== undefined) return known;
      indexOf.set(name, names.length);
      return names.push(name) - 1;
    });
    const place = new Int32Array(tree.count);
    for (let node = 1; node < tree.count; node++)
      place[node] = nodes.child(place[tree.parent[node] ?? 0] ?? 0, own[tree.name[node] ?? 0] ?? 0);
    return place;
  });
  const self = new BigInt64Array(nodes.count);
  const sums = wordsOf(self);
  for (const [t, tree] of trees.entries()) {
    const words = wordsOf(tree.self);
    for (let node = 0; node < tree.count; node++) addInt64(sums, places[t]?.[node] ?? 0, words, node);
  }
  const { parent, name } = nodes.columns();
  return { count: nodes.count, parent, name, names, self, total: sumTotals(parent, self) };
}
