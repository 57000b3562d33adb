/**
 * Asks querier.v1.QuerierService over Connect's JSON, through Grafana's data source proxy, which adds URL and token.
 *
 * Errors: the observable fails with an Error whose message explainFailure wrote. Unsubscribing cancels the request.
 */
import type { BackendSrv } from '@grafana/runtime';
import type { Observable } from 'rxjs';
import { catchError, map, throwError } from 'rxjs';
import type { FlameGraphAnswer } from '../../flamegraph/decodeLevels.ts';
import type { Failure } from './explainFailure.ts';
import { explainFailure } from './explainFailure.ts';
import type { SeriesAnswer } from './frames.ts';
import type { CatalogBody, LabelValuesBody, RangeBody, SelectSeriesBody, StacktracesBody } from './requests.ts';

export class QuerierError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** protobuf's JSON leaves empty lists out. */
export interface ProfileTypesAnswer {
  readonly profileTypes?: readonly { readonly ID?: string }[];
}
interface NamesAnswer {
  readonly names?: readonly string[];
}

export interface QuerierClient {
  profileTypes(body: RangeBody): Observable<ProfileTypesAnswer>;
  labelNames(body: CatalogBody): Observable<NamesAnswer>;
  labelValues(body: LabelValuesBody): Observable<NamesAnswer>;
  selectSeries(body: SelectSeriesBody): Observable<{ readonly series?: readonly SeriesAnswer[] }>;
  selectMergeStacktraces(body: StacktracesBody): Observable<{ readonly flamegraph?: FlameGraphAnswer }>;
  /** Which server answers at the URL. */
  buildInfo(): Observable<{ readonly data?: { readonly version?: string } }>;
}

export function createQuerierClient(url: string, backend: () => Pick<BackendSrv, 'fetch'>): QuerierClient {
  const ask = <T>(path: string, data?: object): Observable<T> =>
    backend()
      .fetch<T>({
        url: `${url}/${path}`,
        method: data === undefined ? 'GET' : 'POST',
        ...(data !== undefined && { data, headers: { 'Content-Type': 'application/json' } }),
        showErrorAlert: false,
      })
      .pipe(
        map((response) => checkAnswer(response.data, response.status)),
        catchError((error: unknown) =>
          throwError(() => (error instanceof QuerierError ? error : new QuerierError(explainFailure(error)))),
        ),
      );
  const call = <T>(method: string, body: object): Observable<T> =>
    ask<T>(`querier.v1.QuerierService/${method}`, body);
  return {
    profileTypes: (body) => call('ProfileTypes', body),
    labelNames: (body) => call('LabelNames', body),
    labelValues: (body) => call('LabelValues', body),
    selectSeries: (body) => call('SelectSeries', body),
    selectMergeStacktraces: (body) => call('SelectMergeStacktraces', body),
    buildInfo: () => ask('api/v1/status/buildinfo'),
  };
}

/** A page of HTML with status 200 is some other server's. */
function checkAnswer<T>(data: T, status: number): T {
  if (typeof data !== 'object' || data === null) {
    const message = 'The URL answers, but not as a profile server does: check the URL in the data source settings';
    throw new QuerierError({ status, message, serverMessage: undefined });
  }
  return data;
}
