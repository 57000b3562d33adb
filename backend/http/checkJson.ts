/**
 * What JSON.parse forgives and Pyroscope does not: a body that is no object, and keys that stand twice (the second would
 * silently win). Runs over the bytes before they are parsed; what is malformed otherwise is left to the parser.
 *
 * Errors: InputError invalid_argument with the byte offset, payload_too_large for too many values.
 * Source: reference pyroscope-api, correction 9.
 */
import { InputError } from '../errors.ts';
import { mostValues, tooManyValues } from './checkProtobuf.ts';

const quote = 0x22;
const backslash = 0x5c;
const deepest = 100;

export function checkJson(bytes: Uint8Array): void {
  let at = 0;
  while (isBlank(bytes[at])) at++;
  if (bytes[at] !== 0x7b) throw new InputError('invalid_argument', `byte ${at}: expected a JSON object`);
  /** Keys of each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  let values = 0;
  for (; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote: {
        const end = endOfString(bytes, at);
        if (isKey) addKey(open[open.length - 1], bytes, at, end);
        isKey = false;
        at = end;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        if (open.length === deepest)
          throw new InputError('invalid_argument', `byte ${at}: JSON is nested deeper than ${deepest}`);
        if (++values > mostValues) throw tooManyValues(at);
        isKey = bytes[at] === 0x7b;
        open.push(isKey ? new Set() : undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x2c: // ,
        if (++values > mostValues) throw tooManyValues(at);
        isKey = open[open.length - 1] !== undefined;
        break;
      default:
    }
  }
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Offset of the closing quote; the last byte when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  let end = bytes.indexOf(quote, start + 1);
  while (end >= 0) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    end = bytes.indexOf(quote, end + 1);
  }
  return bytes.length - 1;
}

function addKey(keys: Set<string> | undefined, bytes: Uint8Array, start: number, end: number): void {
  const key = Buffer.from(bytes.subarray(start + 1, end)).toString();
  // label_names and labelNames are the same field.
  const field = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (keys?.has(field)) throw new InputError('invalid_argument', `byte ${start}: ${JSON.stringify(key)} stands twice`);
  keys?.add(field);
}
