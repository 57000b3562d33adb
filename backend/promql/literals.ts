/**
 * Numbers, durations and strings as PromQL spells them.
 *
 * Errors: undefined for what is no such literal: the caller knows the place and says so.
 * Source: Prometheus 2.42: strconv.ParseInt with base 0 then ParseFloat; model.ParseDuration; strutil.Unquote.
 */

export function readNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Infinity;
  if (lower === 'nan') return NaN;
  if (/^0x[0-9a-f]+$/.test(lower)) return Number(lower);
  // Go reads a leading zero as octal where it can.
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/.test(lower) ? Number(lower) : undefined;
}

const millisOf: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** 1h30m: units once each, the largest first. */
export function readDuration(text: string): number | undefined {
  if (!/^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(text) || text === '') return undefined;
  let millis = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)(ms|[ywdhms])/g))
    millis += Number(count) * (millisOf[unit] ?? 0);
  return millis;
}

const escapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
  "'": 39,
};
const fixedLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A string in double, single or back quotes. */
export function readString(text: string): string | undefined {
  const quote = text[0] ?? '';
  if (text.length < 2 || !text.endsWith(quote)) return undefined;
  const inside = text.slice(1, -1);
  if (quote === '`') return inside;
  if (inside.includes('\n')) return undefined;
  const parts: Buffer[] = [];
  let at = 0;
  while (at < inside.length) {
    const slash = inside.indexOf('\\', at);
    const end = slash < 0 ? inside.length : slash;
    parts.push(Buffer.from(inside.slice(at, end)));
    if (slash < 0) break;
    const escape = readEscape(inside, slash + 1, quote);
    if (escape === undefined) return undefined;
    parts.push(escape.bytes);
    at = escape.end;
  }
  return Buffer.concat(parts).toString();
}

function readEscape(text: string, at: number, quote: string): { bytes: Buffer; end: number } | undefined {
  const kind = text[at] ?? '';
  const simple = escapes[kind];
  if (simple !== undefined) {
    const isOtherQuote = (kind === '"' || kind === "'") && kind !== quote;
    return isOtherQuote ? undefined : { bytes: Buffer.of(simple), end: at + 1 };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at, at + 3))?.[0];
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte > 255 ? undefined : { bytes: Buffer.of(byte), end: at + 3 };
  }
  const length = fixedLengths[kind];
  const digits = text.slice(at + 1, at + 1 + (length ?? 0));
  if (length === undefined || digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  if (kind !== 'x' && (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))) return undefined;
  const bytes = kind === 'x' ? Buffer.of(code) : Buffer.from(String.fromCodePoint(code));
  return { bytes, end: at + 1 + length };
}
