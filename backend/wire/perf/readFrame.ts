/**
 * Reads one frame of a stack in the output of perf script.
 *
 * Shape:  [address] symbol[+0xoffset] (binary), each part may be missing. A symbol may hold blanks and parentheses, a binary too
 *         ("/memfd:x (deleted)"): the binary is the last balanced pair of parentheses after a blank. [unknown] is no symbol.
 *         In code made at run time (perf maps, jitted-*.so) "a->b" is b inlined into a, and Java's Lorg/x/Type;::name becomes
 *         org/x/Type.name, as async-profiler writes it.
 * Source: reference agents-wire, chapter 5.
 */
import type { FunctionLine } from '../../model/profileBuilder.ts';

export interface PerfFrame {
  /** The innermost inlined call first; none: no symbol. */
  readonly lines: readonly FunctionLine[];
  /** '' when perf did not know it. */
  readonly binary: string;
  readonly address: bigint;
  /** The line of an inlined call: it belongs to the frame that follows. */
  readonly isInlined: boolean;
}

/** The binary of code made at run time; the name of a perf map holds a pid, which would make a location of each. */
export const jitBinary = '[jit]';
/** More calls inlined into one are not believed: the inner ones are cut. */
export const mostInlined = 256;
const unknown = '[unknown]';
const jitPattern = /^(?:\/tmp\/perf-\d+\.map|\[JIT\].*|.*\/jitted-\d+-\d+\.so)$/;

/** undefined: not a frame. `source` is a line of -F +srcline that followed: file:line. */
export function readFrame(text: string, source: string | undefined): PerfFrame | undefined {
  const { address, rest } = splitAddress(text);
  const { symbol, binary } = splitBinary(rest);
  if (address === undefined && binary === undefined) return undefined;
  const isJit = binary !== undefined && jitPattern.test(binary);
  const bare = withoutOffset(symbol);
  const isKnown = bare !== '' && bare !== unknown;
  return {
    lines: isKnown ? withSource(isJit ? jitLines(bare) : [{ name: bare }], source) : [],
    binary: isJit && isKnown ? jitBinary : binary === undefined || binary === unknown ? '' : binary,
    address: address === undefined ? 0n : BigInt(`0x${address}`),
    isInlined: binary === 'inlined',
  };
}

/** file:line; undefined: something else. */
export function isSourceLine(text: string): boolean {
  const colon = text.lastIndexOf(':');
  return colon > 0 && colon < text.length - 1 && isDigits(text, colon + 1) && !text.endsWith(')');
}

const longestAddress = 16;

function splitAddress(text: string): { readonly address: string | undefined; readonly rest: string } {
  let end = 0;
  while (end <= longestAddress && isHex(text.charCodeAt(end))) end++;
  const isAddress = end > 0 && end <= longestAddress && (end === text.length || text[end] === ' ');
  return isAddress
    ? { address: text.slice(0, end), rest: text.slice(end).trimStart() }
    : { address: undefined, rest: text };
}

function splitBinary(text: string): { readonly symbol: string; readonly binary: string | undefined } {
  if (!text.endsWith(')')) return { symbol: text, binary: undefined };
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    const char = text[at];
    if (char === ')') depth++;
    else if (char === '(' && --depth === 0) {
      if (at > 0 && text[at - 1] !== ' ') break;
      return { symbol: text.slice(0, at).trimEnd(), binary: text.slice(at + 1, -1) };
    }
  }
  const open = text.lastIndexOf(' (');
  return open < 0
    ? { symbol: text, binary: undefined }
    : { symbol: text.slice(0, open).trimEnd(), binary: text.slice(open + 2, -1) };
}

function withoutOffset(symbol: string): string {
  const plus = symbol.lastIndexOf('+0x');
  if (plus <= 0 || plus + 3 === symbol.length) return symbol;
  for (let at = plus + 3; at < symbol.length; at++) if (!isHex(symbol.charCodeAt(at))) return symbol;
  return symbol.slice(0, plus);
}

const jitLines = (symbol: string): readonly FunctionLine[] =>
  symbol
    .split('->', mostInlined)
    .reverse()
    .filter((piece) => piece !== '')
    .map((piece) => ({ name: javaName(piece), systemName: piece }));

function javaName(symbol: string): string {
  const end = symbol.startsWith('L') ? symbol.indexOf(';::') : -1;
  return end <= 1 ? symbol : `${symbol.slice(1, end)}.${symbol.slice(end + 3)}`;
}

/** The source line is that of the innermost call. */
function withSource(lines: readonly FunctionLine[], source: string | undefined): readonly FunctionLine[] {
  if (source === undefined) return lines;
  const colon = source.lastIndexOf(':');
  const line = Number(source.slice(colon + 1, colon + 10));
  return lines.map((own, i) => (i === 0 ? { ...own, file: source.slice(0, colon), line } : own));
}

function isDigits(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

const isHex = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
