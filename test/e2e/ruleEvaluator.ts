/**
 * Evaluates an alert rule as Grafana's scheduler does: asks its queries, computes its expressions, keeps the state of each
 * instance.
 *
 * Source: grafana/grafana 12.3: pkg/services/ngalert/eval (eval.go: headers, no data, conditions) and state (state.go:
 *         resultNormal, resultAlerting), pkg/promlib/client and models (instant queries), HTTPClientMiddleware (which headers
 *         go on to a data source).
 */
import type { AlertRule, RuleQuery } from '../provisionedRules.ts';
import { expressionsUid } from '../provisionedRules.ts';
import { contains, evaluateExpression } from './grafanaExpressions.ts';
import type { RuleLabels, RuleNumber, RuleValue } from './grafanaExpressions.ts';
import type { ReadFrame, RunningPlugin } from './pluginHost.ts';

/** What a data source answers; none: no data. */
export type AskSource = (query: RuleQuery, atMillis: number, rule: AlertRule) => Promise<readonly RuleValue[]>;

export interface Instance {
  readonly labels: RuleLabels;
  readonly isFiring: boolean;
  /** What templates of annotations may name. */
  readonly values: Readonly<Record<string, number>>;
}
export type Evaluated =
  { readonly kind: 'noData' } | { readonly kind: 'instances'; readonly instances: readonly Instance[] };

export async function evaluateRule(rule: AlertRule, atMillis: number, ask: AskSource): Promise<Evaluated> {
  const results = new Map<string, readonly RuleValue[]>();
  for (const query of rule.data.filter(({ datasourceUid }) => datasourceUid !== expressionsUid)) {
    const values = await ask(query, atMillis, rule);
    // One query without data is enough, whatever it is for.
    if (values.length === 0) return { kind: 'noData' };
    results.set(query.refId, values);
  }
  const valuesOf = (refId: string): readonly RuleValue[] => {
    const known = results.get(refId);
    if (known !== undefined) return known;
    const query = rule.data.find((each) => each.refId === refId);
    if (query === undefined) throw new Error(`there is no ${refId} in ${rule.uid}`);
    const values = evaluateExpression(query, valuesOf);
    results.set(refId, values);
    return values;
  };
  const condition = valuesOf(rule.condition);
  if (condition.length === 0) return { kind: 'noData' };
  const numbers = [...results].flatMap(([refId, values]) =>
    values.flatMap((value) => (value.kind === 'number' ? [{ refId, value }] : [])),
  );
  const instances = condition.map(({ labels, ...rest }): Instance => {
    if (!('value' in rest) || rest.value === undefined)
      throw new Error(`${rule.uid}: no value for ${JSON.stringify(labels)}`);
    return { labels, isFiring: rest.value !== 0, values: capturedFor(labels, numbers) };
  });
  return { kind: 'instances', instances };
}

function capturedFor(
  labels: RuleLabels,
  numbers: readonly { readonly refId: string; readonly value: RuleNumber }[],
): Readonly<Record<string, number>> {
  const fitting = numbers.filter(({ value }) => contains(labels, value.labels) || contains(value.labels, labels));
  return Object.fromEntries(
    fitting.flatMap(({ refId, value: { value } }) => (value === undefined ? [] : [[refId, value]])),
  );
}

export type AlertState = 'Normal' | 'Pending' | 'Alerting';

export interface Transition {
  readonly atMillis: number;
  readonly from: AlertState;
  readonly to: AlertState;
  readonly instance: Instance;
}

const unitMillis: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const durationMillis = (text: string): number => Number(text.slice(0, -1)) * (unitMillis[text.slice(-1)] ?? NaN);

/** One rule through time. */
export class RuleStates {
  readonly #rule: AlertRule;
  readonly #states = new Map<string, { state: AlertState; sinceMillis: number }>();
  readonly transitions: Transition[] = [];

  constructor(rule: AlertRule) {
    this.#rule = rule;
  }

  take(evaluated: Evaluated, atMillis: number): void {
    if (evaluated.kind === 'noData') {
      // The state of rules that call it OK.
      if (this.#rule.noDataState !== 'OK') throw new Error(`no data, which is ${this.#rule.noDataState}`);
      for (const key of this.#states.keys()) {
        const labels = JSON.parse(key) as RuleLabels;
        this.#move({ labels, isFiring: false, values: {} }, atMillis);
      }
      return;
    }
    for (const instance of evaluated.instances) this.#move(instance, atMillis);
  }

  #move(instance: Instance, atMillis: number): void {
    const key = JSON.stringify(instance.labels);
    const before = this.#states.get(key) ?? { state: 'Normal', sinceMillis: atMillis };
    const state = this.#next(before.state, atMillis - before.sinceMillis, instance.isFiring);
    if (state === before.state) {
      this.#states.set(key, before);
      return;
    }
    this.#states.set(key, { state, sinceMillis: atMillis });
    this.transitions.push({ atMillis, from: before.state, to: state, instance });
  }

  #next(state: AlertState, forMillis: number, isFiring: boolean): AlertState {
    if (!isFiring) return 'Normal';
    const wanted = durationMillis(this.#rule.for);
    if (state === 'Normal') return wanted > 0 ? 'Pending' : 'Alerting';
    return state === 'Pending' && forMillis < wanted ? 'Pending' : 'Alerting';
  }
}

const ruleHeaders = ({ uid, title }: AlertRule): Readonly<Record<string, string>> => ({
  'X-Rule-Uid': uid,
  'X-Rule-Name': encodeURIComponent(title),
  'X-Rule-Folder': 'Pyrolens',
  'X-Rule-Source': 'scheduler',
  'X-Rule-Type': 'alerting',
  'X-Rule-Version': '1',
});

/** Grafana's Prometheus data source: instant queries, by the method that its settings name. */
export function askPrometheus(url: string, method: () => 'GET' | 'POST'): AskSource {
  return async (query, atMillis, rule) => {
    if (query.model['instant'] !== true || query.model['range'] !== false) throw new Error('not an instant query');
    const end = atMillis - (query.relativeTimeRange?.to ?? 0) * 1_000;
    const form = new URLSearchParams({ query: String(query.model['expr']), time: String(end / 1_000) });
    const headers = { 'user-agent': 'Grafana/12.3.3', FromAlert: 'true', ...ruleHeaders(rule) };
    const address = `${url}/api/v1/query`;
    const response = await (method() === 'POST'
      ? fetch(address, { method: 'POST', headers, body: form })
      : fetch(`${address}?${form.toString()}`, { headers }));
    const answer = (await response.json()) as PrometheusAnswer;
    if (answer.status !== 'success') throw new Error(`${query.refId}: ${response.status} ${answer.error}`);
    if (answer.data.resultType !== 'vector') throw new Error(`${query.refId} is a ${answer.data.resultType}`);
    return answer.data.result.map(({ metric, value }) => ({ kind: 'number', labels: metric, value: Number(value[1]) }));
  };
}

type PrometheusAnswer =
  | {
      readonly status: 'success';
      readonly data: {
        readonly resultType: string;
        readonly result: readonly { readonly metric: RuleLabels; readonly value: readonly [number, string] }[];
      };
    }
  | { readonly status: 'error'; readonly error: string };

/** A backend plugin over gRPC: each query in a request of its own, as Grafana sends them. */
export function askBackend(plugin: RunningPlugin, settings: { readonly jsonData?: object } = {}): AskSource {
  return async (query, atMillis, rule) => {
    const { from, to } = query.relativeTimeRange ?? { from: 0, to: 0 };
    const rulesOwn = Object.entries(ruleHeaders(rule)).map(([name, value]) => [`http_${name}`, value] as const);
    const headers = {
      FromAlert: 'true',
      'X-Cache-Skip': 'true',
      'X-Grafana-Org-Id': '1',
      ...Object.fromEntries(rulesOwn),
    };
    // What Grafana adds to a saved query that has none.
    const model = { intervalMs: 1_000, maxDataPoints: 43_200, ...query.model };
    const asked = {
      refId: query.refId,
      from: atMillis - from * 1_000,
      to: atMillis - to * 1_000,
      intervalMs: 1_000,
      model,
    };
    const answer = (await plugin.queryData({ ...settings, headers, queries: [asked] }))[query.refId];
    if (answer === undefined || answer.error !== '') throw new Error(`${query.refId}: ${answer?.error ?? 'no answer'}`);
    return answer.frames.map(valueOfFrame);
  };
}

/** Frames of the kinds timeseries-multi and numeric-multi; others are refused to rules. */
function valueOfFrame({ meta, fields }: ReadFrame): RuleValue {
  const { type } = meta as { readonly type?: string };
  const values = (fields.at(-1)?.values ?? []).map(Number);
  const labels = (fields.at(-1)?.labels ?? {}) as RuleLabels;
  if (type === 'timeseries-multi' && fields.length === 2) return { kind: 'series', labels, values };
  if (type === 'numeric-multi' && fields.length === 1) return { kind: 'number', labels, value: values[0] };
  throw new Error(`a frame of type ${String(type)} with ${fields.length} fields`);
}
