/**
 * Sums of remembered stacks -> a call tree: values go to the nodes of their leaves, what nothing went to is left out.
 *
 * Shape:  as a CallTree. A call site keeps only stacks whose frames, from the root, begin with it.
 */
import type { CallTree } from '../model/callTree.ts';
import { rootName, sumTotals } from '../model/callTree.ts';
import { addInt64, isZero, wordsOf } from '../model/int64Column.ts';
import { emptyTree } from './buildCallTree.ts';
import type { RecalledStacks } from './stackMemory.ts';

export function treeOfSums(stacks: RecalledStacks, values: BigInt64Array, callSite: readonly string[] = []): CallTree {
  const inSite = callSiteTest(stacks, callSite);
  const { parent, name, names, leaf } = stacks.known.tree();
  const valueWords = wordsOf(values);
  const count = parent.length;
  /** Index + 1 in the answer. */
  const place = new Uint32Array(count);
  let made = 0;
  const leafOf = (i: number): number => leaf[stacks.places[i] ?? -1] ?? 0;
  for (let i = 0; i < values.length; i++) {
    if (isZero(valueWords, i) || !inSite(i)) continue;
    for (let node = leafOf(i); node >= 0 && place[node] === 0; node = parent[node] ?? -1) {
      place[node] = 1;
      made++;
    }
  }
  if (made === 0) return emptyTree;
  const shape = keepPlaced(parent, name, names, place, made);
  const self = new BigInt64Array(made);
  const selfWords = wordsOf(self);
  for (let i = 0; i < values.length; i++) {
    if (isZero(valueWords, i) || !inSite(i)) continue;
    addInt64(selfWords, (place[leafOf(i)] ?? 1) - 1, valueWords, i);
  }
  return { ...shape, self, total: sumTotals(shape.parent, self) };
}

/** Whether stack number i of the recalled ones begins with the call site. */
export function callSiteTest({ known, places }: RecalledStacks, callSite: readonly string[]): (i: number) => boolean {
  if (callSite.length === 0) return () => true;
  const site = known.nodeOf(callSite);
  if (site < 0) return () => false;
  const { parent, leaf } = known.tree();
  const isInside = new Uint8Array(parent.length);
  isInside[site] = 1;
  // Children stand behind their parents.
  for (let node = site + 1; node < parent.length; node++) isInside[node] = isInside[parent[node] ?? 0] ?? 0;
  return (i) => isInside[leaf[places[i] ?? -1] ?? 0] === 1;
}

/** The nodes that have a place, in the same order; their names in the order of first use. */
function keepPlaced(
  parent: Int32Array,
  name: Uint32Array,
  names: readonly string[],
  place: Uint32Array,
  made: number,
): Pick<CallTree, 'count' | 'parent' | 'name' | 'names'> {
  const parents = new Int32Array(made);
  const nameOf = new Uint32Array(made);
  const used: string[] = [rootName];
  /** Index + 1 among those used. */
  const usedAs = new Uint32Array(names.length);
  usedAs[0] = 1;
  parents[0] = -1;
  for (let node = 0, at = 0; node < place.length; node++) {
    if (place[node] === 0) continue;
    place[node] = at + 1;
    if (node > 0) parents[at] = (place[parent[node] ?? 0] ?? 1) - 1;
    const from = name[node] ?? 0;
    if (usedAs[from] === 0) usedAs[from] = used.push(names[from] ?? '');
    nameOf[at++] = (usedAs[from] ?? 1) - 1;
  }
  return { count: made, parent: parents, name: nameOf, names: used };
}
