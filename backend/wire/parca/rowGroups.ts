/**
 * Numbers rows by what they have in common, one column after the other: rows that are equal in all columns so far have
 * the same number. No row becomes a text or an object.
 *
 * Shape:  numbers count from 0 in the order of first appearance.
 */
import type { Budget } from './arrow/budget.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';

/** A direct table of (group, key) is faster than a Map as long as it is not much larger than the rows. */
const roomPerRow = 4;
const smallRoom = 2 ** 16;

export class RowGroups {
  readonly numbers: Uint32Array;
  readonly #budget: Budget;
  #count: number;
  #firstRow: GrowingUint32;

  private constructor(numbers: Uint32Array, count: number, firstRow: GrowingUint32, budget: Budget) {
    this.numbers = numbers;
    this.#count = count;
    this.#firstRow = firstRow;
    this.#budget = budget;
  }

  /** All rows in one group. */
  static of(rowCount: number, budget: Budget): RowGroups {
    budget.take(rowCount * 4, 'rows');
    const firstRow = new GrowingUint32(16);
    if (rowCount > 0) firstRow.push(0);
    return new RowGroups(new Uint32Array(rowCount), Math.min(rowCount, 1), firstRow, budget);
  }

  get count(): number {
    return this.#count;
  }

  firstRow(group: number): number {
    return this.#firstRow.at(group);
  }

  copy(): RowGroups {
    this.#budget.take(this.numbers.length * 4, 'rows');
    return new RowGroups(this.numbers.slice(), this.#count, this.#firstRow, this.#budget);
  }

  /** A key for each row. */
  divide(keys: Uint32Array): void {
    const { numbers } = this;
    let most = 0;
    let isConstant = true;
    const first = keys[0] ?? 0;
    for (let row = 0; row < numbers.length; row++) {
      const key = keys[row] ?? 0;
      if (key > most) most = key;
      if (key !== first) isConstant = false;
    }
    if (isConstant) return;
    const room = most < 2 ** 32 - 1 ? this.#count * (most + 1) : Infinity;
    const place = room <= numbers.length * roomPerRow + smallRoom ? this.#inTable(room) : this.#inMap();
    this.#firstRow = new GrowingUint32(this.#count * 2);
    let count = 0;
    let lastKey = -1;
    let lastGroup = -1;
    let last = 0;
    for (let row = 0; row < numbers.length; row++) {
      const key = keys[row] ?? 0;
      const group = numbers[row] ?? 0;
      if (key !== lastKey || group !== lastGroup) {
        lastKey = key;
        lastGroup = group;
        last = place(group * (most + 1) + key, count);
        if (last === count) {
          count++;
          this.#firstRow.push(row);
        }
      }
      numbers[row] = last;
    }
    this.#count = count;
  }

  #inTable(room: number): (at: number, made: number) => number {
    this.#budget.take(room * 4, 'groups');
    const table = new Uint32Array(room);
    return (at, made) => {
      const known = table[at] ?? 0;
      if (known !== 0) return known - 1;
      table[at] = made + 1;
      return made;
    };
  }

  #inMap(): (at: number, made: number) => number {
    const map = new Map<number, number>();
    return (at, made) => {
      const known = map.get(at);
      if (known !== undefined) return known;
      this.#budget.take(48, 'groups');
      map.set(at, made);
      return made;
    };
  }
}
