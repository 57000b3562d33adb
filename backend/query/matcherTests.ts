/**
 * Turns matchers into tests on label values. Regular expressions run in RE2 (linear time); what needs none (literals,
 * alternations of literals, .* and .+, a literal with .* behind it) gets none, because the engine takes 50-90 ms for
 * 10^5 values.
 *
 * Errors: InputError invalid_argument quoting the expression.
 * Source: Prometheus anchors matchers at both ends and lets . match newlines: ^(?s:expression)$.
 */
import { RE2JS } from 're2js';
import { InputError } from '../errors.ts';
import type { Matcher, Matchers } from '../model/selector.ts';
import type { ValueTest } from '../store/catalog.ts';

const longestPattern = 10_000;
const metaCharacters = /[\\^$.[\]|()?*+{}]/;

export function toValueTests(matchers: Matchers): readonly ValueTest[] {
  return matchers.map(toValueTest);
}

function toValueTest({ name, op, value }: Matcher): ValueTest {
  switch (op) {
    case '=':
      return { name, matches: (candidate) => candidate === value, literals: [value] };
    case '!=':
      return { name, matches: (candidate) => candidate !== value };
    case '=~': {
      const { matches, literals } = compilePattern(value);
      return literals === undefined ? { name, matches } : { name, matches, literals };
    }
    case '!~': {
      const { matches } = compilePattern(value);
      return { name, matches: (candidate) => !matches(candidate) };
    }
  }
}

interface CompiledPattern {
  readonly matches: (candidate: string) => boolean;
  readonly literals?: readonly string[];
}

/** Anchored at both ends. */
export function compilePattern(pattern: string): CompiledPattern {
  checkLength(pattern);
  if (pattern === '.*') return { matches: () => true };
  if (pattern === '.+') return { matches: (candidate) => candidate !== '' };
  const alternatives = pattern.split('|');
  if (alternatives.every((part) => !metaCharacters.test(part))) {
    const literals = new Set(alternatives);
    return { matches: (candidate) => literals.has(candidate), literals: [...literals] };
  }
  const head = pattern.slice(0, -2);
  if (pattern.endsWith('.*') && !metaCharacters.test(head))
    return { matches: (candidate) => candidate.startsWith(head) };
  const compiled = compileRe2(pattern);
  return { matches: (candidate) => compiled.matches(candidate) };
}

/** Not anchored: it matches wherever it is found. */
export function compileSearch(pattern: string): (candidate: string) => boolean {
  checkLength(pattern);
  const alternatives = pattern.split('|');
  if (alternatives.every((part) => !metaCharacters.test(part))) {
    return (candidate) => alternatives.some((part) => candidate.includes(part));
  }
  const compiled = compileRe2(pattern);
  return (candidate) => compiled.matcher(candidate).find();
}

function checkLength(pattern: string): void {
  if (pattern.length <= longestPattern) return;
  throw new InputError('invalid_argument', `regular expression is longer than ${longestPattern} characters`);
}

function compileRe2(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    // RE2 refuses by throwing; the pattern came from a client.
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError('invalid_argument', `regular expression ${JSON.stringify(pattern)}: ${why}`);
  }
}
