/** Which rows of a table something refers to, and the ids they get: from 1, in the order of first use. */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { StringTable } from '../../model/stackTable.ts';
import { sizeOfVarint } from './protoBuffer.ts';

export class UsedRows {
  /** By row; 0: not used. */
  readonly ids: Uint32Array;
  /** By id - 1. */
  readonly rows = new GrowingUint32(1_024);

  constructor(rowCount: number) {
    this.ids = new Uint32Array(rowCount);
  }

  idOf(row: number): number {
    const id = this.ids[row] ?? 0;
    return id === 0 ? this.add(row) : id;
  }

  /** Uses rows list[first .. last); the bytes that their ids take as varints. */
  useAll(list: Uint32Array, first: number, last: number): number {
    const { ids } = this;
    let bytes = 0;
    for (let i = first; i < last; i++) {
      const row = list[i] ?? 0;
      let id = ids[row] ?? 0;
      if (id === 0) id = this.add(row);
      bytes += id < 0x80 ? 1 : id < 0x4000 ? 2 : sizeOfVarint(id);
    }
    return bytes;
  }

  private add(row: number): number {
    this.rows.push(row);
    return (this.ids[row] = this.rows.length);
  }
}

/** Strings of a table, and texts that are in none. String 0 is ''. */
export class UsedStrings {
  readonly table: StringTable;
  /** By id: row of the table, or its complement as an index into texts. */
  readonly sources: number[] = [0];
  readonly texts: Uint8Array[] = [];
  private readonly ids: Uint32Array;
  private readonly idsOfTexts = new Map<string, number>([['', 0]]);

  constructor(table: StringTable) {
    this.table = table;
    this.ids = new Uint32Array(table.starts.length);
  }

  idOf(row: number): number {
    const known = this.ids[row] ?? 0;
    if (known !== 0 || this.table.starts[row] === this.table.ends[row]) return known;
    return (this.ids[row] = this.sources.push(row) - 1);
  }

  idOfText(text: string): number {
    const known = this.idsOfTexts.get(text);
    if (known !== undefined) return known;
    const id = this.sources.push(~this.texts.length) - 1;
    this.texts.push(Buffer.from(text));
    this.idsOfTexts.set(text, id);
    return id;
  }
}
