/**
 * Writes a block in ClickHouse's Native format.
 *
 * Shape:  varint column count, varint row count, then for each column its name, its type and its data. Arrays: 64-bit
 *         end of each row, then the items. Strings: varint length and bytes. A UUID is two little-endian halves.
 * Source: clickhouse.com/docs/interfaces/formats/Native, revision 0 (no block info), as engine 26.7 writes it.
 */
import type { NativeBlock, NativeColumn, TextColumn } from './nativeColumns.ts';
import { typeName } from './nativeColumns.ts';

export function encodeBlock({ rowCount, columns }: NativeBlock): Uint8Array {
  const parts = [varints(columns.length, rowCount)];
  for (const [name, column] of columns) {
    parts.push(prefixed(name), prefixed(typeName(column)));
    addData(parts, column);
  }
  return Buffer.concat(parts);
}

function addData(parts: Uint8Array[], column: NativeColumn): void {
  switch (column.kind) {
    case 'UInt64':
    case 'Int64':
    case 'UInt32':
    case 'Int32':
      parts.push(new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength));
      return;
    case 'FixedString(16)':
      parts.push(column.bytes);
      return;
    case 'UUID':
      parts.push(swapUuidHalves(column.bytes));
      return;
    case 'String':
      parts.push(textData(column));
      return;
    case 'Array': {
      const ends = BigUint64Array.from(column.starts.subarray(1), BigInt);
      parts.push(new Uint8Array(ends.buffer));
      addData(parts, column.items);
    }
  }
}

/** Its own inverse: each half of 8 bytes is reversed. */
export function swapUuidHalves(bytes: Uint8Array): Uint8Array {
  // Not slice(): a Buffer's would be the same bytes, and the block would change under its owner.
  const swapped = Uint8Array.from(bytes);
  for (let at = 0; at + 8 <= swapped.length; at += 8) swapped.subarray(at, at + 8).reverse();
  return swapped;
}

function textData({ bytes, starts, ends }: TextColumn): Uint8Array {
  let size = 0;
  for (let i = 0; i < starts.length; i++) size += (ends[i] ?? 0) - (starts[i] ?? 0) + 5;
  const data = Buffer.alloc(size);
  let at = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    const end = ends[i] ?? 0;
    at = putVarint(data, at, end - start);
    data.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return data.subarray(0, at);
}

function putVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  for (; rest > 0x7f; rest >>>= 7) target[next++] = (rest & 0x7f) | 0x80;
  target[next++] = rest;
  return next;
}

function varints(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 5);
  let at = 0;
  for (const value of values) at = putVarint(bytes, at, value);
  return bytes.subarray(0, at);
}

function prefixed(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([varints(bytes.length), bytes]);
}
