/**
 * Data.QueryData: each query becomes frames or a failure; one query's failure does not cost the others their answers.
 *
 * Shape:  what a rule asks for (FromAlert) must be time series: a flame graph is refused by name, and "both" answers its series.
 */
import { InputError } from '../errors.ts';
import { mergeCallTree } from '../query/mergeStacks.ts';
import type { QuestionContext } from '../query/questionContext.ts';
import { selectSeries } from '../query/selectSeries.ts';
import type { DataFrame } from './dataFrame.ts';
import { flameGraphFrames } from './flameGraphFrame.ts';
import { intervalMillis } from './interval.ts';
import type { Failure, QueryAnswer } from './pluginAnswers.ts';
import { writeQueryDataResponse } from './pluginAnswers.ts';
import type { DataQuery, DataSourceSettings, QueryDataRequest } from './pluginRequests.ts';
import type { AskedQuery } from './questions.ts';
import { mergeQuestion, seriesQuestion } from './questions.ts';
import { textOf } from './readFields.ts';
import { readSavedQuery } from './savedQuery.ts';
import { seriesFrames } from './seriesFrames.ts';
import { writeArrowFrame } from './writeArrowFrame.ts';

export interface QueryOptions {
  /** Asks when there is room for a question. */
  readonly ask: <T>(question: (context: QuestionContext) => Promise<T>, signal: AbortSignal) => Promise<T>;
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
  for (const query of request.queries) answers.push(await answerQuery(query, request, options, signal));
  return writeQueryDataResponse(answers);
}

async function answerQuery(
  query: DataQuery,
  { settings, headers }: QueryDataRequest,
  { ask, tenantOf, explain }: QueryOptions,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const { refId } = query;
  try {
    const asked = readAsked(query, settings, tenantOf(settings));
    const isForAlert = headers.get('FromAlert') === 'true';
    const frames = await ask((context) => framesOf(context, asked, isForAlert), signal);
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
  };
}

async function framesOf(
  context: QuestionContext,
  asked: AskedQuery,
  isForAlert: boolean,
): Promise<readonly DataFrame[]> {
  const series = async () => seriesFrames(asked, await selectSeries(context, seriesQuestion(asked)));
  const flameGraph = async () =>
    flameGraphFrames(asked, await mergeCallTree(context, mergeQuestion(asked), asked.query.maxNodes));
  switch (asked.query.queryType) {
    case 'metrics':
      return series();
    case 'both':
      return isForAlert ? series() : [...(await series()), ...(await flameGraph())];
    case 'profile':
      if (isForAlert) throw notForAlerts(asked);
      return flameGraph();
    default:
      throw new InputError('unimplemented', `query type ${asked.query.queryType} is not for the server side`);
  }
}

const notForAlerts = ({ query }: AskedQuery): InputError =>
  new InputError(
    'invalid_argument',
    `a rule needs numbers, and the query type ${query.queryType} has none: choose metrics or function share`,
  );
