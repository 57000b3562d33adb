/**
 * The functions of a query as text behind its selector, as code mode and links carry them.
 *
 * Shape:  {selector} | function="json.Marshal" or function=~"gzip|flate"; = takes a whole name, =~ is searched for in names.
 * Errors: answers what is wrong and where instead of throwing: a person is still typing. Offsets count from the list's start.
 */
import { nameOfPattern, patternOfName } from './functionPattern.ts';
import type { Mistake } from './labelSelector.ts';
import { readQuoted } from './labelSelector.ts';

export type FunctionList = { readonly kind: 'functions'; readonly functions: readonly string[] } | Mistake;

/** Where the list begins, behind its bar; undefined when the text has none. Bars in quotes are no bars. */
export function functionListStart(text: string): number | undefined {
  const bar = /^(?:[^"'`|]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\|/.exec(text)?.[0].length;
  return bar;
}

export function parseFunctionList(text: string): FunctionList {
  const functions: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    const found = pattern.exec(text.slice(at))?.[0] ?? '';
    at += found.length;
    return found;
  };
  const expected = (message: string): Mistake => ({ kind: 'mistake', message, offset: at });
  for (;;) {
    take(/^\s*/);
    if (take(/^function\b/) === '') return expected('function is expected, as in function="json.Marshal"');
    take(/^\s*/);
    const operator = take(/^(?:=~|=(?!~))/);
    if (operator === '') return expected('one of = =~ is expected behind function');
    take(/^\s*/);
    const quoted = readQuoted(text, at);
    if (quoted.kind === 'mistake') return quoted;
    functions.push(operator === '=' ? patternOfName(quoted.value) : quoted.value);
    at = quoted.end;
    take(/^\s*/);
    if (at === text.length) return { kind: 'functions', functions };
    if (take(/^or\b/) === '') return expected('or, or the end, is expected');
  }
}

export const formatFunctionList = (functions: readonly string[]): string =>
  functions
    .map((pattern) => {
      const name = nameOfPattern(pattern);
      return name === undefined ? `function=~${JSON.stringify(pattern)}` : `function=${JSON.stringify(name)}`;
    })
    .join(' or ');
