/**
 * Reads a quoted string as Go writes it: "..." and '...' with escapes, `...` without.
 *
 * Errors: InputError invalid_argument with the offset.
 * Source: The Go Programming Language Specification, "Rune literals" and "String literals".
 */
import { InputError } from '../../errors.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const numberEscapes: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** text[start] is the opening quote; end is the index after the closing one. */
export function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  const quote = text[start] ?? '';
  if (quote === '`') return readRaw(text, start);
  let value = '';
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) value += decodeBytes(bytes, start);
    bytes = [];
  };
  let at = start + 1;
  for (;;) {
    const char = text[at];
    if (char === undefined || char === '\n') throw unterminated(start);
    if (char === quote) break;
    if (char !== '\\') {
      flush();
      value += char;
      at++;
      continue;
    }
    const escape = readEscape(text, at + 1);
    if (escape.byte === undefined) {
      flush();
      value += escape.text;
    } else bytes.push(escape.byte);
    at = escape.end;
  }
  flush();
  return { value, end: at + 1 };
}

function readRaw(text: string, start: number): { readonly value: string; readonly end: number } {
  const close = text.indexOf('`', start + 1);
  if (close < 0) throw unterminated(start);
  return { value: text.slice(start + 1, close), end: close + 1 };
}

interface Escape {
  readonly text: string;
  /** \x and octal escapes are bytes of UTF-8, not characters. */
  readonly byte: number | undefined;
  readonly end: number;
}

function readEscape(text: string, at: number): Escape {
  const kind = text[at] ?? '';
  const simple = simpleEscapes[kind];
  if (simple !== undefined) return { text: simple, byte: undefined, end: at + 1 };
  const octal = /^[0-3][0-7]{2}/.exec(text.slice(at, at + 3))?.[0];
  if (octal !== undefined) return { text: '', byte: parseInt(octal, 8), end: at + 3 };
  const digits = numberEscapes[kind] ?? 0;
  const hex = text.slice(at + 1, at + 1 + digits);
  const code = parseInt(hex, 16);
  if (digits === 0 || !/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10ffff) {
    throw new InputError(
      'invalid_argument',
      `unknown escape at character ${at - 1}: ${JSON.stringify(text.slice(at - 1, at + 9))}`,
    );
  }
  if (kind === 'x') return { text: '', byte: code, end: at + 3 };
  return { text: String.fromCodePoint(code), byte: undefined, end: at + 1 + digits };
}

function decodeBytes(bytes: readonly number[], start: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    // The only failure of a fatal decoder is bad input.
    throw new InputError('invalid_argument', `string at character ${start} is not valid UTF-8`);
  }
}

const unterminated = (start: number): InputError =>
  new InputError('invalid_argument', `string at character ${start} is not closed`);
