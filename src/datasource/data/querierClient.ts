/**
 * Asks querier.v1.QuerierService over Connect's JSON, and Pyrolens' own routes, through Grafana's data source proxy, which
 * adds URL and token.
 *
 * Errors: the observable fails with an Error whose message explainFailure wrote. Unsubscribing cancels the request.
 */
import type { BackendSrv } from '@grafana/runtime';
import type { Observable } from 'rxjs';
import { catchError, map, throwError } from 'rxjs';
import type { FlameGraphAnswer } from '../../flamegraph/decodeLevels.ts';
import type { Accuracy } from './accuracy.ts';
import { accuracyHeader, readAccuracy } from './accuracy.ts';
import type { Exemplar } from './exemplarFrames.ts';
import type { DiffAnswer } from './diffFrame.ts';
import type { Failure } from './explainFailure.ts';
import { explainFailure } from './explainFailure.ts';
import type { LabelPair, SeriesAnswer } from './frames.ts';
import type { HeatmapSeriesAnswer } from './heatmapFrames.ts';
import type { PromAnswer } from './promAnswer.ts';
import type { RecordingRuleBody, RuleEstimate, SavedRule } from './recordingRules.ts';
import type {
  CatalogBody,
  DiffBody,
  HeatmapBody,
  LabelValuesBody,
  RangeBody,
  SelectSeriesBody,
  SeriesBody,
  StacktracesBody,
} from './requests.ts';
import { createShare } from './shareRequests.ts';
import type { TopAnswer } from './topAnswer.ts';

export class QuerierError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Whether the server lacks the question, rather than refuses it. */
export const isUnknownQuestion = (error: unknown): boolean =>
  error instanceof QuerierError && [404, 405, 415, 501].includes(error.failure.status);

/** protobuf's JSON leaves empty lists out. */
export interface ProfileTypesAnswer {
  readonly profileTypes?: readonly { readonly ID?: string }[];
}
interface NamesAnswer {
  readonly names?: readonly string[];
}
export interface ProfileStats {
  readonly dataIngested?: boolean;
  readonly oldestProfileTime?: string;
  readonly newestProfileTime?: string;
}
export interface PointExemplars {
  readonly exemplars?: readonly Exemplar[];
}
/** What was summed, and how exactly, which Pyrolens tells in a header. */
interface Summed<Graph> {
  readonly flamegraph?: Graph;
  readonly accuracy?: Accuracy;
}

export interface FrameTypesBody {
  readonly names: readonly string[];
  readonly from: number;
  readonly until: number;
}
export interface FrameTypesAnswer {
  readonly types?: Readonly<Record<string, readonly number[]>>;
}

export interface QuerierClient {
  profileTypes(body: RangeBody): Observable<ProfileTypesAnswer>;
  labelNames(body: CatalogBody): Observable<NamesAnswer>;
  labelValues(body: LabelValuesBody): Observable<NamesAnswer>;
  series(
    body: SeriesBody,
  ): Observable<{ readonly labelsSet?: readonly { readonly labels?: readonly LabelPair[] }[] }>;
  selectSeries(body: SelectSeriesBody): Observable<{ readonly series?: readonly SeriesAnswer[] }>;
  selectMergeStacktraces(body: StacktracesBody): Observable<Summed<FlameGraphAnswer>>;
  selectMergeSpanProfile(body: StacktracesBody): Observable<Summed<FlameGraphAnswer>>;
  diff(body: DiffBody): Observable<Summed<DiffAnswer>>;
  selectHeatmap(body: HeatmapBody): Observable<{ readonly series?: readonly HeatmapSeriesAnswer[] }>;
  profileStats(): Observable<ProfileStats>;
  /** PromQL over time; `path` is where the server answers it. */
  promRange(path: string, parameters: Readonly<Record<string, string>>): Observable<PromAnswer>;
  /** Pyrolens' own: what costs most, exactly. */
  top(parameters: URLSearchParams): Observable<TopAnswer>;
  /** Pyrolens' own: by type, indexes into the names that were asked for. */
  frameTypes(body: FrameTypesBody): Observable<FrameTypesAnswer>;
  /** Pyrolens' own: how many series a rule would make. */
  estimateRule(body: RecordingRuleBody): Observable<RuleEstimate>;
  upsertRule(body: RecordingRuleBody): Observable<SavedRule>;
  /** Who sent what lately; any JSON. */
  recentIngest(): Observable<object>;
  /** Which server answers at the URL. */
  buildInfo(): Observable<{ readonly data?: { readonly version?: string } }>;
  /** Whether it can write: its own word. */
  ready(): Observable<string>;
}

const service = 'querier.v1.QuerierService';
type Fetch = () => Pick<BackendSrv, 'fetch'>;

export function createQuerierClient(url: string, backend: Fetch): QuerierClient {
  const ask = <T>(path: string, data?: object): Observable<T> =>
    send<T>(backend, `${url}/${path}`, data).pipe(map((response) => checkAnswer(response.data, response.status)));
  const call = <Body extends object, T>(method: string): ((body: Body) => Observable<T>) => {
    const share = createShare<T>();
    return (body) => share(JSON.stringify(body), () => ask<T>(`${service}/${method}`, body));
  };
  const sum = <Body extends object, Graph>(method: string): ((body: Body) => Observable<Summed<Graph>>) => {
    const share = createShare<Summed<Graph>>();
    return (body) =>
      share(JSON.stringify(body), () =>
        send<{ readonly flamegraph?: Graph }>(backend, `${url}/${service}/${method}`, body, sumHeaders).pipe(
          map(({ data, status, headers }) => {
            const accuracy = readAccuracy(headers.get(accuracyHeader));
            return { ...checkAnswer(data, status), ...(accuracy !== undefined && { accuracy }) };
          }),
        ),
      );
  };
  const profileStats = call<object, ProfileStats>('GetProfileStats');
  return {
    profileTypes: call('ProfileTypes'),
    labelNames: call('LabelNames'),
    labelValues: call('LabelValues'),
    series: call('Series'),
    selectSeries: call('SelectSeries'),
    selectMergeStacktraces: sum('SelectMergeStacktraces'),
    selectMergeSpanProfile: sum('SelectMergeSpanProfile'),
    diff: sum('Diff'),
    selectHeatmap: call('SelectHeatmap'),
    profileStats: () => profileStats({}),
    promRange: (path, parameters) =>
      ask(`${path.replace(/^\/+|\/+$/g, '')}/api/v1/query_range?${new URLSearchParams(parameters).toString()}`),
    top: (parameters) => ask(`api/v1/top?${parameters.toString()}`),
    frameTypes: (body) => ask('api/v1/frame-types', body),
    estimateRule: (body) => ask('api/v1/recording-rules/estimate', body),
    // Never shared as questions are: each is a change.
    upsertRule: (body) => ask('settings.v1.RecordingRulesService/UpsertRecordingRule', body),
    recentIngest: () => ask('api/v1/ingest/recent'),
    buildInfo: () => ask('api/v1/status/buildinfo'),
    ready: () => send<unknown>(backend, `${url}/ready`).pipe(map(({ data }) => String(data))),
  };
}

/** Only Pyrolens knows it: of an estimate, each frame shall say how far off it may be. */
const sumHeaders = { 'Pyrolens-Frame-Errors': 'on' };

function send<T>(backend: Fetch, url: string, data?: object, headers?: Readonly<Record<string, string>>) {
  return backend()
    .fetch<T>({
      url,
      method: data === undefined ? 'GET' : 'POST',
      ...(data !== undefined && { data, headers: { 'Content-Type': 'application/json', ...headers } }),
      showErrorAlert: false,
    })
    .pipe(catchError((error: unknown) => throwError(() => new QuerierError(explainFailure(error)))));
}

/** A page of HTML with status 200 is some other server's. */
function checkAnswer<T>(data: T, status: number): T {
  if (typeof data !== 'object' || data === null) {
    const message = 'The URL answers, but not as a profile server does: check the URL in the data source settings';
    throw new QuerierError({ status, message, serverMessage: undefined });
  }
  return data;
}
