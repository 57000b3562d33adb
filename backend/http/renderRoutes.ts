/**
 * GET /pyroscope/render, /render-diff and /label-values: what exports, k6 scripts and Drilldown up to 2.2 ask.
 *
 * Shape:  query=type{labels}, from and until as attime has them. JSON in flamebearer form, or with format=dot Graphviz.
 * Errors: Connect's JSON, 400 for a query or range that is missing or wrong. maxNodes and aggregation that mean nothing are
 *         ignored, as Pyroscope does; what is no time is now there and refused here.
 * Source: reference pyroscope-api 1.10, 2.5 and correction 22.
 */
import { InputError } from '../errors.ts';
import { formatProfileType } from '../model/profileType.ts';
import type { ProfileType } from '../model/profileType.ts';
import type { MergeQuestion } from '../model/question.ts';
import { metricNameLabel } from '../model/labels.ts';
import { millisOfNanos, nanosOfMillis } from '../model/time.ts';
import { labelValues, profileTypes } from '../query/catalogQuestions.ts';
import { diffCallTrees, mergeCallTree } from '../query/mergeStacks.ts';
import type { QuestionContext } from '../query/questionContext.ts';
import { selectTimeline } from '../query/selectTimeline.ts';
import { readAttime } from '../wire/ingest/attime.ts';
import { readTypedSelector } from '../wire/pyroscope/typedSelector.ts';
import { flamebearerUnits, writeFlamebearer } from '../wire/pyroscope/writeFlamebearer.ts';
import { writeFlameGraph } from '../wire/pyroscope/writeFlameGraph.ts';
import { writeFlameGraphDiff } from '../wire/pyroscope/writeFlameGraphDiff.ts';
import type { HttpRequest, HttpRoute } from './httpRoutes.ts';
import { jsonError } from './httpRoutes.ts';
import { dotText } from './mergeAnswers.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer } from './plainAnswer.ts';
import type { QuestionRoom } from './questionRoom.ts';
import type { TenantsOf } from './tenant.ts';

const dayMillis = 86_400_000;

export function createRenderRoutes(room: QuestionRoom, tenantsOf: TenantsOf): readonly HttpRoute[] {
  const get = (path: string, answer: HttpRoute['answer']): HttpRoute => ({
    path,
    method: 'GET',
    answer,
    errorAnswer: jsonError,
    packs: true,
  });
  const tenantsIn = ({ sender }: HttpRequest): string => tenantsOf(sender.tenant);
  return [
    get('/pyroscope/render', (request) => render(room, tenantsIn(request), request)),
    get('/pyroscope/render-diff', (request) => renderDiff(room, tenantsIn(request), request)),
    get('/pyroscope/label-values', (request) => Promise.resolve(valuesOf(room, tenantsIn(request), request.query))),
  ];
}

async function render(room: QuestionRoom, tenant: string, { query, signal }: HttpRequest): Promise<PlainAnswer> {
  const question = readQuestion(tenant, query, room.now(), { query: 'query', from: 'from', until: 'until' });
  const maxNodes = readMaxNodes(query);
  if (query.get('format') === 'dot') {
    const text = await room.ask((context) => dotText(context, question, maxNodes), signal);
    return { status: 200, contentType: text === '' ? 'text/plain' : 'text/plain; charset=utf-8', body: text };
  }
  const groupBy = query.getAll('groupBy').filter((name) => name !== '');
  const aggregation = query.get('aggregation') === 'avg' ? 'average' : 'sum';
  const ask = async (context: QuestionContext): Promise<string> => {
    const [tree, { timeline, groups }] = await Promise.all([
      mergeCallTree(context, question, maxNodes),
      selectTimeline(context, question, { groupBy, aggregation }),
    ]);
    return writeFlamebearer(writeFlameGraph(tree), headOf(question.profileType), { timeline, groups: groups ?? null });
  };
  return { status: 200, contentType: 'application/json', body: await room.ask(ask, signal) };
}

async function renderDiff(room: QuestionRoom, tenant: string, { query, signal }: HttpRequest): Promise<PlainAnswer> {
  const side = (name: 'left' | 'right'): MergeQuestion =>
    readQuestion(tenant, query, room.now(), { query: `${name}Query`, from: `${name}From`, until: `${name}Until` });
  const [left, right] = [side('left'), side('right')];
  if (formatProfileType(left.profileType) !== formatProfileType(right.profileType))
    throw new InputError('invalid_argument', 'profile types must match');
  const pair = await room.ask((context) => diffCallTrees(context, left, right, readMaxNodes(query)), signal);
  const { leftTicks, rightTicks, ...graph } = writeFlameGraphDiff(pair);
  const body = writeFlamebearer({ ...graph, ticks: { left: leftTicks, right: rightTicks } }, headOf(left.profileType));
  return { status: 200, contentType: 'application/json', body };
}

/** Of the last day: Pyroscope takes the last hour and can tell profile types alone. */
function valuesOf({ store, now }: QuestionRoom, tenant: string, query: URLSearchParams): PlainAnswer {
  const label = query.get('label') ?? '';
  if (label === '') throw new InputError('invalid_argument', 'label parameter is required');
  const end = now();
  const range = { start: nanosOfMillis(end - dayMillis), end: nanosOfMillis(end) };
  const question = { tenant, matchers: [], range };
  return jsonAnswer(
    label === metricNameLabel ? profileTypes(store.catalog, question) : labelValues(store.catalog, question, label),
  );
}

function readQuestion(
  tenant: string,
  query: URLSearchParams,
  nowMillis: number,
  names: { readonly query: string; readonly from: string; readonly until: string },
): MergeQuestion {
  const text = query.get(names.query) ?? '';
  if (text === '') throw new InputError('invalid_argument', `"${names.query}" is required`);
  const time = (name: string): number => millisOfNanos(readAttime(query.get(name) ?? undefined, nowMillis));
  return {
    tenant,
    ...readTypedSelector(text),
    startMillis: time(names.from),
    endMillis: time(names.until),
    callSite: [],
  };
}

/** Both spellings; what is no number is the default. */
function readMaxNodes(query: URLSearchParams): number | undefined {
  const text = query.get('max-nodes') ?? query.get('maxNodes') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const headOf = ({ sampleType, sampleUnit }: ProfileType) => ({
  name: sampleType,
  spyName: '',
  ...flamebearerUnits(sampleType, sampleUnit),
});
