/**
 * What stands behind IN: a short list of ids as literals, a long one as a table that lives as long as the question, since
 * the engine takes 256 KiB of text at the most.
 */
import { fixed16List, uint64List, uuidList } from './dialect.ts';
import type { NativeBlock, NativeColumn } from './nativeColumns.ts';
import { textColumn, uint64Column } from './nativeColumns.ts';

/** Given what to write after FROM for each of the question's tables. */
export type SqlPart = (sources: readonly string[]) => string;

const mostLiterals = 300;

/** Adds to `tables` when it needs one. */
export function uint64Set(tables: NativeBlock[], ids: BigUint64Array): SqlPart {
  if (ids.length <= mostLiterals) return () => `(${uint64List(ids)})`;
  return tableSet(tables, uint64Column(ids), ids.length);
}

export function uuidSet(tables: NativeBlock[], ids: readonly Uint8Array[]): SqlPart {
  if (ids.length <= mostLiterals) return () => `(${uuidList(ids)})`;
  return tableSet(tables, { kind: 'UUID', bytes: Buffer.concat(ids) }, ids.length);
}

export function fixed16Set(tables: NativeBlock[], ids: readonly Uint8Array[]): SqlPart {
  if (ids.length <= mostLiterals) return () => `(${fixed16List(ids)})`;
  return tableSet(tables, { kind: 'FixedString(16)', bytes: Buffer.concat(ids) }, ids.length);
}

export function textSet(tables: NativeBlock[], texts: readonly string[]): SqlPart {
  return tableSet(tables, textColumn(texts), texts.length);
}

function tableSet(tables: NativeBlock[], column: NativeColumn, rowCount: number): SqlPart {
  const index = tables.push({ rowCount, columns: [['id', column]] }) - 1;
  return (sources) => `(SELECT id FROM ${sources[index] ?? ''})`;
}
