/**
 * Reads an OTLP/JSON profiles request: the same message as in protobuf, with names instead of numbers.
 *
 * Shape:  UTF-8 text -> as readOtlp. Names tell 1.7 from 1.8 and later.
 * Errors: InputError invalid_argument with the place in the text, the path of the field, or, for indexes that lead nowhere, the
 *         row: such messages count bytes in the protobuf of the same message.
 * Source: OTLP specification, "JSON Protobuf Encoding". Unknown fields are ignored as it asks; Pyroscope refuses them.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { ProtoCursor } from '../protoCursor.ts';
import { jsonFields110, jsonFields17 } from './jsonFields.ts';
import type { JsonObject } from './jsonToProtobuf.ts';
import { camelCase, isJsonObject, jsonFormat, jsonToProtobuf } from './jsonToProtobuf.ts';
import { readOtlpMessage } from './readOtlp.ts';
import type { Revision } from './revision.ts';
import { revision110, revision17 } from './revision.ts';

export function readOtlpJson(bytes: Uint8Array, limits: Pick<Limits, 'samplesPerProfile' | 'stackDepth'>): WireReading {
  const request = parseObject(bytes);
  const is17 = speaks17(request);
  const protobuf = jsonToProtobuf(request, is17 ? jsonFields17 : jsonFields110);
  const revision: Revision = is17
    ? { ...revision17, name: 'otlp json 1.7' }
    : { ...revision110, name: 'otlp json 1.8-1.11' };
  return readOtlpMessage(new ProtoCursor(protobuf, `${jsonFormat} as protobuf`), limits, () => revision);
}

function parseObject(bytes: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isJsonObject(value)) return value;
  } catch (error) {
    // Both throw; the text came from a client.
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  throw malformed('not an object');
}

const malformed = (what: string): InputError =>
  new InputError('invalid_argument', `${jsonFormat}: ${what}`, 'malformed_profile');

/** Only 1.7 has these names, or a list of sample types. */
const names17 = new Set(['locationIndices', 'timeNanos', 'durationNanos']);

function speaks17(request: JsonObject): boolean {
  for (const resource of listOf(request, 'resourceProfiles')) {
    for (const scope of listOf(resource, 'scopeProfiles')) {
      for (const profile of listOf(scope, 'profiles')) {
        for (const [name, value] of Object.entries(profile)) {
          const key = camelCase(name);
          if (names17.has(key) || (key === 'sampleType' && Array.isArray(value))) return true;
        }
      }
    }
  }
  return false;
}

function listOf(message: JsonObject, key: string): readonly JsonObject[] {
  const value = Object.entries(message).find(([name]) => camelCase(name) === key)?.[1];
  // What is no list of objects is found again, and refused, when it is read.
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
