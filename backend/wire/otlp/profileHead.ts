/**
 * What a Profile message says besides its samples.
 *
 * Shape:  one sample type since 1.8, any number in 1.7, whose profiles also hold the locations that their samples refer to.
 * Units:  nanoseconds; period in periodType's unit.
 * Errors: InputError invalid_argument with the byte offset: a string index out of range, a profile without a sample type.
 * Source: opentelemetry-proto profiles/v1development, Profile in v1.7.0 to main at 7c63f7b.
 */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { ValueType } from '../../model/profile.ts';
import type { UnixNanos } from '../../model/time.ts';
import { unixNanos } from '../../model/time.ts';
import type { ProtoCursor } from '../protoCursor.ts';
import type { Span } from './outline.ts';
import type { OtlpStrings } from './otlpStrings.ts';
import type { Dictionary } from './readDictionary.ts';
import { forEachVarint } from './readDictionary.ts';

export interface ProfileHead {
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType | undefined;
  readonly period: bigint;
  readonly timeNanos: UnixNanos;
  readonly durationNanos: bigint;
  /** 1.7 only. */
  readonly locations: Uint32Array;
}

export function countSamples(cursor: ProtoCursor, { start, stop }: Span): number {
  let count = 0;
  cursor.enter(start, stop);
  while (cursor.next()) if (cursor.field === 2 && cursor.wireType === 2) count++;
  return count;
}

export function readHead(cursor: ProtoCursor, place: Span, dictionary: Dictionary, is17: boolean): ProfileHead {
  const { strings } = dictionary;
  const sampleTypes: ValueType[] = [];
  let periodType: ValueType | undefined;
  let period = 0n;
  let time = 0n;
  let duration = 0n;
  const locations = new GrowingUint32(16);
  const takeLocation = (): void => {
    if (cursor.index() >= dictionary.locations.count)
      throw cursor.malformed(cursor.at, `location ${cursor.index()} of ${dictionary.locations.count}`);
    locations.push(cursor.index());
  };
  cursor.enter(place.start, place.stop);
  while (cursor.next()) {
    const { field, wireType } = cursor;
    if (field === 1 && wireType === 2) sampleTypes.push(readValueType(cursor, strings));
    else if (field === (is17 ? 6 : 5) && wireType === 2) periodType = readValueType(cursor, strings);
    else if (field === 3 && is17) forEachVarint(cursor, takeLocation);
    else if (field === 3 && wireType === 1) time = fixed64(cursor);
    else if (wireType !== 0) continue;
    else if (field === 4 && is17) time = cursor.int64();
    else if (field === (is17 ? 5 : 4)) duration = cursor.int64();
    else if (field === (is17 ? 7 : 6)) period = cursor.int64();
  }
  // A message that comes twice is one; only 1.7 has several sample types.
  const types = is17 ? sampleTypes : sampleTypes.slice(-1);
  if (types.length === 0 || types.some(({ type }) => type === ''))
    throw cursor.malformed(place.start, 'a profile without a sample type');
  return {
    sampleTypes: types,
    periodType: periodType?.type === '' && periodType.unit === '' ? undefined : periodType,
    period,
    timeNanos: unixNanos(time),
    // Past 292 years it is no duration.
    durationNanos: duration < 0n ? 0n : duration,
    locations: locations.finish(),
  };
}

function readValueType(cursor: ProtoCursor, strings: OtlpStrings): ValueType {
  const { stop, end } = cursor;
  let type = 0;
  let unit = 0;
  cursor.enter(cursor.start, stop);
  while (cursor.next()) {
    if (cursor.wireType !== 0) continue;
    if (cursor.field === 1) type = strings.index(cursor, 'value type');
    else if (cursor.field === 2) unit = strings.index(cursor, 'value type, unit');
  }
  cursor.enter(stop, end);
  return { type: strings.text(type), unit: strings.text(unit) };
}

const fixed64 = ({ bytes, start }: ProtoCursor): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset + start, 8).getBigInt64(0, true);
