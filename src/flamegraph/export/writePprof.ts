/**
 * Writes pprof's protobuf by hand: a function and a location for each name, a sample for each stack.
 *
 * Shape:  one value a sample; in a diff two, the baseline's and the comparison's.
 * Units:  values are rounded to whole numbers, as pprof's are int64.
 * Errors: ExportTooLarge.
 * Source: google/pprof proto/profile.proto
 */
import type { ShownPart } from './shownStacks.ts';
import { ExportTooLarge, mostExportBytes, sampleTypeOf, UsedNames, visitStacks } from './shownStacks.ts';

const profile = { sampleType: 1, sample: 2, location: 4, function: 5, stringTable: 6, timeNanos: 9, durationNanos: 10 };
const valueType = { type: 1, unit: 2 };
const sample = { locationId: 1, value: 2 };
const location = { id: 1, line: 4 };
const line = { functionId: 1 };
const func = { id: 1, name: 2, systemName: 3 };

export function writePprof(part: ShownPart): Uint8Array<ArrayBuffer> {
  const { data } = part.layout;
  const { unit, meta } = data;
  const names = new UsedNames(data.names);
  const isDiff = data.totalRight !== undefined;
  const strings = ['', unit, ...(isDiff ? ['baseline', 'comparison'] : [sampleTypeOf(data)])];
  const firstName = strings.length;
  const out = new Message();
  for (let type = 2; type < firstName; type++) {
    out.message(profile.sampleType, new Message().number(valueType.type, type).number(valueType.unit, 1));
  }
  // One message for all samples: a million small buffers took longer than what they hold.
  const written = new Message();
  visitStacks(part, (stack, { left, right }) => {
    written.length = 0;
    // pprof's stacks begin at the leaf; the root alone is a sample that is nowhere.
    written.packed(sample.locationId, stack.length, (i) => names.numberOf(stack[stack.length - 1 - i] ?? 0));
    written.packed(sample.value, isDiff ? 2 : 1, (i) => Math.round(i === 0 ? left : right));
    out.message(profile.sample, written);
    if (out.length > mostExportBytes) throw new ExportTooLarge();
  });
  names.used.forEach((_name, i) => {
    const toFunction = new Message().number(line.functionId, i + 1);
    out.message(profile.location, new Message().number(location.id, i + 1).message(location.line, toFunction));
    const text = firstName + i;
    const named = new Message()
      .number(func.id, i + 1)
      .number(func.name, text)
      .number(func.systemName, text);
    out.message(profile.function, named);
  });
  for (const text of [...strings, ...names.used]) out.text(profile.stringTable, text);
  if (meta?.startMillis !== undefined) out.number(profile.timeNanos, meta.startMillis * 1e6);
  if (meta?.rangeSeconds !== undefined) out.number(profile.durationNanos, Math.round(meta.rangeSeconds * 1e9));
  return out.bytes();
}

const [varint, bytes] = [0, 2];

/** A protobuf message that grows. */
class Message {
  length = 0;
  private buffer = new Uint8Array(64);

  number(field: number, value: number): this {
    this.varint(field * 8 + varint);
    this.varint(value);
    return this;
  }

  packed(field: number, count: number, valueAt: (index: number) => number): this {
    let size = 0;
    for (let i = 0; i < count; i++) size += varintBytes(valueAt(i));
    this.varint(field * 8 + bytes);
    this.varint(size);
    for (let i = 0; i < count; i++) this.varint(valueAt(i));
    return this;
  }

  message(field: number, inner: Message): this {
    return this.chunk(field, inner.buffer.subarray(0, inner.length));
  }

  text(field: number, text: string): this {
    return this.chunk(field, new TextEncoder().encode(text));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length);
  }

  private chunk(field: number, content: Uint8Array): this {
    this.varint(field * 8 + bytes);
    this.varint(content.length);
    this.reserve(content.length);
    this.buffer.set(content, this.length);
    this.length += content.length;
    return this;
  }

  /** Epoch nanoseconds and sums exceed 32 bits: division instead of shifts. */
  private varint(value: number): void {
    this.reserve(10);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.length++] = (rest % 0x80) | 0x80;
    this.buffer[this.length++] = rest;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more));
    grown.set(this.buffer);
    this.buffer = grown;
  }
}

function varintBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** pprof's readers take both; browsers without CompressionStream write it as it is. */
export async function gzipped(content: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const plain = new Blob([content], { type: 'application/octet-stream' });
  if (typeof CompressionStream === 'undefined') return plain;
  return new Response(plain.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}
