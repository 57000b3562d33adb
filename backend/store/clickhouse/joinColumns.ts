/** Columns of the same kind, one after the other, as one: answers of more than 65,000 rows come in several blocks. */
import { invariant } from '../../errors.ts';
import type { NativeColumn } from './nativeColumns.ts';
import { ofKind } from './nativeColumns.ts';

export function joinColumns(chunks: readonly NativeColumn[]): NativeColumn {
  const [first] = chunks;
  invariant(first !== undefined, 'a column to join');
  if (chunks.length === 1) return first;
  switch (first.kind) {
    case 'UInt64': {
      const parts = chunks.map((chunk) => ofKind(chunk, 'UInt64').values);
      return { kind: 'UInt64', values: fill(new BigUint64Array(lengthOf(parts)), parts) };
    }
    case 'Int64': {
      const parts = chunks.map((chunk) => ofKind(chunk, 'Int64').values);
      return { kind: 'Int64', values: fill(new BigInt64Array(lengthOf(parts)), parts) };
    }
    case 'UInt32': {
      const parts = chunks.map((chunk) => ofKind(chunk, 'UInt32').values);
      return { kind: 'UInt32', values: fill(new Uint32Array(lengthOf(parts)), parts) };
    }
    case 'Int32': {
      const parts = chunks.map((chunk) => ofKind(chunk, 'Int32').values);
      return { kind: 'Int32', values: fill(new Int32Array(lengthOf(parts)), parts) };
    }
    case 'UUID':
      return { kind: 'UUID', bytes: Buffer.concat(chunks.map((chunk) => ofKind(chunk, 'UUID').bytes)) };
    case 'FixedString(16)':
      return {
        kind: 'FixedString(16)',
        bytes: Buffer.concat(chunks.map((chunk) => ofKind(chunk, 'FixedString(16)').bytes)),
      };
    case 'String':
      return joinTexts(chunks);
    case 'Array':
      return joinArrays(chunks);
  }
}

const lengthOf = (parts: readonly { readonly length: number }[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0);

interface Settable<Part> {
  set(part: Part, at: number): void;
}

/** Puts the parts into the target, one after the other. */
export function fill<Part extends { readonly length: number }, Target extends Settable<Part>>(
  target: Target,
  parts: readonly Part[],
): Target {
  let at = 0;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
  return target;
}

/** Chunks of one answer share its bytes; others are put together. */
function joinTexts(chunks: readonly NativeColumn[]): NativeColumn {
  const texts = chunks.map((chunk) => ofKind(chunk, 'String'));
  const first = texts[0]?.bytes;
  const count = texts.reduce((sum, { starts }) => sum + starts.length, 0);
  invariant(first !== undefined && texts.every(({ bytes }) => bytes === first), 'texts of one answer');
  const parts = (side: 'starts' | 'ends') => texts.map((text) => text[side]);
  return {
    kind: 'String',
    bytes: first,
    starts: fill(new Uint32Array(count), parts('starts')),
    ends: fill(new Uint32Array(count), parts('ends')),
  };
}

function joinArrays(chunks: readonly NativeColumn[]): NativeColumn {
  const arrays = chunks.map((chunk) => ofKind(chunk, 'Array'));
  const starts = new Uint32Array(arrays.reduce((sum, array) => sum + array.starts.length - 1, 1));
  let row = 0;
  let base = 0;
  for (const array of arrays) {
    for (let i = 1; i < array.starts.length; i++) starts[++row] = base + (array.starts[i] ?? 0);
    base = starts[row] ?? 0;
  }
  return { kind: 'Array', starts, items: joinColumns(arrays.map(({ items }) => items)) };
}
