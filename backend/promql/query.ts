/**
 * The two questions of Prometheus' API: an expression at a moment, and at every step of a range.
 *
 * Units:  milliseconds since 1970; a step may be a fraction of a second, not of a millisecond.
 * Errors: InputError: invalid_argument (syntax, step, resolution), unimplemented (refused PromQL), failed_precondition and
 *         resource_exhausted (execution), canceled.
 * Source: Prometheus 2.42, web/api/v1 (query, query_range) and promql/engine.go (execEvalStmt).
 */
import { InputError, invariant } from '../errors.ts';
import type { Labels } from '../model/labels.ts';
import type { Expr } from './ast.ts';
import { typeName, typeOf } from './checkTypes.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation, Steps } from './evaluation.ts';
import { createWork, timeAt } from './evaluation.ts';
import { compareLabelSets } from './labelSets.ts';
import { parsePromql } from './parse.ts';
import type { SampleSource } from './sampleSource.ts';
import type { MatrixValue, Value } from './value.ts';

export interface QueryOptions {
  readonly source: SampleSource;
  readonly lookbackMillis: number;
  /** Points that a query may read and make, together. */
  readonly mostPoints: number;
  readonly mostSteps: number;
  readonly signal?: AbortSignal;
  /** When time is over, as performance.now() has it: no timer fires while an expression is worked out. */
  readonly deadline?: number;
}

export interface AnswerSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export type QueryAnswer =
  | { readonly kind: 'scalar'; readonly timeMillis: number; readonly value: number }
  | { readonly kind: 'string'; readonly timeMillis: number; readonly value: string }
  /** One point a series. */
  | { readonly kind: 'vector'; readonly series: readonly AnswerSeries[] }
  | { readonly kind: 'matrix'; readonly series: readonly AnswerSeries[] };

/** Prometheus' evaluation_interval when nobody sets it. */
const subqueryStepMillis = 60_000;

export async function instantQuery(text: string, timeMillis: number, options: QueryOptions): Promise<QueryAnswer> {
  const expr = parsePromql(text);
  const steps: Steps = { startMillis: timeMillis, stepMillis: 1, count: 1 };
  const value = await evaluate(expr, steps, evaluationOf(options, timeMillis, timeMillis));
  switch (value.kind) {
    case 'scalar':
      return { kind: 'scalar', timeMillis, value: value.values[0] ?? NaN };
    case 'string':
      return { kind: 'string', timeMillis, value: value.value };
    case 'matrix':
      return { kind: 'matrix', series: sortSeries(windowsOf(value)) };
    case 'vector':
      return { kind: 'vector', series: answerSeries(value, steps) };
  }
}

export interface RangeQuestion {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
}

export async function rangeQuery(
  text: string,
  { startMillis, endMillis, stepMillis }: RangeQuestion,
  options: QueryOptions,
): Promise<QueryAnswer> {
  if (endMillis < startMillis) {
    throw new InputError('invalid_argument', 'end timestamp must not be before start time');
  }
  if (!(stepMillis > 0)) {
    throw new InputError(
      'invalid_argument',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  const intervals = Math.floor((endMillis - startMillis) / stepMillis);
  if (!(intervals <= options.mostSteps)) {
    throw new InputError(
      'invalid_argument',
      `exceeded maximum resolution of ${options.mostSteps.toLocaleString('en-US')} points per timeseries. Try decreasing the query resolution (?step=XX): ${intervals + 1} points were asked for (--max-promql-steps)`,
    );
  }
  const expr = parsePromql(text);
  checkRangeType(expr);
  const steps: Steps = { startMillis, stepMillis, count: intervals + 1 };
  const value = await evaluate(expr, steps, evaluationOf(options, startMillis, endMillis));
  return { kind: 'matrix', series: sortSeries(answerSeries(value, steps)) };
}

function checkRangeType(expr: Expr): void {
  const type = typeOf(expr);
  if (type === 'scalar' || type === 'vector') return;
  const message = `invalid expression type "${typeName(expr)}" for range query, must be Scalar or instant Vector`;
  throw new InputError('invalid_argument', message);
}

function evaluationOf(
  { source, lookbackMillis, mostPoints, signal, deadline }: QueryOptions,
  startMillis: number,
  endMillis: number,
): Evaluation {
  const work = createWork(mostPoints, signal, deadline);
  return { source, startMillis, endMillis, lookbackMillis, subqueryStepMillis, work, signal };
}

function answerSeries(value: Value, steps: Steps): readonly AnswerSeries[] {
  if (value.kind === 'scalar') {
    const times = value.values.map((_, step) => timeAt(steps, step));
    return [{ labels: [], times, values: value.values }];
  }
  invariant(value.kind === 'vector', 'types were checked when the expression was read');
  return value.series.flatMap(({ labels, values, present }) => {
    const count = present.reduce((sum, flag) => sum + flag, 0);
    if (count === 0) return [];
    const answer = { labels, times: new Float64Array(count), values: new Float64Array(count) };
    let at = 0;
    for (let step = 0; step < steps.count; step++) {
      if (present[step] !== 1) continue;
      answer.times[at] = timeAt(steps, step);
      answer.values[at++] = values[step] ?? NaN;
    }
    return [answer];
  });
}

/** The samples that a range selector alone has at the one moment. */
function windowsOf({ series, ends, rangeMillis }: MatrixValue): readonly AnswerSeries[] {
  const end = ends[0] ?? 0;
  return series.flatMap(({ labels, times, values }) => {
    const isInside = times.map((time) => (time >= end - rangeMillis && time <= end ? 1 : 0));
    const first = isInside.indexOf(1);
    if (first < 0) return [];
    const last = isInside.lastIndexOf(1) + 1;
    return [{ labels, times: times.slice(first, last), values: values.slice(first, last) }];
  });
}

const sortSeries = (series: readonly AnswerSeries[]): readonly AnswerSeries[] =>
  [...series].sort((a, b) => compareLabelSets(a.labels, b.labels));
