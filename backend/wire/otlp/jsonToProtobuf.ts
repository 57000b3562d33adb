/**
 * Turns OTLP/JSON into the protobuf of the same message, so that one reader reads both.
 *
 * Shape:  64-bit numbers may be numbers or text; names may be in camelCase or snake_case; null is "not there"; what has no
 *         rule is passed over, as the specification asks.
 * Units:  a time given as a number is rounded to what a double holds (256 ns in 2026); others past 2^53 are refused, for they
 *         would be silently wrong.
 * Errors: InputError invalid_argument with the path, as in resourceProfiles[0].scopeProfiles[2].
 * Source: OTLP specification, "JSON Protobuf Encoding": trace and span ids are hexadecimal. Base64, as in plain protobuf
 *         JSON, has another length and is read as well.
 */
import { InputError } from '../../errors.ts';
import type { JsonFields, JsonRule } from './jsonFields.ts';
import { ProtoWriter } from '../protoWriter.ts';

export const jsonFormat = 'OTLP/JSON';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const camelCase = (name: string): string =>
  name.includes('_') ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name;

export function jsonToProtobuf(message: JsonObject, fields: JsonFields): Uint8Array {
  const transcoder = new Transcoder();
  transcoder.message(message, fields);
  return transcoder.writer.finish();
}

class Transcoder {
  readonly writer = new ProtoWriter();
  private readonly path: (string | number)[] = [];

  message(message: JsonObject, fields: JsonFields): void {
    for (const [name, value] of Object.entries(message)) {
      const key = camelCase(name);
      const rule = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (rule === undefined || value === null) continue;
      this.path.push(name);
      if (rule.repeated) this.list(value, rule);
      else this.field(value, rule);
      this.path.pop();
    }
  }

  private list(value: unknown, rule: JsonRule): void {
    if (!Array.isArray(value)) throw this.wrong('is not a list');
    const entries: readonly unknown[] = value;
    const isPacked = rule.kind === 'integer' || rule.kind === 'time';
    const mark = isPacked && entries.length > 0 ? this.writer.begin(rule.number) : 0;
    entries.forEach((entry, i) => {
      this.path.push(i);
      if (isPacked) this.number(entry, rule);
      else this.field(entry, rule);
      this.path.pop();
    });
    if (mark > 0) this.writer.end(mark);
  }

  private field(value: unknown, rule: JsonRule): void {
    switch (rule.kind) {
      case 'message': {
        if (!isJsonObject(value)) throw this.wrong('is not an object');
        const mark = this.writer.begin(rule.number);
        this.message(value, rule.fields);
        this.writer.end(mark);
        return;
      }
      case 'text':
        this.writer.text(rule.number, this.text(value));
        return;
      case 'id':
        this.writer.bytes(rule.number, this.id(value));
        return;
      case 'integer':
        this.writer.tag(rule.number, 0);
        this.number(value, rule);
        return;
      case 'time':
        this.writer.tag(rule.number, 1);
        this.number(value, rule);
    }
  }

  private number(value: unknown, rule: JsonRule): void {
    if (rule.kind === 'time') this.writer.fixed64(this.integer(value, true));
    else this.writer.varint(this.integer(value, false));
  }

  private integer(value: unknown, mayRound: boolean): bigint {
    if (typeof value === 'number') {
      if (!Number.isInteger(value)) throw this.wrong('is not an integer');
      if (!mayRound && !Number.isSafeInteger(value)) throw this.wrong('is past 2^53 and must be sent as text');
      return this.inRange(BigInt(value));
    }
    if (typeof value !== 'string' || !/^-?[0-9]{1,20}$/.test(value)) throw this.wrong('is not an integer');
    return this.inRange(BigInt(value));
  }

  private inRange(value: bigint): bigint {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) throw this.wrong('does not fit 64 bits');
    return value;
  }

  private text(value: unknown): string {
    if (typeof value !== 'string') throw this.wrong('is not text');
    return value;
  }

  private id(value: unknown): Uint8Array {
    const text = this.text(value);
    if (/^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(text)) return Buffer.from(text, 'hex');
    if (/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return Buffer.from(text, 'base64');
    throw this.wrong('is neither hexadecimal nor base64');
  }

  private wrong(what: string): InputError {
    const path = this.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    return new InputError('invalid_argument', `${jsonFormat}, ${path.slice(1)}: ${what}`, 'malformed_profile');
  }
}
