/**
 * Ids that sort by the time at which they were made.
 *
 * Shape:  26 digits of Crockford's base 32: 48 bits of milliseconds since 1970, then 80 random bits.
 * Source: github.com/ulid/spec.
 */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeDigits = 10;
const randomDigits = 16;

/** `random`: 16 bytes, of which 5 bits each are taken. */
export function ulid(millis: number, random: Uint8Array): string {
  let time = '';
  for (let rest = millis, i = 0; i < timeDigits; i++, rest = Math.floor(rest / 32)) time = digitOf(rest % 32) + time;
  return time + Array.from({ length: randomDigits }, (_, i) => digitOf((random[i] ?? 0) % 32)).join('');
}

const digitOf = (value: number): string => digits[value] ?? '0';
