/**
 * The functions of a query as text behind its selector; the twin of the data source's functionList.
 *
 * Shape:  | function="json.Marshal" or function=~"gzip|flate". What comes out are expressions: a whole name is ^json\.Marshal$.
 * Errors: undefined for a list that cannot be read: the text is then no link of ours.
 */
import { InputError } from '../errors.ts';
import { readQuoted } from '../wire/pyroscope/quotedString.ts';

/** Where the list begins, behind its bar; undefined when the text has none. Bars in quotes are no bars. */
export const functionListStart = (text: string): number | undefined =>
  /^(?:[^"'`|]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\|/.exec(text)?.[0].length;

export function readFunctionList(text: string): readonly string[] | undefined {
  const functions: string[] = [];
  let at = 0;
  // Each round takes a word at least.
  for (;;) {
    const head = /^\s*function\s*(=~|=(?!~))\s*(?=["'`])/.exec(text.slice(at));
    const quoted = head === null ? undefined : quotedAt(text, at + head[0].length);
    if (quoted === undefined) return undefined;
    functions.push(head?.[1] === '=' ? patternOfName(quoted.value) : quoted.value);
    at = quoted.end;
    if (text.slice(at).trim() === '') return functions;
    const joint = /^\s*or\b/.exec(text.slice(at))?.[0];
    if (joint === undefined) return undefined;
    at += joint.length;
  }
}

function quotedAt(text: string, start: number): ReturnType<typeof readQuoted> | undefined {
  try {
    return readQuoted(text, start);
  } catch (error) {
    // A text that is no link asks nothing; it is no fault of who sent it.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What is chosen from a list is the whole name. */
export const patternOfName = (name: string): string => `^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
