/** Nodes of a tree by (parent, name), in an open hash table of numbers: a Map of keys is 20 times slower. */
export class NodeTable {
  count = 1;
  private parents = new Int32Array(1_024);
  private names = new Uint32Array(1_024);
  /** Node number, 0 for an empty slot: the root is nobody's child. */
  private slots = new Int32Array(4_096);

  constructor() {
    this.parents[0] = -1;
  }

  /** The child of that name; a new node when there is none. */
  child(parent: number, name: number): number {
    const mask = this.slots.length - 1;
    let slot = hashPair(parent, name) & mask;
    for (;;) {
      const node = this.slots[slot] ?? 0;
      if (node === 0) return this.add(parent, name, slot);
      if (this.parents[node] === parent && this.names[node] === name) return node;
      slot = (slot + 1) & mask;
    }
  }

  /** -1 when there is no such child. */
  find(parent: number, name: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashPair(parent, name) & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot] ?? 0;
      if (node === 0) return -1;
      if (this.parents[node] === parent && this.names[node] === name) return node;
    }
  }

  /** By node; later children leave them as they are. */
  columns(): { readonly parent: Int32Array; readonly name: Uint32Array } {
    return { parent: this.parents.subarray(0, this.count), name: this.names.subarray(0, this.count) };
  }

  bytes(): number {
    return 4 * (this.parents.length + this.names.length + this.slots.length);
  }

  private add(parent: number, name: number, slot: number): number {
    const node = this.count++;
    if (node >= this.parents.length) this.growColumns();
    this.parents[node] = parent;
    this.names[node] = name;
    this.slots[slot] = node;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return node;
  }

  private growColumns(): void {
    const parent = new Int32Array(this.parents.length * 2);
    parent.set(this.parents);
    this.parents = parent;
    const name = new Uint32Array(this.names.length * 2);
    name.set(this.names);
    this.names = name;
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hashPair(this.parents[node] ?? 0, this.names[node] ?? 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = node;
    }
  }
}

function hashPair(parent: number, name: number): number {
  const mixed = Math.imul(Math.imul(parent, 0x85ebca6b) ^ name, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
