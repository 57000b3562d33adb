/**
 * Which type an expression has, and whether its parts fit together.
 *
 * Errors: InputError invalid_argument with the place.
 * Source: Prometheus 2.42, promql/parser/parse.go, checkAST.
 */
import type {
  AggregateExpr,
  AggregateOp,
  BinaryExpr,
  BinaryOp,
  CallExpr,
  ComparisonOp,
  Expr,
  SetOp,
  ValueType,
} from './ast.ts';
import type { FunctionSignature } from './functions.ts';
import { parseError } from './syntaxError.ts';
import type { Source } from './syntaxError.ts';
import { functions } from './functions.ts';

const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};
export const typeName = (expr: Expr): string => typeNames[typeOf(expr)];

export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregate':
      return 'vector';
    case 'range':
    case 'subquery':
      return 'matrix';
    case 'negate':
    case 'paren':
      return typeOf(expr.of);
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'call':
      return functions.get(expr.name)?.returns ?? 'vector';
  }
}

export const isComparison = (op: BinaryOp): op is ComparisonOp => /^(==|!=|[<>]=?)$/.test(op);
export const isSetOp = (op: BinaryOp): op is SetOp => op === 'and' || op === 'or' || op === 'unless';

export function checkNegated(source: Source, negative: boolean, of: Expr, at: number): Expr {
  const type = typeOf(of);
  if (type !== 'scalar' && type !== 'vector') {
    const message = `unary expression only allowed on expressions of type scalar or instant vector, got "${typeNames[type]}"`;
    throw parseError(source, at, message);
  }
  if (!negative) return of;
  return of.kind === 'number' ? { kind: 'number', value: -of.value } : { kind: 'negate', of };
}

export function checkBinary(source: Source, at: number, expr: BinaryExpr): BinaryExpr {
  const { op, returnBool, matching } = expr;
  const fail = (message: string) => parseError(source, at, message);
  const left = typeOf(expr.left);
  const right = typeOf(expr.right);
  if (returnBool && !isComparison(op)) throw fail('bool modifier can only be used on comparison operators');
  if (isComparison(op) && !returnBool && left === 'scalar' && right === 'scalar') {
    throw fail('comparisons between scalars must use BOOL modifier');
  }
  for (const type of [left, right]) {
    if (type !== 'scalar' && type !== 'vector') {
      throw fail('binary expression must contain only scalar and instant vector types');
    }
  }
  const bothVectors = left === 'vector' && right === 'vector';
  if (!bothVectors && matching !== undefined && matching.labels.length > 0) {
    throw fail('vector matching only allowed between instant vectors');
  }
  if (isSetOp(op)) {
    if (!bothVectors) throw fail(`set operator "${op}" not allowed in binary scalar expression`);
    if (matching !== undefined && matching.cardinality !== 'one-to-one') {
      throw fail(`no grouping allowed for "${op}" operation`);
    }
  }
  return expr;
}

export function checkCall(source: Source, at: number, call: CallExpr, signature: FunctionSignature): CallExpr {
  const { name, args } = call;
  const most = signature.args.length;
  const least = signature.repeats ? most - 1 : most - signature.optional;
  const given = `"${name}", got ${args.length}`;
  if (args.length < least || (!signature.repeats && args.length > most)) {
    if (least === most) throw parseError(source, at, `expected ${least} argument(s) in call to ${given}`);
    const bound = args.length < least ? `at least ${least}` : `at most ${most}`;
    throw parseError(source, at, `expected ${bound} argument(s) in call to ${given}`);
  }
  args.forEach((arg, i) => {
    const wanted = signature.args[Math.min(i, most - 1)];
    if (wanted !== undefined) expectType(source, at, arg, wanted, `call to function "${name}"`);
  });
  return call;
}

const parameterOf: Partial<Record<AggregateOp, ValueType>> = { topk: 'scalar', bottomk: 'scalar', quantile: 'scalar' };

export function checkAggregate(
  source: Source,
  at: number,
  op: AggregateOp,
  args: readonly Expr[],
  grouping: Pick<AggregateExpr, 'without' | 'labels'>,
): AggregateExpr {
  const wanted = parameterOf[op];
  const count = wanted === undefined ? 1 : 2;
  if (args.length !== count) {
    const message =
      args.length === 0
        ? 'no arguments for aggregate expression provided'
        : `wrong number of arguments for aggregate expression provided, expected ${count}, got ${args.length}`;
    throw parseError(source, at, message);
  }
  const of = args[count - 1];
  const parameter = count === 2 ? args[0] : undefined;
  if (of === undefined) throw parseError(source, at, 'no arguments for aggregate expression provided');
  expectType(source, at, of, 'vector', 'aggregation expression');
  if (parameter !== undefined && wanted !== undefined)
    expectType(source, at, parameter, wanted, 'aggregation parameter');
  return { kind: 'aggregate', op, parameter, of, ...grouping };
}

function expectType(source: Source, at: number, expr: Expr, wanted: ValueType, where: string): void {
  const type = typeOf(expr);
  if (type === wanted) return;
  throw parseError(source, at, `expected type ${typeNames[wanted]} in ${where}, got ${typeNames[type]}`);
}
