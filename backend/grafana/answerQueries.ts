/**
 * Data.QueryData: each query becomes frames or a failure; one query's failure does not cost the others their answers.
 *
 * Source: what tells a rule's question from a panel's: reference grafana-plugins 1.4, header FromAlert.
 */
import type { QuestionContext } from '../query/questionContext.ts';
import { answerQuery } from './answerQuery.ts';
import type { AskMetrics } from './functionShare.ts';
import { intervalMillis } from './interval.ts';
import type { Failure, QueryAnswer } from './pluginAnswers.ts';
import { writeQueryDataResponse } from './pluginAnswers.ts';
import type { DataQuery, DataSourceSettings, QueryDataRequest } from './pluginRequests.ts';
import type { AskedQuery } from './questions.ts';
import { textOf } from './readFields.ts';
import { readSavedQuery } from './savedQuery.ts';
import { writeArrowFrame } from './writeArrowFrame.ts';

export interface QueryOptions {
  /** Asks when there is room for a question. */
  readonly ask: <T>(question: (context: QuestionContext) => Promise<T>, signal: AbortSignal) => Promise<T>;
  readonly askMetrics: AskMetrics;
  /** Checks the token of the data source and says whose data it is about. */
  readonly tenantOf: (settings: DataSourceSettings | undefined) => string;
  readonly explain: (error: unknown) => Failure;
}

/** As the data source's own default: agents send every 10 or 15 s. */
const defaultMinStep = '15s';

export async function answerQueries(
  request: QueryDataRequest,
  options: QueryOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const answers: QueryAnswer[] = [];
  // One after the other: a request of many queries takes no more of the machine at once than one of a single query.
  for (const query of request.queries) answers.push(await answerOne(query, request, options, signal));
  return writeQueryDataResponse(answers);
}

async function answerOne(
  query: DataQuery,
  { settings, headers }: QueryDataRequest,
  { ask, askMetrics, tenantOf, explain }: QueryOptions,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const { refId } = query;
  try {
    const asked = readAsked(query, settings, tenantOf(settings));
    const isForRule = headers.get('FromAlert') === 'true';
    const frames = await ask((context) => answerQuery(context, asked, isForRule, askMetrics), signal);
    return { refId, kind: 'frames', frames: frames.map(writeArrowFrame) };
  } catch (error) {
    // The protocol has a place for a query's failure; Grafana shows it at the query.
    return { refId, kind: 'failure', failure: explain(error) };
  }
}

function readAsked(query: DataQuery, settings: DataSourceSettings | undefined, tenant: string): AskedQuery {
  const saved = readSavedQuery(query.saved);
  const minStep = textOf(settings?.jsonData['minStep']) ?? defaultMinStep;
  // What is no interval does not count: the editor marks it, and the other bounds of a step decide.
  const least = [intervalMillis(minStep), intervalMillis(saved.step ?? '')].map((millis) => millis ?? 0);
  return {
    refId: query.refId,
    query: saved,
    tenant,
    startMillis: query.startMillis,
    endMillis: query.endMillis,
    stepSeconds: Math.max(query.intervalMillis, ...least, 1) / 1_000,
    target: { uid: settings?.uid ?? '', name: settings?.name ?? '' },
  };
}
