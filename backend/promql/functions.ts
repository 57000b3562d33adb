/**
 * The functions of PromQL that are evaluated, with what they take and give, and the ones that are known and refused.
 *
 * Source: Prometheus 2.42, promql/parser/functions.go; the refused ones also from the grammar of 3.x.
 */
import type { ValueType } from './ast.ts';

export interface FunctionSignature {
  readonly args: readonly ValueType[];
  /** So many of the last arguments may be missing. */
  readonly optional: number;
  /** The last argument may stand any number of times, also none. */
  readonly repeats: boolean;
  readonly returns: ValueType;
}

const signature = (args: readonly ValueType[], rest: Partial<FunctionSignature> = {}): FunctionSignature => ({
  args,
  optional: 0,
  repeats: false,
  returns: 'vector',
  ...rest,
});

const ofVector = signature(['vector']);
const ofMatrix = signature(['matrix']);
const ofDate = signature(['vector'], { optional: 1 });

export const functions: ReadonlyMap<string, FunctionSignature> = new Map<string, FunctionSignature>([
  ...[
    ['abs', 'absent', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'ceil', 'cos', 'cosh', 'deg', 'exp'],
    ['floor', 'ln', 'log10', 'log2', 'rad', 'sgn', 'sin', 'sinh', 'sort', 'sort_desc', 'sqrt', 'tan', 'tanh'],
    ['timestamp'],
  ]
    .flat()
    .map((name) => [name, ofVector] as const),
  ...[
    ['rate', 'increase', 'delta', 'irate', 'idelta', 'deriv', 'changes', 'resets', 'absent_over_time'],
    ['avg_over_time', 'count_over_time', 'last_over_time', 'max_over_time', 'min_over_time', 'present_over_time'],
    ['stddev_over_time', 'stdvar_over_time', 'sum_over_time'],
  ]
    .flat()
    .map((name) => [name, ofMatrix] as const),
  ...['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'].map(
    (name) => [name, ofDate] as const,
  ),
  ['clamp', signature(['vector', 'scalar', 'scalar'])],
  ['clamp_max', signature(['vector', 'scalar'])],
  ['clamp_min', signature(['vector', 'scalar'])],
  ['label_join', signature(['vector', 'string', 'string', 'string'], { repeats: true })],
  ['label_replace', signature(['vector', 'string', 'string', 'string', 'string'])],
  ['pi', signature([], { returns: 'scalar' })],
  ['predict_linear', signature(['matrix', 'scalar'])],
  ['quantile_over_time', signature(['scalar', 'matrix'])],
  ['round', signature(['vector', 'scalar'], { optional: 1 })],
  ['scalar', signature(['vector'], { returns: 'scalar' })],
  ['time', signature([], { returns: 'scalar' })],
  ['vector', signature(['scalar'])],
]);

/** Known to Prometheus, and not evaluated here: what they are about is said to whoever asks. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  ...['quantile', 'quantiles', 'fraction', 'count', 'sum', 'avg', 'stddev', 'stdvar'].map(
    (name) => [`histogram_${name}`, 'there are no histograms here'] as const,
  ),
  ['holt_winters', 'smoothing is not supported'],
  ['double_exponential_smoothing', 'smoothing is not supported'],
  ['info', 'there are no info metrics here'],
  ...[
    ['first_over_time', 'mad_over_time', 'ts_of_first_over_time', 'ts_of_last_over_time', 'ts_of_max_over_time'],
    ['ts_of_min_over_time', 'sort_by_label', 'sort_by_label_desc', 'start_timestamp', 'range', 'step', 'start', 'end'],
  ]
    .flat()
    .map((name) => [name, 'it is newer than Prometheus 2.42'] as const),
]);

export const refusedAggregations: ReadonlyMap<string, string> = new Map([
  ['count_values', 'use count by a label instead'],
  ['limitk', 'it is newer than Prometheus 2.42'],
  ['limit_ratio', 'it is newer than Prometheus 2.42'],
]);
