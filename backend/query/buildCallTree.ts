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
  const nodes = new NodeTable(names.names.length);
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

/** Nodes by (parent, name) in an open hash table of numbers: a Map of keys is 20 times slower. */
class NodeTable {
  count = 1;
  private parent = new Int32Array(1_024);
  private name = new Uint32Array(1_024);
  /** Node number, 0 for an empty slot: the root is nobody's child. */
  private slots = new Int32Array(4_096);
  private readonly spread: number;

  constructor(nameCount: number) {
    this.spread = (nameCount | 1) >>> 0;
    this.parent[0] = -1;
  }

  child(parent: number, name: number): number {
    const mask = this.slots.length - 1;
    let slot = hashPair(parent, name, this.spread) & mask;
    for (;;) {
      const node = this.slots[slot] ?? 0;
      if (node === 0) return this.add(parent, name, slot);
      if (this.parent[node] === parent && this.name[node] === name) return node;
      slot = (slot + 1) & mask;
    }
  }

  columns(): { readonly parent: Int32Array; readonly name: Uint32Array } {
    return { parent: this.parent.slice(0, this.count), name: this.name.slice(0, this.count) };
  }

  private add(parent: number, name: number, slot: number): number {
    const node = this.count++;
    if (node >= this.parent.length) this.growColumns();
    this.parent[node] = parent;
    this.name[node] = name;
    this.slots[slot] = node;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return node;
  }

  private growColumns(): void {
    const parent = new Int32Array(this.parent.length * 2);
    parent.set(this.parent);
    this.parent = parent;
    const name = new Uint32Array(this.name.length * 2);
    name.set(this.name);
    this.name = name;
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hashPair(this.parent[node] ?? 0, this.name[node] ?? 0, this.spread) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = node;
    }
  }
}

function hashPair(parent: number, name: number, spread: number): number {
  const mixed = Math.imul(Math.imul(parent, spread) + name, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
