/** Texts as bytes, each once: a StringTable that grows. */
import { GrowingUint32 } from '../model/growingColumn.ts';
import type { StringTable } from '../model/stackTable.ts';

export class TextMemory {
  private readonly indexes = new Map<string, number>();
  private room = new Uint8Array(65_536);
  private used = 0;
  private readonly starts = new GrowingUint32(1_024);
  private readonly ends = new GrowingUint32(1_024);

  /** bytes[start .. end) are valid UTF-8. */
  index(bytes: Uint8Array, start: number, end: number): number {
    // Latin-1 keeps one character for each byte, valid or not, and is the fastest way to a key.
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const index = this.starts.length;
    this.indexes.set(key, index);
    this.append(bytes.subarray(start, end));
    return index;
  }

  table(): StringTable {
    return { bytes: this.room.subarray(0, this.used), starts: this.starts.finish(), ends: this.ends.finish() };
  }

  /** The bytes, the keys that repeat them and what a Map takes for each. */
  bytes(): number {
    return this.room.length + this.used + 60 * this.starts.length;
  }

  private append(text: Uint8Array): void {
    if (this.used + text.length > this.room.length) {
      const larger = new Uint8Array(Math.max(2 * this.room.length, this.used + text.length));
      larger.set(this.room);
      this.room = larger;
    }
    this.room.set(text, this.used);
    this.starts.push(this.used);
    this.used += text.length;
    this.ends.push(this.used);
  }
}
