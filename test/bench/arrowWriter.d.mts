/** A column in the making; what it holds is its own business. */
export interface Column {
  readonly children: readonly (readonly [string, Column])[];
}
type Presence = readonly boolean[] | undefined;

export function int64(values: BigInt64Array, isThere?: Presence): Column;
export function uint64(values: BigUint64Array, isThere?: Presence): Column;
export function int32(values: Int32Array): Column;
export function timestamps(values: BigInt64Array): Column;
export function fixedSizeBinary(width: number, bytes: Uint8Array): Column;
export function texts(
  values: readonly (string | Uint8Array | null)[],
  typeId?: number,
  changeOffsets?: (offsets: Int32Array) => Int32Array,
): Column;
export function textViews(values: readonly (string | null)[], changeViews?: (views: Buffer) => void): Column;
export function struct(length: number, columns: Readonly<Record<string, Column>>): Column;
export function list(offsets: readonly number[], items: Column, isThere?: Presence): Column;
export function listView(
  offsets: readonly number[],
  sizes: readonly number[],
  items: Column,
  isThere?: Presence,
): Column;
export function runs(ends: readonly number[], values: Column, length?: number): Column;
export function dictionary(keys: readonly (number | null)[], values: Column): Column;

export function compressLz4(bytes: Uint8Array): Uint8Array;

export interface StreamOptions {
  readonly rows: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly compress?: 'lz4' | undefined;
  readonly omitDictionaries?: boolean;
}
export function arrowStream(columns: Readonly<Record<string, Column>>, options: StreamOptions): Uint8Array;
