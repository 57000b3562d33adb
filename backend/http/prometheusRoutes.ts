/**
 * Prometheus' HTTP API over profiles, so that Grafana's own data source, its dashboards and its alerting work on them.
 *
 * Shape:  /prometheus/api/v1/..., GET and POST with a form. What there is not (rules, alerts, exemplars) is an empty answer.
 * Errors: Prometheus' envelope and statuses: 400 bad_data, 422 execution, 503 timeout, canceled and unavailable.
 * Source: prometheus.io/docs/prometheus/latest/querying/api at 2.42; which calls Grafana makes: grafana/grafana
 *         pkg/promlib/client (reference: grafana-plugins 2, 3).
 */
import { InputError } from '../errors.ts';
import { metricLabelNames, metricLabelValues, metricSeries } from '../metrics/metricsCatalog.ts';
import type { MetricsCatalogContext, MetricsCatalogQuestion } from '../metrics/metricsCatalog.ts';
import { metrics as metricTable } from '../metrics/metricTable.ts';
import type { ProfileMetrics } from '../metrics/profileMetrics.ts';
import { recordedHelp } from '../metrics/recordedGroups.ts';
import { recordedMetricsOf } from '../metrics/recordedSource.ts';
import type { RecordedBook } from '../metrics/recordedSource.ts';
import { nanosOfMillis } from '../model/time.ts';
import { instantQuery, rangeQuery } from '../promql/query.ts';
import type { QueryAnswer, QueryOptions } from '../promql/query.ts';
import type { SampleSource } from '../promql/sampleSource.ts';
import type { HttpRequest, HttpRoute } from './httpRoutes.ts';
import type { BuildInfo } from '../buildInfo.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import {
  needTime,
  parseParameter,
  readForm,
  readLength,
  readSelectors,
  readTime,
  wrongParameter,
} from './prometheusForm.ts';
import type { Form } from './prometheusForm.ts';
import { askInTime, promqlBounds } from './promqlRoom.ts';
import type { QuestionRoom } from './questionRoom.ts';
import type { TenantsOf } from './tenant.ts';
import { labelsObject, prometheusError, prometheusResult, prometheusSuccess } from './writePrometheus.ts';

export interface RecordedView {
  readonly recorded: RecordedBook;
  readonly sourceOf: (base: SampleSource, tenants: string) => SampleSource;
}

export interface PrometheusRoutesOptions extends QuestionRoom {
  readonly metrics: Pick<ProfileMetrics, 'sourceOf'>;
  /** Metrics that rules record, among those of profiles. */
  readonly rules: RecordedView;
  readonly tenantsOf: TenantsOf;
  readonly build: BuildInfo;
}

const mostSeriesListed = 10_000;
/** Functions are listed of the last hour when no time is given. */
const functionListMillis = 3_600_000;

const root = '/prometheus/api/v1';

interface Asked {
  readonly form: Form;
  readonly tenant: string;
  readonly request: HttpRequest;
}

export function createPrometheusRoutes(options: PrometheusRoutesOptions): readonly HttpRoute[] {
  const { tenantsOf } = options;
  const route = (path: string, answer: (asked: Asked) => Promise<PlainAnswer> | PlainAnswer): HttpRoute => ({
    path: `${root}/${path}`,
    method: 'GET, POST',
    answer: async (request) =>
      answer({ form: await readForm(request), tenant: tenantsOf(request.sender.tenant), request }),
    errorAnswer: prometheusError,
  });
  return [
    route('query', (asked) => answerQuery(asked, options)),
    route('query_range', (asked) => answerQueryRange(asked, options)),
    route('query_exemplars', ({ form }) => {
      needQuery(form);
      return prometheusSuccess([]);
    }),
    route('series', (asked) => answerSeries(asked, options)),
    route('labels', (asked) => {
      const names = metricLabelNames(catalogOf(asked, options), catalogQuestion(asked));
      return limited(names, asked.form);
    }),
    route('label/', (asked) => answerLabelValues(asked, options)),
    route('metadata', (asked) => answerMetadata(asked, options)),
    route('status/buildinfo', () => prometheusSuccess(describeBuild(options.build))),
    route('rules', () => prometheusSuccess({ groups: [] })),
    route('alerts', () => prometheusSuccess({ alerts: [] })),
  ];
}

function needQuery(form: Form): string {
  const text = form.get('query') ?? '';
  parseParameter('query', text);
  return text;
}

function answerQuery(asked: Asked, options: PrometheusRoutesOptions): Promise<PlainAnswer> {
  const { form } = asked;
  const time = readTime(form, 'time') ?? options.now();
  const text = needQuery(form);
  return withTimeout(asked, options, (query) => instantQuery(text, time, query));
}

function answerQueryRange(asked: Asked, options: PrometheusRoutesOptions): Promise<PlainAnswer> {
  const { form } = asked;
  const startMillis = needTime(form, 'start');
  const endMillis = needTime(form, 'end');
  if (endMillis < startMillis) throw wrongParameter('end', 'end timestamp must not be before start time');
  const stepMillis = readLength(form, 'step');
  if (stepMillis === undefined) throw wrongParameter('step', 'cannot parse "" to a valid duration');
  if (!(stepMillis > 0)) {
    throw wrongParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  const length = endMillis - startMillis;
  if (length > options.limits.queryLengthMillis) {
    throw new InputError(
      'failed_precondition',
      `the query time range of ${length} ms exceeds the limit of ${options.limits.queryLengthMillis} ms (--max-query-length)`,
    );
  }
  const text = needQuery(form);
  return withTimeout(asked, options, (query) => rangeQuery(text, { startMillis, endMillis, stepMillis }, query));
}

function withTimeout(
  { form, tenant, request }: Asked,
  { metrics, rules, ...room }: PrometheusRoutesOptions,
  ask: (query: QueryOptions) => Promise<QueryAnswer>,
): Promise<PlainAnswer> {
  const source = rules.sourceOf(metrics.sourceOf(tenant), tenant);
  const { limits } = room;
  const answer = (until: Pick<QueryOptions, 'signal' | 'deadline'>): Promise<QueryAnswer> =>
    room.ask(() => ask({ source, ...promqlBounds(limits), ...until }), until.signal ?? request.signal);
  return askInTime(limits, request.signal, answer, readLength(form, 'timeout')).then(prometheusResult);
}

const catalogOf = ({ request }: Asked, { store, memory, rules }: PrometheusRoutesOptions): MetricsCatalogContext => ({
  store,
  memory,
  recorded: rules.recorded,
  signal: request.signal,
});

function catalogQuestion({ form, tenant }: Asked): MetricsCatalogQuestion {
  const start = readTime(form, 'start');
  const end = readTime(form, 'end');
  if (start !== undefined && end !== undefined && end < start) {
    throw wrongParameter('end', 'end timestamp must not be before start time');
  }
  // Without an end of their own, ranges are open: years that int64 nanoseconds hold.
  const range =
    start === undefined && end === undefined
      ? undefined
      : { start: nanosOfMillis(start ?? -9e12), end: nanosOfMillis(end ?? 9e12) };
  return { tenant, selectors: readSelectors(form), range };
}

function answerSeries(asked: Asked, options: PrometheusRoutesOptions): PlainAnswer {
  const question = catalogQuestion(asked);
  if (question.selectors.length === 0) throw new InputError('invalid_argument', 'no match[] parameter provided');
  const sets = metricSeries(catalogOf(asked, options), question, mostSeriesListed);
  return limited(sets.map(labelsObject), asked.form, sets.length >= mostSeriesListed);
}

async function answerLabelValues(asked: Asked, options: PrometheusRoutesOptions): Promise<PlainAnswer> {
  const { path } = asked.request;
  const name = /^\/([^/]+)\/values$/.exec(path.slice(`${root}/label`.length))?.[1];
  if (name === undefined) throw new InputError('not_found', '404 page not found');
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
    throw new InputError('invalid_argument', `invalid label name: ${JSON.stringify(name.slice(0, 200))}`);
  }
  const question = catalogQuestion(asked);
  const now = options.now();
  const lastHour = { start: nanosOfMillis(now - functionListMillis), end: nanosOfMillis(now) };
  const range = question.range ?? (name === 'function' ? lastHour : undefined);
  const values = await options.ask(
    () => metricLabelValues(catalogOf(asked, options), { ...question, range }, name),
    asked.request.signal,
  );
  return limited(values, asked.form);
}

/** What is cut off is said in a warning, as newer Prometheus does for its `limit`. */
function limited(items: readonly unknown[], form: Form, wasCut = false): PlainAnswer {
  const limit = Number(form.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0) throw wrongParameter('limit', 'limit must be a whole number');
  const kept = limit > 0 ? items.slice(0, limit) : items;
  const warnings = wasCut || kept.length < items.length ? ['results truncated due to limit'] : [];
  return prometheusSuccess(kept, warnings);
}

function answerMetadata({ form, tenant }: Asked, { rules }: PrometheusRoutesOptions): PlainAnswer {
  const metric = form.get('metric');
  const limit = form.get('limit') === undefined ? Infinity : Number(form.get('limit'));
  if (Number.isNaN(limit)) throw new InputError('invalid_argument', 'limit must be a number');
  const recorded = recordedMetricsOf(rules.recorded, tenant);
  const ofRules = recorded.map((one) => ({ name: one.name, help: recordedHelp(one), unit: '' }));
  const told = [...metricTable, ...ofRules]
    .filter(({ name }) => metric === undefined || metric === name)
    .slice(0, Math.max(0, limit))
    .map(({ name, help, unit }) => [name, [{ type: 'gauge', help, unit }]] as const);
  return prometheusSuccess(Object.fromEntries(told));
}

/** Grafana decides by the version which calls it may make; ours is that of the API that is served. */
const describeBuild = ({ version, revision }: BuildInfo) => ({
  version: '2.42.0',
  revision: `pyrolens-${version}-${revision}`,
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
});
