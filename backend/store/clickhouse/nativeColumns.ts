/**
 * Columns as the engine exchanges them and as typed arrays: what nativeWrite takes and nativeRead gives.
 *
 * Shape:  `Array` rows are items[starts[i] .. starts[i + 1]); `String` rows are bytes[starts[i] .. ends[i]), UTF-8;
 *         `UUID` and `FixedString(16)` rows are 16 bytes each, in the order in which a UUID is written.
 */
import { invariant } from '../../errors.ts';

export type NativeColumn =
  | { readonly kind: 'UInt64'; readonly values: BigUint64Array }
  | { readonly kind: 'Int64'; readonly values: BigInt64Array }
  | { readonly kind: 'UInt32'; readonly values: Uint32Array }
  | { readonly kind: 'Int32'; readonly values: Int32Array }
  | { readonly kind: 'UUID'; readonly bytes: Uint8Array }
  | { readonly kind: 'FixedString(16)'; readonly bytes: Uint8Array }
  | TextColumn
  | { readonly kind: 'Array'; readonly starts: Uint32Array; readonly items: NativeColumn };

export interface TextColumn {
  readonly kind: 'String';
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** By name; all columns have rowCount rows. */
export interface NativeTable {
  readonly rowCount: number;
  readonly columns: ReadonlyMap<string, NativeColumn>;
}

/** A block to be sent, in the order of the table's columns. */
export interface NativeBlock {
  readonly rowCount: number;
  readonly columns: readonly (readonly [name: string, column: NativeColumn])[];
}

export const typeName = (column: NativeColumn): string =>
  column.kind === 'Array' ? `Array(${typeName(column.items)})` : column.kind;

/** As file() and external tables want it: name Type, name Type. */
export const structureOf = (block: NativeBlock): string =>
  block.columns.map(([name, column]) => `${name} ${typeName(column)}`).join(', ');

type Kind = NativeColumn['kind'];
export type ColumnOf<K extends Kind> = Extract<NativeColumn, { readonly kind: K }>;

export function ofKind<K extends Kind>(column: NativeColumn | undefined, kind: K): ColumnOf<K> {
  invariant(column?.kind === kind, `a column of ${kind}, not ${column?.kind}`);
  return column as ColumnOf<K>;
}

export const columnOf = <K extends Kind>(table: NativeTable, name: string, kind: K): ColumnOf<K> =>
  ofKind(table.columns.get(name), kind);

export function textColumn(texts: readonly string[]): TextColumn {
  const starts = new Uint32Array(texts.length);
  const ends = new Uint32Array(texts.length);
  const bytes = Buffer.from(texts.join(''), 'utf8');
  let at = 0;
  texts.forEach((text, i) => {
    starts[i] = at;
    at += Buffer.byteLength(text, 'utf8');
    ends[i] = at;
  });
  // Halves of a surrogate pair in two texts would join to one character: then the lengths tell.
  if (at === bytes.length) return { kind: 'String', bytes, starts, ends };
  return { kind: 'String', bytes: Buffer.concat(texts.map((text) => Buffer.from(text, 'utf8'))), starts, ends };
}

export function textsOf({ bytes, starts, ends }: TextColumn): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(starts, (start, i) => buffer.toString('utf8', start, ends[i]));
}

/** The same text in every row. */
export function repeatedText(text: string, rowCount: number): TextColumn {
  const bytes = Buffer.from(text, 'utf8');
  return {
    kind: 'String',
    bytes,
    starts: new Uint32Array(rowCount),
    ends: new Uint32Array(rowCount).fill(bytes.length),
  };
}

export const uint64Column = (values: BigUint64Array): NativeColumn => ({ kind: 'UInt64', values });
export const int64Column = (values: BigInt64Array): NativeColumn => ({ kind: 'Int64', values });
export const int32Column = (values: Int32Array): NativeColumn => ({ kind: 'Int32', values });
