/**
 * Reads PromQL by Prometheus' own grammar into a tree of our own, and refuses what is not evaluated here, by name.
 *
 * Errors: InputError invalid_argument ("1:5: parse error: ..."), unimplemented for what is refused.
 * Source: @prometheus-io/lezer-promql 0.315; meaning and messages of Prometheus 2.42, promql/parser.
 */
import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { InputError } from '../errors.ts';
import type { AggregateOp, Expr } from './ast.ts';
import { checkAggregate, checkCall, checkNegated } from './checkTypes.ts';
import { functions, refusedAggregations, refusedFunctions } from './functions.ts';
import { readNumber } from './literals.ts';
import { childrenOf, textOf } from './nodes.ts';
import { joinItems } from './operators.ts';
import type { Item } from './operators.ts';
import { applyPostfix, postfixNodes } from './readPostfix.ts';
import { readOperator } from './readOperator.ts';
import { readLabelNames, readSelector, readText } from './readSelector.ts';
import { parseError, refusal } from './syntaxError.ts';
import type { Source } from './syntaxError.ts';

const longestExpression = 32_768;
/** Parentheses, arguments and brackets inside each other. */
const deepest = 64;
/** Operands in all: it also bounds how deep a chain of operators becomes. */
const mostOperands = 1_000;

interface Reading extends Source {
  depth: number;
  operands: number;
}

export function parsePromql(text: string): Expr {
  if (text.length > longestExpression) {
    throw new InputError('invalid_argument', `expression is longer than ${longestExpression} characters`);
  }
  const reading: Reading = { text, depth: 0, operands: 0 };
  if (text.replace(/#.*/g, '').trim() === '') throw parseError(reading, 0, 'no expression found in input');
  const { topNode } = parser.parse(text);
  checkErrors(reading, topNode);
  const [root] = childrenOf(topNode);
  if (root === undefined) throw parseError(reading, 0, 'unexpected end of input');
  return readExpr(reading, root);
}

function checkErrors(source: Source, top: SyntaxNode): void {
  const cursor = top.cursor();
  do {
    if (!cursor.type.isError) continue;
    const { from } = cursor;
    const rest = source.text.slice(from).trimStart();
    const name = /([a-zA-Z_][a-zA-Z0-9_]*)\s*$/.exec(source.text.slice(Math.max(0, from - 200), from))?.[1];
    if (name !== undefined && rest.startsWith('(')) {
      const why = refusedFunctions.get(name);
      if (why !== undefined) throw refusal(source, from - name.length, `function ${name}`, why);
      throw parseError(source, from - name.length, `unknown function with name "${name}"`);
    }
    const word = /^(\w+|[^\s\w]+)/.exec(rest)?.[0];
    throw parseError(
      source,
      from,
      word === undefined ? 'unexpected end of input' : `unexpected ${JSON.stringify(word.slice(0, 50))}`,
    );
  } while (cursor.next());
}

function readExpr(reading: Reading, node: SyntaxNode): Expr {
  if (++reading.depth > deepest) throw parseError(reading, node.from, `nested deeper than ${deepest}`);
  const expr = joinItems(flatten(reading, node), {
    signed: (negative, of, at) => checkNegated(reading, negative, of, at),
    incomplete: () => {
      throw parseError(reading, node.to, 'unexpected end of input');
    },
  });
  reading.depth--;
  return expr;
}

/** Nodes that are taken apart, from the last to the first, so that the next one is popped. */
function flatten(reading: Reading, root: SyntaxNode): readonly Item[] {
  const items: Item[] = [];
  const waiting: (SyntaxNode | Item | { readonly kind: 'postfix'; readonly node: SyntaxNode })[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('kind' in next) {
      if (next.kind !== 'postfix') items.push(next);
      else applyToLast(reading, items, next.node);
      continue;
    }
    const children = childrenOf(next);
    const [first] = children;
    const last = children.at(-1);
    if (next.name === 'BinaryExpr' && first !== undefined && last !== undefined) {
      waiting.push(last, readOperator(reading, next), first);
    } else if (next.name === 'UnaryExpr' && first !== undefined && last !== undefined) {
      waiting.push(last);
      items.push({ kind: 'sign', negative: textOf(reading, first) === '-', at: first.from });
    } else if (postfixNodes.has(next.name) && first !== undefined) {
      waiting.push({ kind: 'postfix', node: next }, first);
    } else items.push(...readOperand(reading, next));
  }
  return items;
}

/** What stands behind an operand belongs to that operand alone, whatever the grammar's tree says. */
function applyToLast(reading: Reading, items: Item[], node: SyntaxNode): void {
  const last = items.pop();
  if (last?.kind !== 'operand') throw parseError(reading, node.from, 'unexpected modifier');
  items.push({ kind: 'operand', expr: applyPostfix(reading, node, last.expr) });
}

function readOperand(reading: Reading, node: SyntaxNode): readonly Item[] {
  if (++reading.operands > mostOperands) throw parseError(reading, node.from, `more than ${mostOperands} operands`);
  if (node.name !== 'NumberDurationLiteral') return [{ kind: 'operand', expr: readTerm(reading, node) }];
  const text = textOf(reading, node);
  const digits = text.replace(/^[+-]/, '').trimStart();
  const value = readNumber(digits);
  if (value === undefined)
    throw refusal(reading, node.from, `the number ${digits}`, 'it is newer than Prometheus 2.42');
  const operand: Item = { kind: 'operand', expr: { kind: 'number', value } };
  return digits === text ? [operand] : [{ kind: 'sign', negative: text.startsWith('-'), at: node.from }, operand];
}

function readTerm(reading: Reading, node: SyntaxNode): Expr {
  switch (node.name) {
    case 'ParenExpr': {
      const [inside] = childrenOf(node);
      if (inside === undefined) break;
      // A selector in parentheses is done: nothing may be put behind it any more.
      return { kind: 'paren', of: readExpr(reading, inside) };
    }
    case 'VectorSelector':
      return readSelector(reading, node);
    case 'StringLiteral':
      return { kind: 'string', value: readText(reading, node) };
    case 'FunctionCall':
      return readCall(reading, node);
    case 'AggregateExpr':
      return readAggregate(reading, node);
    default:
  }
  throw refusal(reading, node.from, node.name, 'it is newer than Prometheus 2.42');
}

function readCall(reading: Reading, node: SyntaxNode): Expr {
  const [identifier, body] = childrenOf(node);
  const name = identifier === undefined ? '' : textOf(reading, identifier);
  const why = refusedFunctions.get(name);
  if (why !== undefined) throw refusal(reading, node.from, `function ${name}`, why);
  const signature = functions.get(name);
  if (signature === undefined) throw refusal(reading, node.from, `function ${name}`, 'it is not known here');
  const args = body === undefined ? [] : childrenOf(body).map((child) => readExpr(reading, child));
  return checkCall(reading, node.from, { kind: 'call', name, args }, signature);
}

const aggregations: ReadonlyMap<string, AggregateOp> = new Map(
  (['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'quantile'] as const).map(
    (op) => [op, op],
  ),
);

function readAggregate(reading: Reading, node: SyntaxNode): Expr {
  const children = childrenOf(node);
  const find = (name: string): SyntaxNode | undefined => children.find((child) => child.name === name);
  const opNode = find('AggregateOp');
  const name = opNode === undefined ? '' : textOf(reading, opNode).toLowerCase();
  const op = aggregations.get(name);
  if (op === undefined) {
    throw refusal(reading, node.from, `aggregation ${name}`, refusedAggregations.get(name) ?? 'it is not known here');
  }
  const modifier = find('AggregateModifier');
  const [how, grouping] = modifier === undefined ? [] : childrenOf(modifier);
  const body = find('FunctionCallBody');
  const args = body === undefined ? [] : childrenOf(body).map((child) => readExpr(reading, child));
  return checkAggregate(reading, node.from, op, args, {
    without: how?.name === 'Without',
    labels: grouping === undefined ? [] : readLabelNames(reading, grouping),
  });
}
