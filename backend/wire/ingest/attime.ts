/**
 * Reads the times of /ingest and /pyroscope/render: from, until.
 *
 * Shape:  now, now-1h, now-1d+2h; YYYYMMDD in UTC; digits since 1970 by their number: up to 10 seconds (8 are a date), 13
 *         milliseconds, 16 microseconds, 19 nanoseconds. Nothing is now.
 * Units:  s, m, h, d, w, M (30 days), y (365 days), and the usual longer words: min, mon, 2hours.
 * Errors: InputError invalid_argument that quotes the text. Pyroscope takes what it cannot read for now; here a typo must not
 *         move data.
 * Source: reference pyroscope-api 1.10; Graphite's at-time for the units.
 */
import { InputError } from '../../errors.ts';
import type { UnixNanos } from '../../model/time.ts';
import { nanosOfMillis, unixNanos } from '../../model/time.ts';

const nanosPerSecond = 1_000_000_000n;
const minute = 60n * nanosPerSecond;
const hour = 60n * minute;
const day = 24n * hour;

const units: ReadonlyMap<string, bigint> = new Map([
  ...words('s sec secs second seconds', nanosPerSecond),
  ...words('m min mins minute minutes', minute),
  ...words('h hour hours', hour),
  ...words('d day days', day),
  ...words('w week weeks', 7n * day),
  ...words('M mon month months', 30n * day),
  ...words('y year years', 365n * day),
]);

function words(spellings: string, nanos: bigint): readonly (readonly [word: string, nanos: bigint])[] {
  return spellings.split(' ').map((word) => [word, nanos] as const);
}

/** Nanoseconds in what a number of so many digits counts. */
const nanosByDigits: ReadonlyMap<number, bigint> = new Map([
  [13, 1_000_000n],
  [16, 1_000n],
  [19, 1n],
]);
const longest = 64;
const largestInt64 = 2n ** 63n - 1n;

export function readAttime(text: string | undefined, nowMillis: number): UnixNanos {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed === 'now') return nanosOfMillis(nowMillis);
  if (trimmed.length > longest) throw wrongTime(trimmed);
  const nanos = /^\d+$/.test(trimmed) ? readDigits(trimmed) : readOffsets(trimmed, nanosOfMillis(nowMillis));
  if (nanos < 0n || nanos > largestInt64) throw wrongTime(trimmed);
  return unixNanos(nanos);
}

function readDigits(digits: string): bigint {
  if (digits.length === 8) return readDate(digits);
  if (digits.length <= 10) return BigInt(digits) * nanosPerSecond;
  const unit = nanosByDigits.get(digits.length);
  if (unit === undefined) throw wrongTime(digits);
  return BigInt(digits) * unit;
}

function readDate(digits: string): bigint {
  const [year, month, date] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)];
  const millis = Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  // Date.parse takes February 30th for a day of March.
  if (Number.isNaN(millis) || new Date(millis).getUTCDate() !== Number(date)) throw wrongTime(digits);
  return nanosOfMillis(millis);
}

function readOffsets(text: string, now: UnixNanos): bigint {
  if (!/^now(?:[+-]\d{1,9}[A-Za-z]{1,12})+$/.test(text)) throw wrongTime(text);
  let nanos: bigint = now;
  for (const [, sign, count = '', word = ''] of text.matchAll(/([+-])(\d+)([A-Za-z]+)/g)) {
    const unit = units.get(word);
    if (unit === undefined) throw wrongTime(text);
    nanos += (sign === '-' ? -1n : 1n) * BigInt(count) * unit;
  }
  return nanos;
}

const wrongTime = (text: string): InputError =>
  new InputError('invalid_argument', `not a time: ${JSON.stringify(text.slice(0, longest))}`);
