/**
 * Reads the engine's answers in Native format: all blocks of an answer as one table of typed arrays.
 *
 * Shape:  as nativeWrite has it. Only the types of NativeColumn; LowCardinality comes encoded, so questions cast it.
 * Errors: an invariant, for the engine's bytes are no input of anybody.
 */
import { invariant } from '../../errors.ts';
import type { NativeColumn, NativeTable } from './nativeColumns.ts';
import { joinColumns } from './joinColumns.ts';
import { swapUuidHalves } from './nativeWrite.ts';

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

export function decodeBlocks(bytes: Uint8Array): NativeTable {
  const cursor: Cursor = { bytes, at: 0 };
  const chunks = new Map<string, NativeColumn[]>();
  let rowCount = 0;
  while (cursor.at < bytes.length) {
    const columnCount = readVarint(cursor);
    const blockRows = readVarint(cursor);
    for (let i = 0; i < columnCount; i++) {
      const name = readText(cursor);
      const column = readColumn(cursor, readText(cursor), blockRows);
      const list = chunks.get(name);
      if (list === undefined) chunks.set(name, [column]);
      else list.push(column);
    }
    rowCount += blockRows;
  }
  return { rowCount, columns: new Map([...chunks].map(([name, list]) => [name, joinColumns(list)])) };
}

function readColumn(cursor: Cursor, type: string, rowCount: number): NativeColumn {
  switch (type) {
    case 'UInt64':
      return { kind: type, values: new BigUint64Array(take(cursor, 8 * rowCount)) };
    case 'Int64':
      return { kind: type, values: new BigInt64Array(take(cursor, 8 * rowCount)) };
    case 'UInt32':
      return { kind: type, values: new Uint32Array(take(cursor, 4 * rowCount)) };
    case 'Int32':
      return { kind: type, values: new Int32Array(take(cursor, 4 * rowCount)) };
    case 'UUID':
      return { kind: type, bytes: swapUuidHalves(new Uint8Array(take(cursor, 16 * rowCount))) };
    case 'FixedString(16)':
      return { kind: type, bytes: new Uint8Array(take(cursor, 16 * rowCount)) };
    case 'String':
      return readTexts(cursor, rowCount);
    default: {
      invariant(type.startsWith('Array(') && type.endsWith(')'), `a type that is read: ${type}`);
      const starts = new Uint32Array(rowCount + 1);
      starts.set(Uint32Array.from(new BigUint64Array(take(cursor, 8 * rowCount)), Number), 1);
      return { kind: 'Array', starts, items: readColumn(cursor, type.slice(6, -1), starts[rowCount] ?? 0) };
    }
  }
}

/** A copy, because typed arrays want to start at a multiple of their width. */
function take(cursor: Cursor, byteCount: number): ArrayBuffer {
  const { bytes, at } = cursor;
  invariant(at + byteCount <= bytes.length, 'an answer that is not cut off');
  cursor.at += byteCount;
  const copy = new Uint8Array(byteCount);
  copy.set(bytes.subarray(at, at + byteCount));
  return copy.buffer;
}

function readTexts(cursor: Cursor, rowCount: number): NativeColumn {
  const starts = new Uint32Array(rowCount);
  const ends = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const length = readVarint(cursor);
    starts[row] = cursor.at;
    cursor.at += length;
    ends[row] = cursor.at;
  }
  invariant(cursor.at <= cursor.bytes.length, 'an answer that is not cut off');
  return { kind: 'String', bytes: cursor.bytes, starts, ends };
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 1; ; shift *= 128) {
    const byte = cursor.bytes[cursor.at++];
    invariant(byte !== undefined, 'an answer that is not cut off');
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return value;
  }
}

function readText(cursor: Cursor): string {
  const length = readVarint(cursor);
  const text = Buffer.from(cursor.bytes.subarray(cursor.at, cursor.at + length)).toString('utf8');
  cursor.at += length;
  return text;
}
