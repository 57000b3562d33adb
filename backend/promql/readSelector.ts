/**
 * Selectors: x{a="b"}, and what may stand behind them.
 *
 * Errors: InputError with the place: parse errors as in Prometheus, refusals for quoted names.
 * Source: Prometheus 2.42, promql/parser/parse.go (checkAST, newLabelMatcher).
 */
import type { SyntaxNode } from '@lezer/common';
import { InputError } from '../errors.ts';
import { metricNameLabel } from '../model/labels.ts';
import type { Matcher } from '../model/selector.ts';
import { compileAnchored } from './anchoredPattern.ts';
import type { VectorSelector } from './ast.ts';
import { readString } from './literals.ts';
import { childrenOf, textOf } from './nodes.ts';
import type { Source } from './syntaxError.ts';
import { parseError, refusal } from './syntaxError.ts';

export function readSelector(source: Source, node: SyntaxNode): VectorSelector {
  const matchers: Matcher[] = [];
  let name: string | undefined;
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') {
      name = textOf(source, child);
      matchers.push({ name: metricNameLabel, op: '=', value: name });
    } else matchers.push(...readMatchers(source, child));
  }
  const second = matchers.slice(1).find((matcher) => matcher.name === metricNameLabel);
  if (name !== undefined && second !== undefined) {
    throw parseError(source, node.from, `metric name must not be set twice: "${name}" or "${second.value}"`);
  }
  // All of them, because each is compiled here and may be wrong.
  const empty = matchers.filter((matcher) => matchesEmpty(source, node, matcher));
  if (empty.length === matchers.length)
    throw parseError(source, node.from, 'vector selector must contain at least one non-empty matcher');
  return { kind: 'selector', matchers, offsetMillis: undefined, pin: undefined };
}

function readMatchers(source: Source, node: SyntaxNode): readonly Matcher[] {
  return childrenOf(node).map((child) => {
    if (child.name !== 'UnquotedLabelMatcher') {
      throw refusal(source, child.from, 'a quoted name', 'it is newer than Prometheus 2.42');
    }
    const [label, op, value] = childrenOf(child);
    if (label === undefined || op === undefined || value === undefined) {
      throw parseError(source, child.from, 'unexpected end of label matching');
    }
    return { name: textOf(source, label), op: matchOp(textOf(source, op)), value: readText(source, value) };
  });
}

function matchOp(text: string): Matcher['op'] {
  return text === '=' || text === '!=' || text === '=~' ? text : '!~';
}

export function readText(source: Source, node: SyntaxNode): string {
  const value = readString(textOf(source, node));
  if (value === undefined) throw parseError(source, node.from, `invalid string ${textOf(source, node).slice(0, 100)}`);
  return value;
}

function matchesEmpty(source: Source, node: SyntaxNode, { op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
    case '!~': {
      try {
        return compileAnchored(value).matches('') === (op === '=~');
      } catch (error) {
        // Only the place is missing from what the engine says of the pattern.
        throw error instanceof InputError ? parseError(source, node.from, error.message) : error;
      }
    }
  }
}

export function readLabelNames(source: Source, node: SyntaxNode): readonly string[] {
  return childrenOf(node).map((child) => {
    if (child.name === 'LabelName') return textOf(source, child);
    throw refusal(source, child.from, 'a quoted name', 'it is newer than Prometheus 2.42');
  });
}
