/**
 * Reads one line of folded stacks: "main;work;read 12".
 *
 * Shape:  the last blank or tab separates frames, root first, from the count; frames may hold blanks. The count may be a
 *         fraction. "# " opens a comment; "#" followed by anything else is a frame (Ruby has such names).
 * Units:  billionths of a count.
 */
import { billionth } from './foldedProfile.ts';

export type FoldedLine =
  | { readonly kind: 'stack'; readonly stack: string; readonly count: bigint }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'negative' }
  | { readonly kind: 'no count' }
  | { readonly kind: 'bad count'; readonly count: string };

const nothing: FoldedLine = { kind: 'nothing' };

export function readFoldedLine(line: string): FoldedLine {
  const end = trimmedEnd(line, line.length);
  if (end === 0 || (line.startsWith('#') && (end === 1 || isBlank(line.charCodeAt(1))))) return nothing;
  let start = end;
  while (start > 0 && !isBlank(line.charCodeAt(start - 1))) start--;
  const stack = line.slice(0, trimmedEnd(line, start));
  if (stack === '') return { kind: 'no count' };
  const text = line.slice(start, end);
  const count = readCount(text);
  if (count !== undefined) return { kind: 'stack', stack, count };
  return text.startsWith('-') && readCount(text.slice(1)) !== undefined
    ? { kind: 'negative' }
    : { kind: 'bad count', count: text };
}

/** Values past this are refused when they are scaled; longer numbers are no counts. */
const longestWhole = 19;
const fractionDigits = 9;

/** Digits that may have a fraction; undefined: no such number. Digits past the ninth of a fraction are cut. */
export function readCount(text: string): bigint | undefined {
  let whole = 0;
  while (isDigit(text.charCodeAt(whole))) whole++;
  if (whole === 0 || whole > longestWhole) return undefined;
  if (whole === text.length) return BigInt(text) * billionth;
  if (text[whole] !== '.') return undefined;
  let end = whole + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  if (end !== text.length) return undefined;
  const fraction = text.slice(whole + 1, whole + 1 + fractionDigits).padEnd(fractionDigits, '0');
  return BigInt(text.slice(0, whole)) * billionth + BigInt(fraction);
}

function trimmedEnd(line: string, from: number): number {
  let end = from;
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end--;
  return end;
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
