/**
 * Values inside SQL text. All of them go through here; nothing else puts a value into a statement.
 *
 * Shape:  text in single quotes, with a backslash before quote and backslash; numbers as digits; bytes as hex.
 * Errors: an invariant for what no literal can hold.
 * Source: clickhouse.com/docs/sql-reference/syntax#literals.
 */
import { invariant } from '../../errors.ts';
import { formatUuid } from '../../model/uuid.ts';

const mostInt64 = 2n ** 63n - 1n;

/** Bytes pass as they are: the engine's strings are bytes, and only quote and backslash end or bend a literal. */
export function quoteText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0');
  return `'${escaped}'`;
}

/** The smallest Int64 is left out: its digits without the sign would not be one. */
export function clampInt64(value: bigint): bigint {
  if (value > mostInt64) return mostInt64;
  return value < -mostInt64 ? -mostInt64 : value;
}

/** Clamped, so that an absurd range is an empty answer and no error. */
export const int64Literal = (value: bigint): string => `${clampInt64(value)}`;

export function intLiteral(value: number): string {
  invariant(Number.isSafeInteger(value), `a whole number: ${value}`);
  return `${value}`;
}

export function uint64List(values: Iterable<bigint>): string {
  const list = [...values];
  invariant(
    list.every((value) => value >= 0n && value < 2n ** 64n),
    'ids of 64 bits',
  );
  return list.join(', ');
}

export function uuidList(values: readonly Uint8Array[]): string {
  invariant(
    values.every((value) => value.length === 16),
    'UUIDs of 16 bytes',
  );
  return values.map((value) => `toUUID('${formatUuid(value)}')`).join(', ');
}

export function fixed16List(values: readonly Uint8Array[]): string {
  invariant(
    values.every((value) => value.length === 16),
    'ids of 16 bytes',
  );
  return values.map((value) => `toFixedString(unhex('${Buffer.from(value).toString('hex')}'), 16)`).join(', ');
}

export const textList = (values: readonly string[]): string => values.map(quoteText).join(', ');
