/** Dense indexes for rows of numbers, equal rows getting one: a row is a path in a table of nodes, so nothing collides. */
import { NodeTable } from './nodeTable.ts';

export class SequenceTable {
  count = 0;
  private readonly nodes = new NodeTable();
  /** Index + 1 of the row that ends in a node; 0: none. */
  private indexes = new Uint32Array(1_024);

  /** Numbers below 2^32; rows of different lengths must not begin alike unless their length is among the numbers. */
  index(row: Uint32Array, length: number): { readonly index: number; readonly isNew: boolean } {
    let node = 0;
    for (let i = 0; i < length; i++) node = this.nodes.child(node, row[i] ?? 0);
    if (node >= this.indexes.length) {
      const larger = new Uint32Array(Math.max(node + 1, 2 * this.indexes.length));
      larger.set(this.indexes);
      this.indexes = larger;
    }
    const known = this.indexes[node] ?? 0;
    if (known > 0) return { index: known - 1, isNew: false };
    this.indexes[node] = ++this.count;
    return { index: this.count - 1, isNew: true };
  }

  bytes(): number {
    return this.nodes.bytes() + 4 * this.indexes.length;
  }
}
