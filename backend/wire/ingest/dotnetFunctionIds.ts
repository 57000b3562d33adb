/**
 * Numbers the functions of a pprof whose writer forgot to: some versions of the .NET SDK leave every function's id at 0, while
 * the lines refer to them by their place, from 1.
 *
 * Shape:  pprof bytes after gzip -> bytes that readPprof takes. Bytes with any function id other than 0 come back as they are.
 * Errors: InputError invalid_argument for malformed protobuf.
 * Source: reference pyroscope-api 3.10 (dotnetspy); profile.proto: Profile.function = 5, Function.id = 1.
 */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import { ProtoCursor } from '../protoCursor.ts';

const functionField = 5;
const functionTag = (functionField << 3) | 2;
const idTag = 1 << 3;

export function withFunctionIds(pprof: Uint8Array): Uint8Array {
  const cursor = new ProtoCursor(pprof, 'pprof');
  const starts = new GrowingUint32(64);
  const stops = new GrowingUint32(64);
  const tagStarts = new GrowingUint32(64);
  for (let at = 0; cursor.next(); at = cursor.at) {
    if (cursor.field !== functionField || cursor.wireType !== 2) continue;
    tagStarts.push(at);
    starts.push(cursor.start);
    stops.push(cursor.stop);
  }
  for (let i = 0; i < starts.length; i++) if (hasId(cursor, starts.at(i), stops.at(i))) return pprof;
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (let i = 0; i < starts.length; i++) {
    // Of a field that stands twice the last one counts, so the id goes behind what is there.
    const id = Uint8Array.from([idTag, ...varint(i + 1)]);
    const bytes = pprof.subarray(starts.at(i), stops.at(i));
    parts.push(pprof.subarray(copied, tagStarts.at(i)));
    parts.push(Uint8Array.from([functionTag, ...varint(bytes.length + id.length)]), bytes, id);
    copied = stops.at(i);
  }
  return Buffer.concat([...parts, pprof.subarray(copied)]);
}

function hasId(cursor: ProtoCursor, start: number, stop: number): boolean {
  cursor.enter(start, stop);
  let hasId = false;
  while (cursor.next()) if (cursor.field === 1 && cursor.wireType === 0) hasId = cursor.low !== 0 || cursor.high !== 0;
  return hasId;
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
