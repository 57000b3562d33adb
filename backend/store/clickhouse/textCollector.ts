/** Collects texts of several answers in one string table, equal ones once; equal hashes are taken for equal texts. */
import type { StringTable } from '../../model/stackTable.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import { IdIndex } from './idIndex.ts';
import { fill } from './joinColumns.ts';
import type { TextColumn } from './nativeColumns.ts';

export interface HashedText {
  readonly text: TextColumn;
  /** Words of 64-bit hashes, parallel to the texts. */
  readonly hashes: Uint32Array;
}

export class TextCollector {
  readonly #known: IdIndex;
  /** Whole answers, one after the other: texts stay where the engine wrote them. */
  readonly #sources: Uint8Array[] = [];
  readonly #bases: number[] = [];
  #byteCount = 0;
  readonly #starts: GrowingUint32;
  readonly #ends: GrowingUint32;

  constructor(expected: number) {
    this.#known = new IdIndex(expected);
    this.#starts = new GrowingUint32(expected);
    this.#ends = new GrowingUint32(expected);
    this.#starts.push(0);
    this.#ends.push(0);
  }

  /** String index of a row's text; '' is 0. */
  add({ text, hashes }: HashedText, row: number): number {
    const start = text.starts[row] ?? 0;
    const end = text.ends[row] ?? 0;
    if (start === end) return 0;
    const index = this.#known.add(hashes, row) + 1;
    if (index === this.#starts.length) {
      const base = this.#baseOf(text.bytes);
      this.#starts.push(base + start);
      this.#ends.push(base + end);
    }
    return index;
  }

  finish(): StringTable {
    const bytes = fill(new Uint8Array(this.#byteCount), this.#sources);
    return { bytes, starts: this.#starts.finish(), ends: this.#ends.finish() };
  }

  #baseOf(bytes: Uint8Array): number {
    const known = this.#sources.indexOf(bytes);
    if (known >= 0) return this.#bases[known] ?? 0;
    this.#sources.push(bytes);
    this.#bases.push(this.#byteCount);
    this.#byteCount += bytes.length;
    return this.#byteCount - bytes.length;
  }
}
