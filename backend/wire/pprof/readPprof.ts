/**
 * Reads a pprof into columns: one pass over the message finds the tables, one over each table reads it. Strings stay bytes
 * of the input; nothing becomes an object per sample, location or line.
 *
 * Shape:  bytes after gzip -> Profile with a stack for each sample, in the order of the bytes.
 * Units:  as in the profile.
 * Errors: InputError invalid_argument with the byte offset: malformed protobuf, an index or id that refers to nothing, an id
 *         of 0, a sample with another number of values than there are types, text that is not UTF-8, too many samples.
 * Source: github.com/google/pprof/proto/profile.proto; reference pyroscope-api 3.6.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Profile, ValueType } from '../../model/profile.ts';
import type { StringTable } from '../../model/stackTable.ts';
import { textAt } from '../../model/stackTable.ts';
import { unixNanos } from '../../model/time.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import { ProtoCursor } from '../protoCursor.ts';
import { readSamples } from './readSamples.ts';
import type { Spans } from './readTables.ts';
import { readFunctions, readLocations, readMappings, readStrings, stringIndex } from './readTables.ts';

export function readPprof(bytes: Uint8Array, limits: Pick<Limits, 'samplesPerProfile'>): Profile {
  const cursor = new ProtoCursor(bytes, 'pprof');
  const top = readTop(cursor, limits);
  const strings = readStrings(cursor, top.strings);
  if (top.sampleTypes.starts.length === 0) throw cursor.malformed(bytes.length, 'empty profile: no sample types');
  const sampleTypes = spansOf(top.sampleTypes, (start, stop) => readValueType(cursor, start, stop, strings));
  const mappings = readMappings(cursor, top.mappings, strings);
  const functions = readFunctions(cursor, top.functions, strings);
  const locations = readLocations(cursor, top.locations, mappings, functions);
  const samples = readSamples(cursor, top.samples, {
    typeCount: sampleTypes.length,
    locationIds: locations.ids,
    strings,
  });
  const { stackStart, stackLocations, ...columns } = samples;
  if (top.defaultSampleType >= strings.starts.length)
    throw cursor.malformed(bytes.length, 'default sample type string index out of range');
  return {
    sampleTypes,
    periodType:
      top.periodType === undefined ? undefined : readValueType(cursor, top.periodType[0], top.periodType[1], strings),
    period: top.period,
    timeNanos: unixNanos(top.timeNanos),
    durationNanos: top.durationNanos,
    defaultSampleType: textAt(strings, top.defaultSampleType),
    ...columns,
    stacks: {
      strings,
      mappings: mappings.columns,
      functions: functions.columns,
      locations: locations.columns,
      stackCount: samples.sampleCount,
      stackStart,
      stackLocations,
    },
  };
}

interface Top {
  readonly sampleTypes: Spans;
  readonly samples: Spans;
  readonly mappings: Spans;
  readonly locations: Spans;
  readonly functions: Spans;
  readonly strings: Spans;
  readonly periodType: readonly [number, number] | undefined;
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  readonly period: bigint;
  readonly defaultSampleType: number;
}

/** Field numbers 1 to 6 are the tables, in this order. */
const tableFields = 6;
const tablesWithIds: Readonly<Record<number, string>> = { 3: 'mapping', 4: 'location', 5: 'function' };
/** Types and their texts become objects, unlike all else: a few bytes of input must not become many. .NET sends 6 types. */
const mostSampleTypes = 256;
const longestTypeBytes = 1_024;

function readTop(cursor: ProtoCursor, { samplesPerProfile }: Pick<Limits, 'samplesPerProfile'>): Top {
  const tables = Array.from({ length: tableFields }, () => new SpanList());
  let periodType: readonly [number, number] | undefined;
  let timeNanos = 0n;
  let durationNanos = 0n;
  let period = 0n;
  let defaultSampleType = 0;
  while (cursor.next()) {
    const { field, wireType } = cursor;
    if (field <= tableFields) {
      if (wireType !== 2) throw cursor.malformed(cursor.at, `field ${field} has wire type ${wireType}, not 2`);
      const idless = tablesWithIds[field];
      // Said before there are columns: two bytes of input would cost sixty.
      if (idless !== undefined && cursor.start === cursor.stop)
        throw cursor.malformed(cursor.start, `${idless} id is 0`);
      tables[field - 1]?.push(cursor.start, cursor.stop);
      if (field === 2 && (tables[1]?.count ?? 0) > samplesPerProfile) {
        throw new InputError(
          'invalid_argument',
          `the profile exceeds the samples count limit (--max-profile-samples, limit: ${samplesPerProfile}); pprof, byte ${cursor.start}`,
          'samples_limit',
        );
      }
      if (field === 1 && (tables[0]?.count ?? 0) > mostSampleTypes)
        throw cursor.malformed(cursor.start, `more than ${mostSampleTypes} sample types`);
    } else if (field === 11 && wireType === 2) periodType = [cursor.start, cursor.stop];
    else if (wireType !== 0) continue;
    else if (field === 9) timeNanos = cursor.int64();
    else if (field === 10) durationNanos = cursor.int64();
    else if (field === 12) period = cursor.int64();
    else if (field === 14) defaultSampleType = cursor.index();
  }
  const spans = (field: number): Spans => tables[field - 1]?.finish() ?? noSpans;
  return {
    sampleTypes: spans(1),
    samples: spans(2),
    mappings: spans(3),
    locations: spans(4),
    functions: spans(5),
    strings: spans(6),
    periodType,
    timeNanos,
    durationNanos,
    period,
    defaultSampleType,
  };
}

const noSpans: Spans = { starts: new Uint32Array(0), stops: new Uint32Array(0) };

class SpanList {
  private readonly starts = new GrowingUint32(64);
  private readonly stops = new GrowingUint32(64);

  get count(): number {
    return this.starts.length;
  }

  push(start: number, stop: number): void {
    this.starts.push(start);
    this.stops.push(stop);
  }

  finish(): Spans {
    return { starts: this.starts.finish(), stops: this.stops.finish() };
  }
}

const spansOf = <T>({ starts, stops }: Spans, read: (start: number, stop: number) => T): readonly T[] =>
  Array.from(starts, (start, i) => read(start, stops[i] ?? 0));

function readValueType(cursor: ProtoCursor, start: number, stop: number, strings: StringTable): ValueType {
  cursor.enter(start, stop);
  let type = 0;
  let unit = 0;
  while (cursor.next()) {
    if (cursor.wireType !== 0) continue;
    if (cursor.field === 1) type = stringIndex(cursor, strings, 'sample type type');
    else if (cursor.field === 2) unit = stringIndex(cursor, strings, 'sample type unit');
  }
  for (const index of [type, unit]) {
    if ((strings.ends[index] ?? 0) - (strings.starts[index] ?? 0) > longestTypeBytes)
      throw cursor.malformed(start, `sample type of more than ${longestTypeBytes} bytes`);
  }
  return { type: textAt(strings, type), unit: textAt(strings, unit) };
}
