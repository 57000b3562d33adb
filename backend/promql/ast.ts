/**
 * A PromQL expression as read: frozen values, each with its kind. Order of operations is in the tree;
 * parentheses stay, because nothing may be put behind a selector in them.
 *
 * Units:  milliseconds; an offset points to the past when it is positive.
 * Source: Prometheus 2.42, promql/parser/ast.go (what there is), prometheus.io/docs/prometheus/latest/querying/basics.
 */
import type { Matchers } from '../model/selector.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where `@` pins a selector: a moment, or an end of the whole query. */
export type Pin = { readonly kind: 'time'; readonly millis: number } | { readonly kind: 'start' | 'end' };

export interface Timing {
  readonly offsetMillis: number | undefined;
  readonly pin: Pin | undefined;
}

export interface VectorSelector extends Timing {
  readonly kind: 'selector';
  /** The metric name is the matcher on __name__. */
  readonly matchers: Matchers;
}

export interface MatrixSelector {
  readonly kind: 'range';
  readonly selector: VectorSelector;
  readonly rangeMillis: number;
}

export interface Subquery extends Timing {
  readonly kind: 'subquery';
  readonly of: Expr;
  readonly rangeMillis: number;
  /** undefined: the server's own interval. */
  readonly stepMillis: number | undefined;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '>' | '<=' | '>=';
export type SetOp = 'and' | 'or' | 'unless';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp;

export interface Matching {
  /** Compare these labels only (on), or all but these and the name (ignoring). */
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  /** Labels that the many side takes from the one side. */
  readonly include: readonly string[];
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** undefined: nothing was said, so all labels but the name. */
  readonly matching: Matching | undefined;
}

export type AggregateOp =
  'sum' | 'avg' | 'min' | 'max' | 'count' | 'group' | 'stddev' | 'stdvar' | 'topk' | 'bottomk' | 'quantile';

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  /** k of topk and bottomk, phi of quantile. */
  readonly parameter: Expr | undefined;
  readonly of: Expr;
  readonly without: boolean;
  readonly labels: readonly string[];
}

export interface CallExpr {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'negate'; readonly of: Expr }
  | { readonly kind: 'paren'; readonly of: Expr }
  | VectorSelector
  | MatrixSelector
  | Subquery
  | BinaryExpr
  | AggregateExpr
  | CallExpr;
