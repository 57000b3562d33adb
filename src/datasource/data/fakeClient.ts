/** A server of fixed answers for tests: what has none is a question that the server lacks. */
import type { Observable } from 'rxjs';
import { defer, of, throwError } from 'rxjs';
import type { QuerierClient } from './querierClient.ts';
import { QuerierError } from './querierClient.ts';

export type Asked = readonly [method: string, body: unknown];

type Answers = Partial<Record<keyof QuerierClient, (...asked: readonly unknown[]) => unknown>>;

/** Every call is noted in `asked` when it is sent. */
export function fakeClient(answers: Answers, asked: Asked[] = []): QuerierClient {
  const answer =
    (method: keyof QuerierClient) =>
    (...given: readonly unknown[]): Observable<never> =>
      defer((): Observable<never> => {
        asked.push([method, given.at(-1)]);
        const made = answers[method];
        if (made === undefined) return throwError(() => unknownQuestion);
        return of<never[]>(made(...given) as never);
      });
  return {
    profileTypes: answer('profileTypes'),
    labelNames: answer('labelNames'),
    labelValues: answer('labelValues'),
    series: answer('series'),
    selectSeries: answer('selectSeries'),
    selectMergeStacktraces: answer('selectMergeStacktraces'),
    selectMergeSpanProfile: answer('selectMergeSpanProfile'),
    diff: answer('diff'),
    selectHeatmap: answer('selectHeatmap'),
    profileStats: answer('profileStats'),
    promRange: answer('promRange'),
    top: answer('top'),
    frameTypes: answer('frameTypes'),
    estimateRule: answer('estimateRule'),
    upsertRule: answer('upsertRule'),
    recentIngest: answer('recentIngest'),
    buildInfo: answer('buildInfo'),
    ready: answer('ready'),
  };
}

const unknownQuestion = new QuerierError({ status: 501, message: 'unknown question', serverMessage: undefined });
