/**
 * How far off each node of an answer may be that is told from a sample: the groups of the sample, laid over the answer's tree.
 *
 * Shape:  by node of the answer; what was cut off counts in "other", as it does in the answer.
 * Units:  shares of the whole, 0 to 1: the node's share is at most so far off in 95 of 100 cases.
 */
import type { CallTree } from '../model/callTree.ts';
import { otherName } from '../model/callTree.ts';
import { NodeTable } from './nodeTable.ts';
import type { StackSample } from './sampledSums.ts';

/** `treeOf`: the answer's own way from sums by stack to its tree, before the cut. */
export function frameBounds(
  answer: CallTree,
  { groups, errors }: StackSample,
  treeOf: (values: BigInt64Array) => CallTree,
): Float64Array {
  const layOver = overlay(answer);
  const totals = groups.map((values) => layOver(treeOf(BigInt64Array.from(values, (one) => BigInt(Math.round(one))))));
  const ofAnswer = errors.of(Float64Array.from(totals, ([whole = 0]) => whole));
  const inGroups = new Array<number>(groups.length).fill(0);
  return Float64Array.from({ length: answer.count }, (_, node) => {
    totals.forEach((total, group) => (inGroups[group] = total[node] ?? 0));
    return ofAnswer.measure(inGroups).bound;
  });
}

/** Totals of another tree by the nodes of this one. */
function overlay(answer: CallTree): (tree: CallTree) => Float64Array {
  const nodes = new NodeTable();
  // Children are told apart by their names, so the table numbers them as the answer does.
  for (let node = 1; node < answer.count; node++) nodes.child(answer.parent[node] ?? 0, answer.name[node] ?? 0);
  const nameIndex = new Map(answer.names.map((name, index) => [name, index]));
  const other = nameIndex.get(otherName) ?? -1;
  return ({ count, parent, name, names, total }) => {
    const nameOf = Int32Array.from(names, (text) => nameIndex.get(text) ?? -1);
    const place = new Int32Array(count).fill(-1);
    place[0] = 0;
    const sums = new Float64Array(answer.count);
    sums[0] = Number(total[0] ?? 0n);
    for (let node = 1; node < count; node++) {
      const above = place[parent[node] ?? 0] ?? -1;
      if (above < 0) continue;
      const kept = find(nodes, above, nameOf[name[node] ?? 0] ?? -1);
      const at = kept < 0 ? find(nodes, above, other) : kept;
      place[node] = kept;
      if (at >= 0) sums[at] = (sums[at] ?? 0) + Number(total[node] ?? 0n);
    }
    return sums;
  };
}

const find = (nodes: NodeTable, parent: number, name: number): number => (name < 0 ? -1 : nodes.find(parent, name));
