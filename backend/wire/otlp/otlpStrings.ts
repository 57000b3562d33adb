/**
 * The dictionary's strings, and after them those that stand elsewhere in the request: attributes' texts, numbers and ids.
 *
 * Shape:  string i is row i of the table as long as i < tableCount. Text stays where it is in the request's bytes; only what
 *         is made here (numbers, ids, repaired text) is added behind them.
 * Errors: InputError invalid_argument with the byte offset: string 0 that is not empty, an index out of range. Bytes that are
 *         not UTF-8 become U+FFFD and are counted: a broken thread name is no reason to lose a node's profiles.
 */
import { isUtf8 } from 'node:buffer';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { StringTable } from '../../model/stackTable.ts';
import type { ProtoCursor } from '../protoCursor.ts';
import type { SpanList } from './outline.ts';

const decoder = new TextDecoder();

export class OtlpStrings {
  repairedCount = 0;
  readonly tableCount: number;
  readonly #bytes: Uint8Array;
  readonly #starts: GrowingUint32;
  readonly #ends: GrowingUint32;
  readonly #added: Buffer[] = [];
  readonly #addedText = new Map<number, string>();
  readonly #indexOf = new Map<string, number>();
  #addedBytes = 0;

  constructor(cursor: ProtoCursor, table: SpanList) {
    this.#bytes = cursor.bytes;
    this.#starts = new GrowingUint32(table.count + 16);
    this.#ends = new GrowingUint32(table.count + 16);
    this.tableCount = Math.max(table.count, 1);
    if (table.count === 0) this.#push(0, 0);
    else if (table.starts.at(0) !== table.stops.at(0))
      throw cursor.malformed(table.starts.at(0), 'string 0 of the dictionary is not empty');
    for (let i = 0; i < table.count; i++) this.addSpan(table.starts.at(i), table.stops.at(i));
  }

  /** The cursor's varint as an index into the dictionary's table. */
  index(cursor: ProtoCursor, what: string): number {
    const index = cursor.index();
    if (index >= this.tableCount)
      throw cursor.malformed(cursor.at, `${what}: string ${index} of ${this.tableCount} in the dictionary`);
    return index;
  }

  addSpan(start: number, stop: number): number {
    let at = start;
    while (at < stop && (this.#bytes[at] ?? 0) < 0x80) at++;
    const text = this.#bytes.subarray(start, stop);
    if (at === stop || isUtf8(text)) return this.#push(start, stop);
    this.repairedCount++;
    return this.#append(decoder.decode(text));
  }

  addText(text: string): number {
    if (text === '') return 0;
    let index = this.#indexOf.get(text);
    if (index === undefined) this.#indexOf.set(text, (index = this.#append(text)));
    return index;
  }

  text(index: number): string {
    return (
      this.#addedText.get(index) ?? decoder.decode(this.#bytes.subarray(this.#starts.at(index), this.#ends.at(index)))
    );
  }

  finish(): StringTable {
    const bytes = this.#added.length === 0 ? this.#bytes : new Uint8Array(Buffer.concat([this.#bytes, ...this.#added]));
    return { bytes, starts: this.#starts.finish(), ends: this.#ends.finish() };
  }

  #append(text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    const start = this.#bytes.length + this.#addedBytes;
    this.#added.push(bytes);
    this.#addedBytes += bytes.length;
    const index = this.#push(start, start + bytes.length);
    this.#addedText.set(index, text);
    return index;
  }

  #push(start: number, stop: number): number {
    this.#starts.push(start);
    this.#ends.push(stop);
    return this.#starts.length - 1;
  }
}
