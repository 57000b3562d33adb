/**
 * What may stand behind an operand: [5m], [1h:5m], offset 5m, @ 1700000000.
 *
 * Errors: InputError with the place.
 * Source: Prometheus 2.42, promql/parser/parse.go (addOffset, setTimestamp, newSubquery) and its grammar.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Expr, Pin } from './ast.ts';
import { typeName, typeOf } from './checkTypes.ts';
import { readDuration, readNumber } from './literals.ts';
import { childrenOf, textOf } from './nodes.ts';
import { parseError, refusal } from './syntaxError.ts';
import type { Source } from './syntaxError.ts';

export const postfixNodes: ReadonlySet<string> = new Set([
  'MatrixSelector',
  'SubqueryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);
const isNewer = 'it is newer than Prometheus 2.42';

export function applyPostfix(source: Source, node: SyntaxNode, expr: Expr): Expr {
  const parts = childrenOf(node).slice(1);
  switch (node.name) {
    case 'MatrixSelector':
      return applyRange(source, node, expr, parts[0]);
    case 'SubqueryExpr':
      return applySubquery(source, node, expr, parts);
    case 'OffsetExpr':
      return applyOffset(source, node, expr, parts[1]);
    case 'StepInvariantExpr':
      return applyPin(source, node, expr, parts[1]);
    default:
      throw refusal(source, node.from, textOf(source, node).slice(-8), isNewer);
  }
}

function applyRange(source: Source, node: SyntaxNode, expr: Expr, range: SyntaxNode | undefined): Expr {
  if (expr.kind !== 'selector') throw parseError(source, node.from, 'ranges only allowed for vector selectors');
  if (expr.offsetMillis !== undefined) {
    throw parseError(source, node.from, 'no offset modifiers allowed before range');
  }
  if (expr.pin !== undefined) throw parseError(source, node.from, 'no @ modifiers allowed before range');
  return { kind: 'range', selector: expr, rangeMillis: readLength(source, node, range) };
}

function applySubquery(source: Source, node: SyntaxNode, expr: Expr, parts: readonly SyntaxNode[]): Expr {
  if (typeOf(expr) !== 'vector') {
    throw parseError(source, node.from, `subquery is only allowed on instant vector, got ${typeName(expr)} instead`);
  }
  const [range, step] = parts;
  const stepMillis = step === undefined ? undefined : readLength(source, node, step);
  const rangeMillis = readLength(source, node, range);
  return { kind: 'subquery', of: expr, rangeMillis, stepMillis, offsetMillis: undefined, pin: undefined };
}

function readLength(source: Source, node: SyntaxNode, duration: SyntaxNode | undefined): number {
  const text = duration === undefined ? '' : textOf(source, duration);
  const millis = readDuration(text);
  if (millis === undefined) throw refusal(source, duration?.from ?? node.from, `the duration ${text}`, isNewer);
  if (millis === 0) throw parseError(source, node.from, 'duration must be greater than 0');
  return millis;
}

function applyOffset(source: Source, node: SyntaxNode, expr: Expr, duration: SyntaxNode | undefined): Expr {
  const text = duration === undefined ? '' : textOf(source, duration);
  const digits = text.replace(/^[+-]/, '').trimStart();
  const length = readDuration(digits);
  if (length === undefined || text.startsWith('+')) throw refusal(source, node.from, `the offset ${text}`, isNewer);
  if (length === 0) throw parseError(source, node.from, 'duration must be greater than 0');
  const offsetMillis = digits === text ? length : -length;
  return withTiming(source, node, expr, { offsetMillis });
}

function applyPin(source: Source, node: SyntaxNode, expr: Expr, time: SyntaxNode | undefined): Expr {
  return withTiming(source, node, expr, { pin: readPin(source, node, time) });
}

function readPin(source: Source, node: SyntaxNode, time: SyntaxNode | undefined): Pin {
  const text = time === undefined ? '' : textOf(source, time);
  if (time?.name === 'AtModifierPreprocessors') return { kind: text.toLowerCase() === 'start' ? 'start' : 'end' };
  const digits = text.replace(/^[+-]/, '').trimStart();
  const seconds = readNumber(digits);
  if (seconds === undefined) throw refusal(source, node.from, `@ ${text}`, isNewer);
  // Go's int64 of milliseconds is the end of what Prometheus takes.
  const millis = Math.round(seconds * 1_000) * (text.startsWith('-') ? -1 : 1);
  if (!(Math.abs(millis) < 2 ** 63)) {
    throw parseError(source, node.from, `timestamp out of bounds for @ modifier: ${text}`);
  }
  return { kind: 'time', millis };
}

function withTiming(
  source: Source,
  node: SyntaxNode,
  expr: Expr,
  change: { readonly offsetMillis: number } | { readonly pin: Pin },
): Expr {
  const word = 'pin' in change ? '@' : 'offset';
  const timed = expr.kind === 'range' ? expr.selector : expr;
  if (timed.kind !== 'selector' && timed.kind !== 'subquery') {
    const where = 'must be preceded by an instant vector selector or range vector selector or a subquery';
    throw parseError(source, node.from, `${word} modifier ${where}`);
  }
  if (('pin' in change ? timed.pin : timed.offsetMillis) !== undefined) {
    throw parseError(source, node.from, `${word} ${word === '@' ? '<timestamp> ' : ''}may not be set multiple times`);
  }
  if (expr.kind === 'range') return { ...expr, selector: { ...expr.selector, ...change } };
  return { ...timed, ...change };
}
