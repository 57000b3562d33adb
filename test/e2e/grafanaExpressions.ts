/**
 * Grafana's server-side expressions, as far as alert rules here use them: reduce, math, threshold.
 *
 * Source: grafana/grafana 12.3, pkg/expr (commands.go, threshold.go, mathexp/reduce.go and exp.go: union).
 */
import type { RuleQuery } from '../provisionedRules.ts';

export type RuleLabels = Readonly<Record<string, string>>;
export type RuleValue =
  | { readonly kind: 'series'; readonly labels: RuleLabels; readonly values: readonly number[] }
  | { readonly kind: 'number'; readonly labels: RuleLabels; readonly value: number | undefined };
export type RuleNumber = Extract<RuleValue, { readonly kind: 'number' }>;

export type ValuesOf = (refId: string) => readonly RuleValue[];

export function evaluateExpression({ model }: RuleQuery, valuesOf: ValuesOf): readonly RuleNumber[] {
  const expression = String(model['expression']);
  switch (model['type']) {
    case 'reduce':
      return valuesOf(expression).map((value) => reduce(value, String(model['reducer'])));
    case 'threshold': {
      const [condition] = model['conditions'] as readonly { readonly evaluator: Evaluator }[];
      if (condition === undefined) throw new Error('a threshold needs a condition');
      return valuesOf(expression).map((value) => compare(numberOf(value), condition.evaluator));
    }
    case 'math':
      return evaluateMath(expression, valuesOf);
    default:
      throw new Error(`expression of type ${String(model['type'])}`);
  }
}

interface Evaluator {
  readonly type: string;
  readonly params: readonly number[];
}

/** In the mode "dropNN": what is no number is left out, and nothing left is no data. */
function reduce(value: RuleValue, reducer: string): RuleNumber {
  if (value.kind === 'number') return value;
  const values = value.values.filter((each) => Number.isFinite(each));
  const of = (result: number | undefined): RuleNumber => ({ kind: 'number', labels: value.labels, value: result });
  switch (reducer) {
    case 'last':
      return of(values.at(-1));
    case 'mean':
      return of(values.length === 0 ? undefined : values.reduce((sum, each) => sum + each, 0) / values.length);
    case 'count':
      return of(values.length);
    default:
      throw new Error(`reducer ${reducer}`);
  }
}

function compare(number: RuleNumber, { type, params: [limit = NaN] }: Evaluator): RuleNumber {
  const test = { gt: (value: number) => value > limit, lt: (value: number) => value < limit }[type];
  if (test === undefined) throw new Error(`threshold ${type}`);
  return { ...number, value: number.value === undefined ? undefined : Number(test(number.value)) };
}

function numberOf(value: RuleValue): RuleNumber {
  if (value.kind === 'number') return value;
  throw new Error('only reduced data can be alerted on');
}

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];
const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

function evaluateMath(text: string, valuesOf: ValuesOf): readonly RuleNumber[] {
  const tokens = text.match(/\$\w+|\d+(?:\.\d+)?|\|\||&&|[=!<>]=|[-+*/<>()]|\S/g) ?? [];
  let at = 0;
  const take = (wanted: string): void => {
    if (tokens[at++] !== wanted) throw new Error(`math: expected ${wanted} in ${text}`);
  };
  const operand = (): readonly RuleNumber[] => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const inner = level(0);
      take(')');
      return inner;
    }
    if (token.startsWith('$')) return valuesOf(token.slice(1)).map(numberOf);
    if (!/^\d/.test(token)) throw new Error(`math: ${token} in ${text}`);
    return [{ kind: 'number', labels: {}, value: Number(token) }];
  };
  const level = (depth: number): readonly RuleNumber[] => {
    const operators = levels[depth];
    if (operators === undefined) return operand();
    let left = level(depth + 1);
    for (let token = tokens[at] ?? ''; operators.includes(token); token = tokens[at] ?? '') {
      at++;
      left = join(left, level(depth + 1), operations[token]);
    }
    return left;
  };
  const result = level(0);
  if (at < tokens.length) throw new Error(`math: ${tokens[at] ?? ''} in ${text}`);
  return result;
}

/** Pairs whose labels are equal, or one's of which contain the other's. */
function join(
  left: readonly RuleNumber[],
  right: readonly RuleNumber[],
  operation: ((a: number, b: number) => number) | undefined,
): readonly RuleNumber[] {
  if (operation === undefined) throw new Error('math: no such operator');
  return left.flatMap((a) =>
    right.flatMap((b): readonly RuleNumber[] => {
      const labels = contains(a.labels, b.labels) ? a.labels : contains(b.labels, a.labels) ? b.labels : undefined;
      if (labels === undefined) return [];
      const value = a.value === undefined || b.value === undefined ? undefined : operation(a.value, b.value);
      return [{ kind: 'number', labels, value }];
    }),
  );
}

export const contains = (all: RuleLabels, some: RuleLabels): boolean =>
  Object.entries(some).every(([name, value]) => all[name] === value);
