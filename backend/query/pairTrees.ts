/** Two call trees -> one pair on the nodes of both: equal paths meet in one node. */
import type { CallTree } from '../model/callTree.ts';
import { rootName } from '../model/callTree.ts';
import type { CallTreePair, TreeValues } from '../model/callTreePair.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';
import { NodeTable } from './nodeTable.ts';

export function pairTrees(left: CallTree, right: CallTree): CallTreePair {
  const nodes = new NodeTable();
  const names: string[] = [rootName];
  const indexOf = new Map([[rootName, 0]]);
  const places = [left, right].map((tree) => placeNodes(tree, nodes, names, indexOf));
  const { parent, name } = nodes.columns();
  const valuesOf = (tree: CallTree, side: number): TreeValues => {
    const place = places[side] ?? new Int32Array(0);
    return { self: spread(tree.self, place, nodes.count), total: spread(tree.total, place, nodes.count) };
  };
  return { count: nodes.count, parent, name, names, left: valuesOf(left, 0), right: valuesOf(right, 1) };
}

/** The node of the pair for each node of a tree. */
function placeNodes(tree: CallTree, nodes: NodeTable, names: string[], indexOf: Map<string, number>): Int32Array {
  const shared = new Int32Array(tree.names.length).fill(-1);
  const nameOf = (index: number): number => {
    const known = shared[index] ?? -1;
    if (known >= 0) return known;
    const text = tree.names[index] ?? '';
    let name = indexOf.get(text);
    if (name === undefined) {
      name = names.push(text) - 1;
      indexOf.set(text, name);
    }
    return (shared[index] = name);
  };
  const place = new Int32Array(tree.count);
  for (let node = 1; node < tree.count; node++) {
    place[node] = nodes.child(place[tree.parent[node] ?? 0] ?? 0, nameOf(tree.name[node] ?? 0));
  }
  return place;
}

/** Added, not set: nothing forbids a tree two children of one name. */
function spread(values: BigInt64Array, place: Int32Array, count: number): BigInt64Array {
  const all = new BigInt64Array(count);
  const to = wordsOf(all);
  const from = wordsOf(values);
  for (let node = 0; node < place.length; node++) addInt64(to, place[node] ?? 0, from, node);
  return all;
}
