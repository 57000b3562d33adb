/**
 * Answers of Prometheus' API as JSON: the envelope, values as text, times in seconds.
 *
 * Source: prometheus.io/docs/prometheus/latest/querying/api; statuses of Prometheus 2.42, web/api/v1/api.go (respondError).
 */
import type { ErrorCode, InputError } from '../errors.ts';
import type { Labels } from '../model/labels.ts';
import type { AnswerSeries, QueryAnswer } from '../promql/query.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer } from './plainAnswer.ts';

const errors: Readonly<Record<ErrorCode, readonly [status: number, errorType: string]>> = {
  invalid_argument: [400, 'bad_data'],
  unauthenticated: [401, 'unauthorized'],
  not_found: [404, 'not_found'],
  already_exists: [409, 'bad_data'],
  failed_precondition: [422, 'execution'],
  payload_too_large: [413, 'bad_data'],
  // Known PromQL that is not evaluated here, and encodings nobody sends to this API.
  unimplemented: [422, 'execution'],
  resource_exhausted: [422, 'execution'],
  canceled: [503, 'canceled'],
  unavailable: [503, 'unavailable'],
  deadline_exceeded: [503, 'timeout'],
};

export function prometheusError({ code, message }: InputError): PlainAnswer {
  const [status, errorType] = errors[code];
  return jsonAnswer({ status: 'error', errorType, error: message }, status);
}

export function prometheusSuccess(data: unknown, warnings: readonly string[] = []): PlainAnswer {
  return jsonAnswer({ status: 'success', data, ...(warnings.length > 0 && { warnings }) });
}

/** Put together as text: a chart has a hundred thousand points. */
export function prometheusResult(answer: QueryAnswer): PlainAnswer {
  const data = `{"resultType":"${answer.kind}","result":${resultOf(answer)}}`;
  return { status: 200, contentType: 'application/json', body: `{"status":"success","data":${data}}` };
}

function resultOf(answer: QueryAnswer): string {
  switch (answer.kind) {
    case 'scalar':
      return point(answer.timeMillis, answer.value);
    case 'string':
      return `[${answer.timeMillis / 1_000},${JSON.stringify(answer.value)}]`;
    case 'vector':
      return `[${answer.series
        .map(
          ({ labels, times, values }) =>
            `{"metric":${metricOf(labels)},"value":${point(times[0] ?? 0, values[0] ?? NaN)}}`,
        )
        .join()}]`;
    case 'matrix':
      return `[${answer.series
        .map((series) => `{"metric":${metricOf(series.labels)},"values":[${pointsOf(series)}]}`)
        .join()}]`;
  }
}

const pointsOf = ({ times, values }: AnswerSeries): string =>
  Array.from(times, (time, i) => point(time, values[i] ?? NaN)).join();

const point = (timeMillis: number, value: number): string => `[${timeMillis / 1_000},"${valueText(value)}"]`;

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

export const labelsObject = (labels: Labels): Readonly<Record<string, string>> =>
  Object.fromEntries(labels.map(({ name, value }) => [name, value]));

const metricOf = (labels: Labels): string => JSON.stringify(labelsObject(labels));
