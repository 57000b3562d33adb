/** Columns whose length is known only at the end: room doubles, so adding stays cheap. */
export class GrowingUint32 {
  length = 0;
  private column: Uint32Array;

  constructor(room: number) {
    this.column = new Uint32Array(Math.max(room, 16));
  }

  push(value: number): void {
    if (this.length === this.column.length) {
      const larger = new Uint32Array(this.column.length * 2);
      larger.set(this.column);
      this.column = larger;
    }
    this.column[this.length++] = value;
  }

  at(index: number): number {
    return this.column[index] ?? 0;
  }

  finish(): Uint32Array {
    return this.column.subarray(0, this.length);
  }
}
