/**
 * For tests: a request described once, written as protobuf of any revision by an encoder of its own, and what a reader has to
 * make of it, told as text.
 *
 * Shape:  tables leave out row 0: an index of 0 means none, row i of a list has index i + 1.
 */
import type { Label } from '../../model/labels.ts';
import type { LabelledProfile } from '../../model/labelledProfile.ts';
import type { Profile } from '../../model/profile.ts';
import { textAt } from '../../model/stackTable.ts';

export type TestRevision = '1.7' | '1.8' | '1.10';

export interface TestSample {
  readonly stack: number;
  readonly attributes: readonly number[];
  readonly link: number;
  readonly values: readonly bigint[];
  readonly timestamps: readonly bigint[];
}

export interface TestProfile {
  readonly sampleType: readonly [type: number, unit: number];
  readonly periodType: readonly [type: number, unit: number];
  readonly period: bigint;
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  readonly samples: readonly TestSample[];
}

export interface TestRequest {
  readonly strings: readonly string[];
  readonly attributes: readonly (readonly [key: number, value: string | bigint])[];
  readonly mappings: readonly { start: bigint; limit: bigint; file: number; attributes: readonly number[] }[];
  readonly functions: readonly { name: number; file: number; startLine: number }[];
  readonly locations: readonly {
    mapping: number;
    address: bigint;
    lines: readonly (readonly [fn: number, line: number, column: number])[];
    attributes?: readonly number[];
  }[];
  readonly stacks: readonly (readonly number[])[];
  readonly links: readonly (readonly [trace: string, span: string])[];
  readonly resources: readonly {
    attributes: readonly (readonly [string, string | bigint])[];
    profiles: readonly TestProfile[];
  }[];
}

type Bytes = readonly number[];

export function varint(value: bigint | number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
/** Proto3 leaves out what is 0. */
export const int = (field: number, value: bigint | number): Bytes =>
  BigInt(value) === 0n ? [] : [...varint(field * 8), ...varint(value)];
export const explicitInt = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
export const part = (field: number, ...content: readonly Bytes[]): Bytes => {
  const bytes = content.flat();
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
};
export const text = (field: number, value: string): Bytes => part(field, [...Buffer.from(value, 'utf8')]);
const fixedBytes = (value: bigint): Bytes =>
  Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
export const fixed = (field: number, value: bigint): Bytes => [...varint(field * 8 + 1), ...fixedBytes(value)];
const packed = (field: number, values: readonly (bigint | number)[]): Bytes =>
  values.length === 0 ? [] : part(field, values.flatMap(varint));

const valueType = (field: number, [type, unit]: readonly [number, number]): Bytes =>
  part(field, int(1, type), int(2, unit));
const anyValue = (value: string | bigint): Bytes =>
  typeof value === 'string' ? part(2, text(1, value)) : part(2, [...varint(3 * 8), ...varint(value)]);

export function encodeRequest(request: TestRequest, revision: TestRevision): Uint8Array {
  const resources = request.resources.map(({ attributes, profiles }) =>
    part(
      1,
      part(1, ...attributes.map(([key, value]) => part(1, text(1, key), anyValue(value)))),
      part(2, ...profiles.map((profile) => part(2, encodeProfile(request, profile, revision)))),
    ),
  );
  return Uint8Array.from([...resources, part(2, encodeDictionary(request, revision))].flat());
}

function encodeDictionary(request: TestRequest, revision: TestRevision): Bytes {
  const is17 = revision === '1.7';
  // Row 0 is nothing since 1.8; 1.7 has no such row, and counts from 0.
  const down = (index: number): number => (is17 ? index - 1 : index);
  const table = (field: number, rows: readonly Bytes[]): Bytes =>
    [...(is17 ? [] : [part(field)]), ...rows.map((row) => part(field, row))].flat();
  const key = (index: number): string => request.strings[index - 1] ?? '';
  return [
    table(
      1,
      request.mappings.map(({ start, limit, file, attributes }) =>
        [int(1, start), int(2, limit), int(4, file), packed(5, attributes.map(down))].flat(),
      ),
    ),
    table(
      2,
      request.locations.map(({ mapping, address, lines, attributes = [] }) =>
        [
          is17 && mapping > 0 ? explicitInt(1, mapping - 1) : int(1, mapping),
          int(2, address),
          ...lines.map(([fn, line, column]) => part(3, int(1, down(fn)), int(2, line), int(3, column))),
          packed(is17 ? 5 : 4, attributes.map(down)),
        ].flat(),
      ),
    ),
    table(
      3,
      request.functions.map(({ name, file, startLine }) => [int(1, name), int(3, file), int(4, startLine)].flat()),
    ),
    table(
      4,
      request.links.map(([trace, span]) =>
        [part(1, [...Buffer.from(trace, 'hex')]), part(2, [...Buffer.from(span, 'hex')])].flat(),
      ),
    ),
    [text(5, ''), ...request.strings.map((string) => text(5, string))].flat(),
    table(
      6,
      request.attributes.map(([name, value]) => [is17 ? text(1, key(name)) : int(1, name), anyValue(value)].flat()),
    ),
    is17
      ? []
      : table(
          7,
          request.stacks.map((locations) => packed(1, locations)),
        ),
  ].flat();
}

function encodeProfile(request: TestRequest, profile: TestProfile, revision: TestRevision): Bytes {
  const { sampleType, periodType, period, timeNanos, durationNanos, samples } = profile;
  if (revision !== '1.7') {
    return [
      valueType(1, sampleType),
      ...samples.map((sample) => part(2, encodeSample(sample, revision))),
      fixed(3, timeNanos),
      int(4, durationNanos),
      valueType(5, periodType),
      int(6, period),
    ].flat();
  }
  const starts = request.stacks.map((_, i) => request.stacks.slice(0, i).flat().length);
  const encoded = samples.map(({ stack, attributes, link, values, timestamps }) =>
    part(
      2,
      int(1, starts[stack - 1] ?? 0),
      int(2, request.stacks[stack - 1]?.length ?? 0),
      packed(3, values),
      packed(
        4,
        attributes.map((index) => index - 1),
      ),
      link > 0 ? explicitInt(5, link - 1) : [],
      packed(6, timestamps),
    ),
  );
  return [
    valueType(1, sampleType),
    ...encoded,
    packed(
      3,
      request.stacks.flat().map((index) => index - 1),
    ),
    int(4, timeNanos),
    int(5, durationNanos),
    valueType(6, periodType),
    int(7, period),
  ].flat();
}

function encodeSample({ stack, attributes, link, values, timestamps }: TestSample, revision: '1.8' | '1.10'): Bytes {
  const [valuesField, attributesField, linkField] = revision === '1.8' ? [2, 3, 4] : [4, 2, 3];
  return [
    int(1, stack),
    packed(valuesField, values),
    packed(attributesField, attributes),
    int(linkField, link),
    timestamps.length === 0 ? [] : part(5, timestamps.flatMap(fixedBytes)),
  ].flat();
}

/** Samples as text: value, frames from the leaf, labels. */
export function describeSamples({
  sampleCount,
  sampleTypes,
  values,
  labelStart,
  labelName,
  labelText,
  stacks,
}: Profile): readonly string[] {
  return Array.from({ length: sampleCount }, (_, i) => {
    const sums = values.subarray(i * sampleTypes.length, (i + 1) * sampleTypes.length).join();
    const labels: string[] = [];
    for (let at = labelStart[i] ?? 0; at < (labelStart[i + 1] ?? 0); at++)
      labels.push(`${textAt(stacks.strings, labelName[at] ?? 0)}=${textAt(stacks.strings, labelText[at] ?? 0)}`);
    const frames: string[] = [];
    for (let at = stacks.stackStart[i] ?? 0; at < (stacks.stackStart[i + 1] ?? 0); at++)
      frames.push(describeLocation(stacks, stacks.stackLocations[at] ?? 0));
    return [sums, frames.join(' < '), ...labels].join(' | ');
  });
}

/** Lines name:line:column of file, then the address in its mapping. */
function describeLocation({ strings, functions, locations, mappings }: Profile['stacks'], location: number): string {
  const lines: string[] = [];
  for (let at = locations.lineStart[location] ?? 0; at < (locations.lineStart[location + 1] ?? 0); at++) {
    const fn = locations.lineFunction[at] ?? 0;
    const [name, file] = [textAt(strings, functions.name[fn] ?? 0), textAt(strings, functions.file[fn] ?? 0)];
    lines.push(`${name}:${locations.lineNumber[at]}:${locations.lineColumn[at]} of ${file}:${functions.startLine[fn]}`);
  }
  const mapping = locations.mapping[location] ?? 0;
  const [file, buildId] = [
    textAt(strings, mappings.file[mapping] ?? 0),
    textAt(strings, mappings.buildId[mapping] ?? 0),
  ];
  const range = `${mappings.start[mapping]}-${mappings.limit[mapping]}`;
  return `${lines.join(', ')} at ${locations.address[location]} in ${file} ${buildId} ${range}`;
}

export const describeLabels = (labels: readonly Label[]): Readonly<Record<string, string>> =>
  Object.fromEntries(labels.map(({ name, value }) => [name, value]));

export const describeType = ({ labels, profile }: LabelledProfile): string => {
  const { __name__: name } = describeLabels(labels);
  const types = profile.sampleTypes.map(({ type, unit }) => `${type}:${unit}`).join('+');
  return `${name}:${types}:${profile.periodType?.type ?? ''}:${profile.periodType?.unit ?? ''}`;
};
