/**
 * The cells of a column, whichever of Arrow's forms it has: run ends and dictionary keys are followed, so that the agent's
 * versions, which differ in form alone, are read alike.
 *
 * Shape:  a number for each row. A text is a number of the text table, where 0 is '' and stands for null too.
 * Errors: InputError invalid_argument.
 */
import type { Budget } from './budget.ts';
import { malformedArrow } from './budget.ts';
import type { Column } from './columns.ts';
import { isValid } from './columns.ts';

/** What a text costs besides itself: its place in a map, and the buffer that it is copied from into a string table. */
const textBytes = 256;

/** Different texts, each once. Bytes that are no UTF-8 (an agent reads names from foreign memory) become U+FFFD. */
export class TextTable {
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get texts(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  get count(): number {
    return this.#numbers.size;
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#budget.take(textBytes + text.length, 'texts');
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  start === end ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');

export function textsOf(column: Column | undefined, name: string, table: TextTable, budget: Budget): Uint32Array {
  if (column === undefined) throw missing(name);
  return spread(column, budget, (plain) => numbersOfTexts(plain, name, table, budget));
}

function numbersOfTexts(column: Column, name: string, table: TextTable, budget: Budget): Uint32Array {
  budget.take(column.length * 4, 'texts');
  const numbers = new Uint32Array(column.length);
  if (column.kind === 'other' && column.length === 0) return numbers;
  const validity = column.validity();
  if (column.kind === 'bytes') {
    const { offsets, bytes } = column.texts();
    for (let row = 0; row < numbers.length; row++)
      if (isValid(validity, row))
        numbers[row] = table.numberOf(textOf(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0));
  } else if (column.kind === 'views') {
    for (let row = 0; row < numbers.length; row++) {
      if (!isValid(validity, row)) continue;
      const bytes = column.textAt(row);
      numbers[row] = table.numberOf(textOf(bytes, 0, bytes.length));
    }
  } else throw wrongType(name, 'text');
  return numbers;
}

/** Stack ids: bytes as hexadecimal text. */
export function hexOf(column: Column | undefined, name: string, table: TextTable, budget: Budget): Uint32Array {
  if (column === undefined) throw missing(name);
  return spread(column, budget, (plain) => {
    if (plain.kind !== 'bytes' && plain.kind !== 'fixed') throw wrongType(name, 'bytes');
    budget.take(plain.length * 4, 'ids');
    const numbers = new Uint32Array(plain.length);
    const validity = plain.validity();
    const { bytes, offsets } = plain.kind === 'bytes' ? plain.texts() : { bytes: plain.bytes(), offsets: undefined };
    const width = plain.kind === 'fixed' ? plain.width : 0;
    for (let row = 0; row < numbers.length; row++) {
      if (!isValid(validity, row)) continue;
      const start = offsets === undefined ? row * width : (offsets[row] ?? 0);
      const end = offsets === undefined ? start + width : (offsets[row + 1] ?? 0);
      const hex = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
      numbers[row] = table.numberOf(hex);
    }
    return numbers;
  });
}

/** A value of 64 bits for each row; null is 0. */
export function int64sOf(column: Column | undefined, name: string, budget: Budget): BigInt64Array {
  if (column === undefined) throw missing(name);
  if (column.kind === 'int') return plainInt64s(column, budget);
  if (column.kind !== 'runs' || column.values.kind !== 'int') throw wrongType(name, 'integers');
  const values = plainInt64s(column.values, budget);
  const ends = column.ends();
  budget.take(column.length * 8, 'columns');
  const rows = new BigInt64Array(column.length);
  let row = 0;
  for (let run = 0; row < rows.length; run++) {
    const end = Math.min(ends[run] ?? 0, rows.length);
    rows.fill(values[run] ?? 0n, row, end);
    row = end;
  }
  return rows;
}

function plainInt64s(column: Extract<Column, { kind: 'int' }>, budget: Budget): BigInt64Array {
  const values = column.int64s();
  const validity = column.validity();
  if (validity === undefined) return values;
  budget.take(values.length * 8, 'columns');
  return values.map((value, row) => (isValid(validity, row) ? value : 0n));
}

/** Keys into a column of structs, and that column; a column that holds the structs itself has its own rows as keys. */
export function structsOf(column: Column | undefined, name: string, budget: Budget) {
  const structs = column?.kind === 'dictionary' ? column.values : column;
  // A dictionary that never came has no rows either.
  if (structs === undefined || (structs.kind !== 'struct' && structs.length > 0)) throw wrongType(name, 'structs');
  const keys =
    column === undefined ? new Uint32Array(0) : spread(column, budget, (plain) => ownRows(plain, budget), noKey);
  return { keys, structs: structs.kind === 'struct' ? structs : undefined };
}

/** Stands for a null among keys. */
export const noKey = 0xffffffff;

function ownRows(column: Column, budget: Budget): Uint32Array {
  budget.take(column.length * 4, 'keys');
  const validity = column.validity();
  const rows = new Uint32Array(column.length);
  for (let row = 0; row < rows.length; row++) rows[row] = isValid(validity, row) ? row : noKey;
  return rows;
}

/** Numbers of a column's own values -> numbers of its rows. Null stays what `nullNumber` says. */
function spread(
  column: Column,
  budget: Budget,
  numbersOf: (plain: Column) => Uint32Array,
  nullNumber = 0,
): Uint32Array {
  if (column.kind === 'runs') {
    const values = spread(column.values, budget, numbersOf, nullNumber);
    const ends = column.ends();
    budget.take(column.length * 4, 'columns');
    const rows = new Uint32Array(column.length);
    let row = 0;
    for (let run = 0; row < rows.length; run++) {
      const end = Math.min(ends[run] ?? 0, rows.length);
      rows.fill(values[run] ?? 0, row, end);
      row = end;
    }
    return rows;
  }
  if (column.kind !== 'dictionary') return numbersOf(column);
  const values = spread(column.values, budget, numbersOf, nullNumber);
  const keys = column.keys();
  const validity = column.validity();
  budget.take(column.length * 4, 'columns');
  const rows = new Uint32Array(column.length);
  for (let row = 0; row < rows.length; row++)
    rows[row] = isValid(validity, row) ? (values[keys[row] ?? 0] ?? 0) : nullNumber;
  return rows;
}

const missing = (name: string) => malformedArrow(`column ${JSON.stringify(name)} is not there`);
const wrongType = (name: string, what: string) => malformedArrow(`column ${JSON.stringify(name)} holds no ${what}`);
