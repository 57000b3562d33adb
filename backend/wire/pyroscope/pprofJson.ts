/**
 * pprof in bytes -> the JSON of google.v1.Profile, field by field, without a message between: a merged hour is five
 * megabytes of small numbers.
 *
 * Shape:  protobuf's JSON: 64-bit numbers as texts. The bytes are our own writer's: the rows of a field stand together, and
 *         zeros are left out already.
 * Source: protobuf.dev/programming-guides/json; github.com/google/pprof/proto/profile.proto.
 */
import { invariant } from '../../errors.ts';
import { JsonBuffer } from './jsonBuffer.ts';

type Kind = 'unsigned' | 'signed' | 'flag' | 'text' | 'packedIds' | 'packedSigned' | Message;

interface Field {
  /** The name as a key, and the bracket of a list. */
  readonly key: string;
  readonly kind: Kind;
  readonly isList: boolean;
}

/** By number. */
type Message = readonly (Field | undefined)[];

const one = (name: string, kind: Kind): Field => ({ key: `"${name}":`, kind, isList: false });
const list = (name: string, kind: Kind): Field => ({ key: `"${name}":[`, kind, isList: true });

const valueType: Message = [undefined, one('type', 'signed'), one('unit', 'signed')];
const label: Message = [
  undefined,
  one('key', 'signed'),
  one('str', 'signed'),
  one('num', 'signed'),
  one('numUnit', 'signed'),
];
const sample: Message = [
  undefined,
  list('locationId', 'packedIds'),
  list('value', 'packedSigned'),
  list('label', label),
];
const mapping: Message = [
  undefined,
  one('id', 'unsigned'),
  one('memoryStart', 'unsigned'),
  one('memoryLimit', 'unsigned'),
  one('fileOffset', 'unsigned'),
  one('filename', 'signed'),
  one('buildId', 'signed'),
  one('hasFunctions', 'flag'),
  one('hasFilenames', 'flag'),
  one('hasLineNumbers', 'flag'),
  one('hasInlineFrames', 'flag'),
];
const line: Message = [undefined, one('functionId', 'unsigned'), one('line', 'signed'), one('column', 'signed')];
const location: Message = [
  undefined,
  one('id', 'unsigned'),
  one('mappingId', 'unsigned'),
  one('address', 'unsigned'),
  list('line', line),
];
const fn: Message = [
  undefined,
  one('id', 'unsigned'),
  one('name', 'signed'),
  one('systemName', 'signed'),
  one('filename', 'signed'),
  one('startLine', 'signed'),
];
const profile: Message = [
  undefined,
  list('sampleType', valueType),
  list('sample', sample),
  list('mapping', mapping),
  list('location', location),
  list('function', fn),
  list('stringTable', 'text'),
  undefined,
  undefined,
  one('timeNanos', 'signed'),
  one('durationNanos', 'signed'),
  one('periodType', valueType),
  one('period', 'signed'),
  undefined,
  one('defaultSampleType', 'signed'),
];

/** `before` and `after` stand around the profile's object. */
export function pprofJson(pprof: Uint8Array, before = '', after = ''): Uint8Array<ArrayBuffer> {
  const writer = new Writer(pprof);
  writer.out.text(before);
  writer.message(profile, pprof.length);
  writer.out.text(after);
  return writer.out.finish();
}

class Writer {
  readonly out: JsonBuffer;
  private readonly bytes: Uint8Array;
  private at = 0;
  /** Words of the number read last. */
  private low = 0;
  private high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.out = new JsonBuffer(4 * bytes.length + 256);
  }

  message(fields: Message, end: number): void {
    const { out } = this;
    let open: Field | undefined;
    out.text('{');
    while (this.at < end) {
      this.number();
      const field = fields[this.low >>> 3];
      invariant(field !== undefined, 'our own pprof has no field that is not known');
      if (field === open) out.text(',');
      else {
        if (open?.isList) out.text(']');
        if (open !== undefined) out.text(',');
        out.text(field.key);
        open = field;
      }
      this.value(field.kind);
    }
    out.text(open?.isList ? ']}' : '}');
  }

  private value(kind: Kind): void {
    this.number();
    switch (kind) {
      case 'unsigned':
        this.out.quotedNumber(this.low, this.high);
        break;
      case 'signed':
        this.out.quotedSigned(this.low, this.high);
        break;
      case 'flag':
        this.out.text('true');
        break;
      case 'text':
        this.at += this.low;
        this.out.utf8(this.bytes, this.at - this.low, this.at);
        break;
      case 'packedIds':
        this.at += this.low;
        this.out.quotedVarints(this.bytes, this.at - this.low, this.at);
        break;
      case 'packedSigned':
        this.signedNumbers(this.at + this.low);
        break;
      default:
        this.message(kind, this.at + this.low);
    }
  }

  private signedNumbers(end: number): void {
    for (let isFirst = true; this.at < end; isFirst = false) {
      if (!isFirst) this.out.text(',');
      this.number();
      this.out.quotedSigned(this.low, this.high);
    }
  }

  private number(): void {
    const { bytes } = this;
    let byte = bytes[this.at++] ?? 0;
    let low = byte & 0x7f;
    if (byte < 0x80) {
      this.low = low;
      this.high = 0;
      return;
    }
    let high = 0;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[this.at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift >= 32) high |= bits << (shift - 32);
      else if (shift > 25) high |= bits >>> (32 - shift);
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
  }
}
