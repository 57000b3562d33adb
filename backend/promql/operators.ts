/**
 * Puts a flat row of operands, signs and operators into a tree. The grammar's own tree cannot be taken: it reads -2^2 as
 * (-2)^2 and a + b offset 1m as (a + b) offset 1m, where Prometheus binds them the other way.
 *
 * Shape:  loosest first: or; and, unless; comparisons; + -; * / % atan2 and signs; ^ (from the right); @, offset and [].
 * Source: Prometheus 2.42, promql/parser/generated_parser.y, operator precedence.
 */
import type { BinaryOp, Expr } from './ast.ts';

export interface OperatorItem {
  readonly kind: 'operator';
  readonly op: BinaryOp;
  readonly join: (left: Expr, right: Expr) => Expr;
}

export type Item =
  | OperatorItem
  | { readonly kind: 'sign'; readonly negative: boolean; readonly at: number }
  /** With its @, offset and [] applied. */
  | { readonly kind: 'operand'; readonly expr: Expr };

const signStrength = 5;
const strengths: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

export interface JoinRules {
  readonly signed: (negative: boolean, of: Expr, at: number) => Expr;
  /** Called where the row ends too early; must throw. */
  readonly incomplete: () => never;
}

export function joinItems(items: readonly Item[], rules: JoinRules): Expr {
  const cursor = { at: 0 };
  return joinFrom(items, cursor, 1, rules);
}

function joinFrom(items: readonly Item[], cursor: { at: number }, weakest: number, rules: JoinRules): Expr {
  const first = items[cursor.at++];
  if (first === undefined || first.kind === 'operator') return rules.incomplete();
  let left =
    first.kind === 'operand'
      ? first.expr
      : rules.signed(first.negative, joinFrom(items, cursor, signStrength + 1, rules), first.at);
  for (;;) {
    const next = items[cursor.at];
    if (next?.kind !== 'operator') return left;
    const strength = strengths[next.op];
    if (strength < weakest) return left;
    cursor.at++;
    const right = joinFrom(items, cursor, next.op === '^' ? strength : strength + 1, rules);
    left = next.join(left, right);
  }
}
