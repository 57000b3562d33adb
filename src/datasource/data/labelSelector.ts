/**
 * Reads and writes label selectors: {service_name="checkout", version=~"v2.*"}.
 *
 * Shape:  double, single or back quotes around values; a trailing comma and missing braces are fine, as are template
 *         variables inside names and values. Values here are without quotes and escapes.
 * Errors: parse answers what is wrong and where instead of throwing: a person is still typing.
 */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** What cannot be read, and where. */
export interface Mistake {
  readonly kind: 'mistake';
  readonly message: string;
  readonly offset: number;
}
export type ParsedSelector = { readonly kind: 'selector'; readonly matchers: readonly LabelMatcher[] } | Mistake;

class Misread extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

// A name may be or contain a variable: $label, ${label}, [[label]].
const namePattern = /(?:\$\{[^}]*\}|\[\[[^\]]*\]\]|[\w.$:])+/y;
const operatorPattern = /=~|!~|!=|=/y;
const spacePattern = /\s*/y;

export function parseLabelSelector(text: string): ParsedSelector {
  try {
    return { kind: 'selector', matchers: readMatchers(text) };
  } catch (error) {
    // The lexer's own way out; anything else is our mistake.
    if (error instanceof Misread) return { kind: 'mistake', message: error.message, offset: error.offset };
    throw error;
  }
}

export function formatLabelSelector(matchers: readonly LabelMatcher[]): string {
  return `{${matchers.map(({ name, operator, value }) => `${name}${operator}${inQuotes(value)}`).join(', ')}}`;
}

/** Go's and JSON's escapes agree on all that JSON writes. */
const inQuotes = (value: string): string => JSON.stringify(value);

function readMatchers(text: string): readonly LabelMatcher[] {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const skip = (character: string): boolean => {
    take(spacePattern);
    const is = text[at] === character;
    if (is) at++;
    take(spacePattern);
    return is;
  };
  const braces = skip('{');
  const matchers: LabelMatcher[] = [];
  while (at < text.length && text[at] !== '}') {
    const name = take(namePattern);
    if (name === '') throw new Misread('a label name is expected', at);
    take(spacePattern);
    const operator = take(operatorPattern);
    if (!isOperator(operator)) throw new Misread(`one of = != =~ !~ is expected behind ${name}`, at);
    take(spacePattern);
    const quoted = readQuoted(text, at);
    if (quoted.kind === 'mistake') throw new Misread(quoted.message, quoted.offset);
    at = quoted.end;
    matchers.push({ name, operator, value: quoted.value });
    if (!skip(',')) break;
  }
  if (braces && !skip('}')) throw new Misread('a closing } is missing', at);
  if (at < text.length) throw new Misread('a comma or the end is expected', at);
  return matchers;
}

const isOperator = (text: string): text is MatchOperator => ['=', '!=', '=~', '!~'].includes(text);

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

export type QuotedText = { readonly kind: 'quoted'; readonly value: string; readonly end: number } | Mistake;

/** The value between the quotes that begin at `start`, and where they end. */
export function readQuoted(text: string, start: number): QuotedText {
  const quote = text[start] ?? '';
  if (quote === '' || !'"\'`'.includes(quote)) {
    return { kind: 'mistake', message: 'a quoted value is expected', offset: start };
  }
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === quote) return { kind: 'quoted', value, end: at + 1 };
    if (character !== '\\' || quote === '`') {
      value += character;
      continue;
    }
    const next = text[++at] ?? '';
    const hex = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(text.slice(at, at + 5));
    if (hex !== null) {
      value += String.fromCharCode(parseInt(hex[1] ?? hex[2] ?? '', 16));
      at += hex[0].length - 1;
    } else {
      value += escapes[next] ?? next;
    }
  }
  return { kind: 'mistake', message: `the closing ${quote} is missing`, offset: text.length };
}
