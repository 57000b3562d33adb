/**
 * Builds a call tree in which no bar has two children of one name, for what reshapes a graph: values are added where they
 * belong, and totals come out of the sums.
 *
 * Units:  values, as in the data.
 * Errors: more than `mostNodes` nodes throw; who asks for a child asks `isFull` before.
 */
import type { FlameGraphData, Sides } from './flameGraphData.ts';

const mostNodes = 4_000_000;
const none = -1;

export class MergedTree {
  private count = 0;
  private nameOf = new Uint32Array(1_024);
  private lastChild = new Int32Array(1_024);
  /** Children of a node in a ring: the last one's next is the first. */
  private next = new Int32Array(1_024);
  private own = new Float64Array(1_024);
  private self = new Float64Array(1_024);
  private ownRight = new Float64Array(1_024);
  private selfRight = new Float64Array(1_024);
  /** Open addressing; a slot holds a node, its key is the node's parent and name. */
  private slots = new Int32Array(4_096).fill(none);
  private parent = new Int32Array(1_024);

  constructor(rootName: number) {
    this.addNode(none, rootName);
  }

  get isFull(): boolean {
    return this.count >= mostNodes;
  }

  /** The nearest node of this name from `node` upwards, the root left out. */
  ancestor(node: number, name: number): number | undefined {
    for (let above = node; above > 0; above = this.parent[above] ?? 0) if (this.nameOf[above] === name) return above;
    return undefined;
  }

  /** The child of this name, made when there is none. */
  child(node: number, name: number): number {
    const mask = this.slots.length - 1;
    let slot = hashOf(node, name) & mask;
    for (let found = this.slots[slot] ?? none; found !== none; found = this.slots[slot] ?? none) {
      if (this.parent[found] === node && this.nameOf[found] === name) return found;
      slot = (slot + 1) & mask;
    }
    const made = this.addNode(node, name);
    const last = this.lastChild[node] ?? none;
    this.next[made] = last === none ? made : (this.next[last] ?? made);
    if (last !== none) this.next[last] = made;
    this.lastChild[node] = made;
    this.slots[slot] = made;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return made;
  }

  /** `own` is what ends in the node for its width, `self` what it says of itself: the same in sound data. */
  add(node: number, own: Sides, self: Sides): void {
    this.own[node] = (this.own[node] ?? 0) + own.left;
    this.self[node] = (this.self[node] ?? 0) + self.left;
    this.ownRight[node] = (this.ownRight[node] ?? 0) + own.right;
    this.selfRight[node] = (this.selfRight[node] ?? 0) + self.right;
  }

  /** Names, unit and what is known are those of `data`, as is whether it is a diff. */
  toData(data: FlameGraphData, whole?: Sides): FlameGraphData {
    const { count } = this;
    const isDiff = data.totalRight !== undefined;
    const level = new Int32Array(count);
    const order = this.depthFirst(level);
    const pick = (column: Float64Array): Float64Array => Float64Array.from(order, (node) => column[node] ?? 0);
    const name = Uint32Array.from(order, (node) => this.nameOf[node] ?? 0);
    const columns = { count, level, name, total: sumUp(pick(this.own), level), self: pick(this.self) };
    const { names, unit, meta } = data;
    const shared = {
      ...columns,
      names,
      unit,
      ...(meta !== undefined && { meta }),
      ...(whole !== undefined && { whole }),
    };
    if (!isDiff) return shared;
    return { ...shared, totalRight: sumUp(pick(this.ownRight), level), selfRight: pick(this.selfRight) };
  }

  /** Nodes in the order of the nested set; fills their levels in that order. */
  private depthFirst(level: Int32Array): Int32Array {
    const order = new Int32Array(this.count);
    const openNode = [0];
    let filled = 1;
    let at = this.firstChild(0);
    while (openNode.length > 0) {
      if (at === none) {
        const done = openNode.pop() ?? 0;
        const above = openNode.at(-1);
        at = above === undefined || done === this.lastChild[above] ? none : (this.next[done] ?? none);
        continue;
      }
      level[filled] = openNode.length;
      order[filled++] = at;
      openNode.push(at);
      at = this.firstChild(at);
    }
    return order;
  }

  private firstChild(node: number): number {
    const last = this.lastChild[node] ?? none;
    return last === none ? none : (this.next[last] ?? none);
  }

  private addNode(parent: number, name: number): number {
    if (this.count >= mostNodes) throw new Error(`a reshaped flame graph exceeds ${mostNodes} bars`);
    if (this.count === this.nameOf.length) this.growColumns();
    const node = this.count++;
    this.parent[node] = parent;
    this.nameOf[node] = name;
    this.lastChild[node] = none;
    return node;
  }

  private growColumns(): void {
    const size = this.nameOf.length * 2;
    const twice = (column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(size);
      grown.set(column);
      return grown;
    };
    const twiceInts = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(size);
      grown.set(column);
      return grown;
    };
    const names = new Uint32Array(size);
    names.set(this.nameOf);
    this.nameOf = names;
    [this.lastChild, this.next, this.parent] = [
      twiceInts(this.lastChild),
      twiceInts(this.next),
      twiceInts(this.parent),
    ];
    [this.own, this.self] = [twice(this.own), twice(this.self)];
    [this.ownRight, this.selfRight] = [twice(this.ownRight), twice(this.selfRight)];
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(none);
    const mask = this.slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hashOf(this.parent[node] ?? 0, this.nameOf[node] ?? 0) & mask;
      while (this.slots[slot] !== none) slot = (slot + 1) & mask;
      this.slots[slot] = node;
    }
  }
}

function hashOf(node: number, name: number): number {
  const mixed = Math.imul(Math.imul(node, 0x9e3779b1) ^ name, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Own values to totals, in place: children stand behind their parents. */
function sumUp(values: Float64Array, level: Int32Array): Float64Array {
  const below = new Float64Array(values.length + 2);
  for (let bar = values.length - 1; bar >= 0; bar--) {
    const depth = level[bar] ?? 0;
    const total = (values[bar] ?? 0) + (below[depth + 1] ?? 0);
    values[bar] = total;
    below[depth + 1] = 0;
    below[depth] = (below[depth] ?? 0) + total;
  }
  return values;
}

/** What ends in each bar: its total without its children's. Never below 0, should the children claim more. */
export function ownValues({ count, level }: FlameGraphData, total: Float64Array): Float64Array {
  const own = total.slice(0, count);
  const openBar: number[] = [];
  for (let bar = 0; bar < count; bar++) {
    const depth = level[bar] ?? 0;
    openBar[depth] = bar;
    const above = depth === 0 ? undefined : openBar[depth - 1];
    if (above !== undefined) own[above] = (own[above] ?? 0) - (total[bar] ?? 0);
  }
  return own.map((value) => Math.max(0, value));
}
