/**
 * The middle of a binary expression: the operator, bool, and how the two sides are matched.
 *
 * Errors: InputError with the place.
 * Source: Prometheus 2.42, promql/parser/parse.go (checkAST, BinaryExpr).
 */
import type { SyntaxNode } from '@lezer/common';
import type { BinaryOp, Matching } from './ast.ts';
import { checkBinary } from './checkTypes.ts';
import { childrenOf, textOf } from './nodes.ts';
import type { OperatorItem } from './operators.ts';
import { readLabelNames } from './readSelector.ts';
import { parseError, refusal } from './syntaxError.ts';
import type { Source } from './syntaxError.ts';

const operators: ReadonlyMap<string, BinaryOp> = new Map(
  (['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '<', '>', '<=', '>=', 'and', 'or', 'unless'] as const).map(
    (op) => [op, op],
  ),
);

export function readOperator(source: Source, node: SyntaxNode): OperatorItem {
  const [, operator, ...rest] = childrenOf(node);
  const text = operator === undefined ? '' : textOf(source, operator).toLowerCase();
  const op = operators.get(text);
  if (op === undefined) throw refusal(source, node.from, `operator ${text}`, 'it is newer than Prometheus 2.42');
  const modifiers = rest.slice(0, -1);
  const find = (name: string): SyntaxNode | undefined => modifiers.find((child) => child.name === name);
  const fill = find('FillModifier');
  if (fill !== undefined) throw refusal(source, fill.from, 'fill', 'it is newer than Prometheus 2.42');
  const clause = find('MatchingModifierClause');
  const matching = clause === undefined ? undefined : readMatching(source, clause);
  const returnBool = find('BoolModifier') !== undefined;
  return {
    kind: 'operator',
    op,
    join: (left, right) => checkBinary(source, node.from, { kind: 'binary', op, left, right, returnBool, matching }),
  };
}

function readMatching(source: Source, clause: SyntaxNode): Matching {
  const [how, labelsNode, group, includeNode] = childrenOf(clause);
  const labels = labelsNode === undefined ? [] : readLabelNames(source, labelsNode);
  const include = includeNode === undefined ? [] : readLabelNames(source, includeNode);
  const on = how?.name === 'On';
  const twice = on ? include.find((name) => labels.includes(name)) : undefined;
  if (twice !== undefined) {
    throw parseError(source, clause.from, `label "${twice}" must not occur in ON and GROUP clause at once`);
  }
  const cardinality = group === undefined ? 'one-to-one' : group.name === 'GroupLeft' ? 'many-to-one' : 'one-to-many';
  return { on, labels, cardinality, include };
}
