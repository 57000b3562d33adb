/**
 * Writes a profile as pprof, from columns straight to bytes.
 *
 * Shape:  not gzipped. Only what samples refer to is written, numbered from 1 in the order of first use, so that frames of
 *         many stacks get short ids. Equal rows of a table stay as many as they were.
 * Units:  as in the profile.
 * Errors: none; an index that leads nowhere is our own mistake.
 * Source: github.com/google/pprof/proto/profile.proto; reference pyroscope-api 1.7 and 3.7: a mapping of zeros when there is
 *         none, has_functions when every location of the mapping has lines.
 */
import { wordsOf } from '../../model/int64Column.ts';
import type { Profile, ValueType } from '../../model/profile.ts';
import { ProtoBuffer, longestVarint, sizeOfField, sizeOfVarint, sizeOfVarint64 } from './protoBuffer.ts';
import { UsedRows, UsedStrings } from './usedRows.ts';
import { writeFunctions, writeLocations, writeMappings, writeStrings } from './writeTables.ts';

export function writePprof(profile: Profile): Uint8Array {
  const { stacks } = profile;
  const out = new ProtoBuffer(2 * stacks.stackLocations.length + 16 * profile.sampleCount + 4_096);
  const strings = new UsedStrings(stacks.strings);
  const locations = new UsedRows(stacks.locations.count);
  for (const type of profile.sampleTypes) writeValueType(out, 1, type, strings);
  writeSamples(out, profile, locations, strings);
  const mappings = writeMappings(out, stacks, locations, strings);
  const functions = writeLocations(out, stacks, locations, mappings);
  writeFunctions(out, stacks, functions, strings);
  const defaultSampleType = strings.idOfText(profile.defaultSampleType);
  // What follows may still add a text, so it is made before the table of strings and stands behind it.
  const end = new ProtoBuffer(256);
  writeInt64(end, 9, profile.timeNanos);
  writeInt64(end, 10, profile.durationNanos);
  if (profile.periodType !== undefined) writeValueType(end, 11, profile.periodType, strings);
  writeInt64(end, 12, profile.period);
  end.field(14, defaultSampleType);
  writeStrings(out, strings);
  out.reserve(end.at);
  out.bytes.set(end.finish(), out.at);
  out.at += end.at;
  return out.finish();
}

function writeValueType(out: ProtoBuffer, field: number, { type, unit }: ValueType, strings: UsedStrings): void {
  const typeId = strings.idOfText(type);
  const unitId = strings.idOfText(unit);
  const size = sizeOfField(typeId) + sizeOfField(unitId);
  out.reserve(1 + longestVarint + size);
  out.tag(field, 2);
  out.varint(size);
  out.field(1, typeId);
  out.field(2, unitId);
}

function writeInt64(out: ProtoBuffer, field: number, value: bigint): void {
  const bits = BigInt.asUintN(64, value);
  out.reserve(1 + longestVarint);
  out.field64(field, Number(bits & 0xffffffffn), Number(bits >> 32n));
}

function writeSamples(out: ProtoBuffer, profile: Profile, locations: UsedRows, strings: UsedStrings): void {
  const { sampleCount, values, labelStart } = profile;
  const { stackStart, stackLocations } = profile.stacks;
  const typeCount = profile.sampleTypes.length;
  const valueWords = wordsOf(values);
  for (let sample = 0; sample < sampleCount; sample++) {
    const first = stackStart[sample] ?? 0;
    const last = stackStart[sample + 1] ?? 0;
    const firstValue = sample * typeCount;
    const firstLabel = labelStart[sample] ?? 0;
    const lastLabel = labelStart[sample + 1] ?? 0;
    const idBytes = locations.useAll(stackLocations, first, last);
    const valueBytes = sizeOfValues(valueWords, firstValue, typeCount);
    const labelBytes = firstLabel === lastLabel ? 0 : sizeOfLabels(profile, firstLabel, lastLabel, strings);
    const size = sizeOfPacked(idBytes) + sizeOfPacked(valueBytes) + labelBytes;
    out.reserve(1 + longestVarint + size);
    out.tag(2, 2);
    out.varint(size);
    writeIds(out, idBytes, locations.ids, stackLocations, first, last);
    writeValues(out, valueBytes, valueWords, firstValue, typeCount);
    for (let label = firstLabel; label < lastLabel; label++) writeLabel(out, profile, label, strings);
  }
}

/** Repeated numbers, with tag and length; none are no bytes. */
const sizeOfPacked = (bytes: number): number => (bytes === 0 ? 0 : 1 + sizeOfVarint(bytes) + bytes);

function writeIds(
  out: ProtoBuffer,
  idBytes: number,
  ids: Uint32Array,
  rows: Uint32Array,
  first: number,
  last: number,
): void {
  if (idBytes === 0) return;
  out.tag(1, 2);
  out.varint(idBytes);
  const { bytes } = out;
  let { at } = out;
  for (let i = first; i < last; i++) {
    let id = ids[rows[i] ?? 0] ?? 0;
    while (id > 0x7f) {
      bytes[at++] = (id & 0x7f) | 0x80;
      id >>>= 7;
    }
    bytes[at++] = id;
  }
  out.at = at;
}

function sizeOfValues(words: Uint32Array, first: number, count: number): number {
  let size = 0;
  for (let i = 2 * first; i < 2 * (first + count); i += 2) size += sizeOfVarint64(words[i] ?? 0, words[i + 1] ?? 0);
  return size;
}

function writeValues(out: ProtoBuffer, valueBytes: number, words: Uint32Array, first: number, count: number): void {
  if (valueBytes === 0) return;
  out.tag(2, 2);
  out.varint(valueBytes);
  for (let i = 2 * first; i < 2 * (first + count); i += 2) out.varint64(words[i] ?? 0, words[i + 1] ?? 0);
}

function sizeOfLabels(profile: Profile, first: number, last: number, strings: UsedStrings): number {
  let size = 0;
  for (let label = first; label < last; label++) {
    const body = sizeOfLabel(profile, label, strings);
    size += 1 + sizeOfVarint(body) + body;
  }
  return size;
}

const sizeOfLabel = ({ labelName, labelText }: Profile, label: number, strings: UsedStrings): number =>
  sizeOfField(strings.idOf(labelName[label] ?? 0)) + sizeOfField(strings.idOf(labelText[label] ?? 0));

/** Room is reserved with the sample. */
function writeLabel(out: ProtoBuffer, profile: Profile, label: number, strings: UsedStrings): void {
  out.tag(3, 2);
  out.varint(sizeOfLabel(profile, label, strings));
  out.field(1, strings.idOf(profile.labelName[label] ?? 0));
  out.field(2, strings.idOf(profile.labelText[label] ?? 0));
}
