/**
 * The samples of a pprof: by far most of its bytes.
 *
 * Shape:  row i is sample i; see Profile. Repeated numbers may be packed or not.
 * Errors: as readPprof.
 */
import type { Profile } from '../../model/profile.ts';
import type { StackTable, StringTable } from '../../model/stackTable.ts';
import { wordsOf } from '../../model/int64Column.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { IdTable } from './idTable.ts';
import type { ProtoCursor } from '../protoCursor.ts';
import type { Spans } from './readTables.ts';
import { stringIndex } from './readTables.ts';

export interface SampleContext {
  readonly typeCount: number;
  readonly locationIds: IdTable;
  readonly strings: StringTable;
}

type SampleColumns = Pick<Profile, 'sampleCount' | 'values' | 'labelStart' | 'labelName' | 'labelText'> &
  Pick<StackTable, 'stackStart' | 'stackLocations'>;

export function readSamples(cursor: ProtoCursor, spans: Spans, context: SampleContext): SampleColumns {
  const { starts, stops } = spans;
  const bytes = checkValueRoom(cursor, spans, context.typeCount);
  const reader = new SampleReader(cursor, starts.length, bytes, context);
  for (let i = 0; i < starts.length; i++) reader.read(i, starts[i] ?? 0, stops[i] ?? 0);
  return reader.finish();
}

/**
 * The bytes of all samples. A value takes a byte or more, so a sample shorter than its number of values is refused before
 * there is a column: a message of empty samples and empty types would ask for gigabytes.
 */
function checkValueRoom(cursor: ProtoCursor, { starts, stops }: Spans, typeCount: number): number {
  let bytes = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    const length = (stops[i] ?? 0) - start;
    if (length < typeCount) {
      throw cursor.malformed(
        start,
        `sample value length mismatch: ${length} bytes of sample hold no ${typeCount} values, one for each sample type`,
      );
    }
    bytes += length;
  }
  return bytes;
}

/** Room for locations at the start; real stacks have 20 to 60. */
const usualDepth = 16;

class SampleReader {
  private readonly cursor: ProtoCursor;
  private readonly count: number;
  private readonly context: SampleContext;
  private readonly values: BigInt64Array;
  private readonly valueWords: Uint32Array;
  private readonly stackStart: Uint32Array;
  private stackLocations: Uint32Array;
  private locationCount = 0;
  private readonly labelStart: Uint32Array;
  private readonly labelName = new GrowingUint32(16);
  private readonly labelText = new GrowingUint32(16);
  private valueCount = 0;

  constructor(cursor: ProtoCursor, count: number, sampleBytes: number, context: SampleContext) {
    this.cursor = cursor;
    this.count = count;
    this.context = context;
    this.values = new BigInt64Array(count * context.typeCount);
    this.valueWords = wordsOf(this.values);
    this.stackStart = new Uint32Array(count + 1);
    this.stackLocations = new Uint32Array(Math.min(count * usualDepth, sampleBytes));
    this.labelStart = new Uint32Array(count + 1);
  }

  read(sample: number, start: number, stop: number): void {
    const { cursor } = this;
    const { typeCount } = this.context;
    this.valueCount = 0;
    const firstValue = sample * typeCount;
    cursor.enter(start, stop);
    while (cursor.next()) {
      if (cursor.field === 1) this.readLocations(start);
      else if (cursor.field === 2) this.readValues(firstValue, start);
      else if (cursor.field === 3 && cursor.wireType === 2) this.readLabel();
    }
    if (this.valueCount !== typeCount) {
      throw cursor.malformed(
        start,
        `sample value length mismatch: ${this.valueCount} values, ${typeCount} sample types`,
      );
    }
    this.stackStart[sample + 1] = this.locationCount;
    this.labelStart[sample + 1] = this.labelName.length;
  }

  finish(): SampleColumns {
    return {
      sampleCount: this.count,
      values: this.values,
      labelStart: this.labelStart,
      labelName: this.labelName.finish(),
      labelText: this.labelText.finish(),
      stackStart: this.stackStart,
      stackLocations: this.stackLocations.subarray(0, this.locationCount),
    };
  }

  private readLocations(start: number): void {
    const { cursor } = this;
    if (cursor.wireType === 2) this.readPackedLocations(start);
    else if (cursor.wireType === 0) {
      this.reserveLocations(1);
      this.stackLocations[this.locationCount++] = this.placeOf(cursor.low, cursor.high, start);
    } else throw cursor.malformed(start, 'location ids are no varints');
  }

  /** The hottest loop of all: ids below 2^14 take no call. */
  private readPackedLocations(sampleStart: number): void {
    const { cursor } = this;
    const { bytes, start, stop, end } = cursor;
    // An id takes a byte or more.
    this.reserveLocations(stop - start);
    const { stackLocations } = this;
    const { locationIds } = this.context;
    let count = this.locationCount;
    let at = start;
    while (at < stop) {
      let id = bytes[at++] ?? 0;
      let high = 0;
      if (id > 0x7f) {
        const second = bytes[at] ?? 0;
        if (second < 0x80 && at < stop) {
          id = (id & 0x7f) | (second << 7);
          at++;
        } else {
          cursor.enter(at - 1, stop);
          cursor.varint();
          ({ at, low: id, high } = cursor);
        }
      }
      const place = locationIds.find(id, high);
      stackLocations[count++] = place < 0 ? this.placeOf(id, high, sampleStart) : place;
    }
    this.locationCount = count;
    cursor.enter(stop, end);
  }

  private placeOf(low: number, high: number, start: number): number {
    const place = this.context.locationIds.find(low, high);
    if (place >= 0) return place;
    const id = (BigInt(high) << 32n) | BigInt(low);
    throw this.cursor.malformed(
      start,
      id === 0n ? 'location id is 0' : `sample refers to location ${id}, which is not there`,
    );
  }

  private reserveLocations(more: number): void {
    const needed = this.locationCount + more;
    if (needed <= this.stackLocations.length) return;
    const larger = new Uint32Array(Math.max(needed, this.stackLocations.length * 2));
    larger.set(this.stackLocations.subarray(0, this.locationCount));
    this.stackLocations = larger;
  }

  private readValues(firstValue: number, start: number): void {
    const { cursor } = this;
    if (cursor.wireType === 0) this.setValue(firstValue);
    else if (cursor.wireType === 2) {
      const { end } = cursor;
      const last = cursor.stop;
      cursor.enter(cursor.start, last);
      while (cursor.at < last) {
        cursor.varint();
        this.setValue(firstValue);
      }
      cursor.enter(last, end);
    } else throw cursor.malformed(start, 'values are no varints');
  }

  private setValue(firstValue: number): void {
    if (this.valueCount < this.context.typeCount) {
      const word = 2 * (firstValue + this.valueCount);
      this.valueWords[word] = this.cursor.low;
      this.valueWords[word + 1] = this.cursor.high;
    }
    this.valueCount++;
  }

  /** Labels that are numbers (a Go heap's `bytes`) are passed over; there may be more of them than of text. */
  private readLabel(): void {
    const { cursor } = this;
    const { strings } = this.context;
    const { start, stop, end } = cursor;
    let name = 0;
    let text = 0;
    cursor.enter(start, stop);
    while (cursor.next()) {
      if (cursor.wireType !== 0) continue;
      if (cursor.field === 1) name = stringIndex(cursor, strings, 'sample label');
      else if (cursor.field === 2) text = stringIndex(cursor, strings, 'sample label');
      else if (cursor.field === 4) stringIndex(cursor, strings, 'sample label');
    }
    cursor.enter(stop, end);
    if (text === 0) return;
    this.labelName.push(name);
    this.labelText.push(text);
  }
}
