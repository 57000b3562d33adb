/**
 * Operators on two numbers.
 *
 * Source: Go's math.Mod and math.Pow, which differ from JavaScript's ** in powers of 1 and -1.
 */
import type { ArithmeticOp, ComparisonOp } from './ast.ts';
import { isComparison } from './checkTypes.ts';

export function calculate(op: ArithmeticOp, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left === 1 || (left === -1 && Math.abs(right) === Infinity) ? 1 : left ** right;
    case 'atan2':
      return Math.atan2(left, right);
  }
}

export function compares(op: ComparisonOp, left: number, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
  }
}

/** Prometheus 2.42 forgets it for atan2, and so do we: answers are held against it. */
export const dropsMetricName = (op: ArithmeticOp | ComparisonOp, returnBool: boolean): boolean =>
  returnBool || !(isComparison(op) || op === 'atan2');
