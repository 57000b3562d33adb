/**
 * Regular expressions of PromQL: RE2's, anchored at both ends, in linear time.
 *
 * Errors: InputError invalid_argument quoting the expression.
 */
import { RE2JS } from 're2js';
import { InputError } from '../errors.ts';

const longestPattern = 10_000;

export interface AnchoredPattern {
  /** The groups of a match, the whole first; a group that took no part is ''. undefined: no match. */
  readonly groups: (text: string) => readonly string[] | undefined;
  readonly matches: (text: string) => boolean;
  readonly namedGroups: Readonly<Record<string, number>>;
}

export function compileAnchored(pattern: string): AnchoredPattern {
  if (pattern.length > longestPattern) {
    throw new InputError('invalid_argument', `regular expression is longer than ${longestPattern} characters`);
  }
  const compiled = compile(pattern);
  return {
    matches: (text) => compiled.matches(text),
    groups: (text) => {
      const matcher = compiled.matcher(text);
      if (!matcher.matches()) return undefined;
      return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
    },
    namedGroups: compiled.namedGroups(),
  };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    // RE2 refuses by throwing; the pattern came from a client.
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError('invalid_argument', `regular expression ${JSON.stringify(pattern)}: ${why}`);
  }
}
