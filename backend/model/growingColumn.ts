/** Columns whose length is known only at the end: room doubles, so adding stays cheap. */
export class GrowingUint32 {
  length = 0;
  private column: Uint32Array;

  constructor(room: number) {
    this.column = new Uint32Array(Math.max(room, 16));
  }

  push(value: number): void {
    if (this.length === this.column.length) this.makeRoom(1);
    this.column[this.length++] = value;
  }

  pushAll(values: ArrayLike<number>): void {
    if (this.length + values.length > this.column.length) this.makeRoom(values.length);
    this.column.set(values, this.length);
    this.length += values.length;
  }

  at(index: number): number {
    return this.column[index] ?? 0;
  }

  finish(): Uint32Array {
    return this.column.subarray(0, this.length);
  }

  private makeRoom(more: number): void {
    const larger = new Uint32Array(Math.max(this.column.length * 2, this.length + more));
    larger.set(this.column);
    this.column = larger;
  }
}
