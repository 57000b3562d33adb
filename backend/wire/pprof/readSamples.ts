/**
 * The samples of a pprof: by far most of its bytes.
 *
 * Shape:  row i is sample i; see Profile. Repeated numbers may be packed or not.
 * Errors: as readPprof.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
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
  readonly limits: Pick<Limits, 'labelsPerSample'>;
}

type SampleColumns = Pick<Profile, 'sampleCount' | 'values' | 'labelStart' | 'labelName' | 'labelText'> &
  Pick<StackTable, 'stackStart' | 'stackLocations'>;

export function readSamples(cursor: ProtoCursor, { starts, stops }: Spans, context: SampleContext): SampleColumns {
  const reader = new SampleReader(cursor, starts.length, context);
  for (let i = 0; i < starts.length; i++) reader.read(i, starts[i] ?? 0, stops[i] ?? 0);
  return reader.finish();
}

class SampleReader {
  private readonly cursor: ProtoCursor;
  private readonly count: number;
  private readonly context: SampleContext;
  private readonly values: BigInt64Array;
  private readonly valueWords: Uint32Array;
  private readonly stackStart: Uint32Array;
  private readonly stackLocations: GrowingUint32;
  private readonly labelStart: Uint32Array;
  private readonly labelName = new GrowingUint32(16);
  private readonly labelText = new GrowingUint32(16);
  private valueCount = 0;

  constructor(cursor: ProtoCursor, count: number, context: SampleContext) {
    this.cursor = cursor;
    this.count = count;
    this.context = context;
    this.values = new BigInt64Array(count * context.typeCount);
    this.valueWords = wordsOf(this.values);
    this.stackStart = new Uint32Array(count + 1);
    this.stackLocations = new GrowingUint32(count * 16);
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
    this.stackStart[sample + 1] = this.stackLocations.length;
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
      stackLocations: this.stackLocations.finish(),
    };
  }

  private readLocations(start: number): void {
    const { cursor } = this;
    if (cursor.wireType === 0) this.pushLocation(start);
    else if (cursor.wireType === 2) {
      const { end } = cursor;
      const last = cursor.stop;
      cursor.enter(cursor.start, last);
      while (cursor.at < last) {
        cursor.varint();
        this.pushLocation(start);
      }
      cursor.enter(last, end);
    } else throw cursor.malformed(start, 'location ids are no varints');
  }

  private pushLocation(start: number): void {
    const { low, high } = this.cursor;
    const place = this.context.locationIds.find(low, high);
    if (place < 0)
      throw this.cursor.malformed(start, `sample refers to location ${this.cursor.uint64()}, which is not there`);
    this.stackLocations.push(place);
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
    const mostBytes = 2 ** 26;
    if (this.labelName.length > mostBytes)
      throw new InputError('invalid_argument', `pprof, byte ${start}: too many labels`, 'sample_labels_limit');
  }
}
