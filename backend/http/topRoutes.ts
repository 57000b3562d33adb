/**
 * GET /api/v1/top and GET /api/v1/function: the functions that take most, and one of them in full.
 *
 * Shape:  both: query=name:type:unit:periodType:periodUnit{labels}; from and until as attime has them (now-1h, milliseconds,
 *         seconds), by default the last hour; callSite once per function name from the root; keep, drop, focus and hide,
 *         regular expressions on function names; sample=auto, exact or the share of profiles to read.
 *
 *         /api/v1/top: limit (50), by=total or self, groupBy once per label, groups (20, at most 500), offset=1w to compare
 *         with so much earlier.
 *         {"profileType", "unit", "from", "until",
 *          "groups": [{"labels": {"pod": "a"}, "total", "totalBefore", "matchedShare",
 *                      "estimate": {"exact", "sampledFraction", "errorBound"},
 *                      "functions": [{"name", "self", "total", "selfShare", "totalShare", "shareError", "delta",
 *                                     "before": {"self", "total", "selfShare", "totalShare", "shareError"}}]}],
 *          "groupsLeftOut": 0}
 *         totalBefore, before and delta stand there with an offset alone; delta is the total share now less than before.
 *
 *         /api/v1/function: name; limit (100) of callers and callees; points (200) of the series.
 *         {"profileType", "unit", "from", "until", "name", "self", "total", "whole", "selfShare", "totalShare",
 *          "matchedShare", "estimate", "callers": [{"name", "total", "share"}], "callees": the same,
 *          "series": [{"time", "total", "whole", "share"}]}
 * Units:  sums are Int64 in the profile type's unit, as text, as the RPCs have them; shares from 0 to 1; times in
 *         milliseconds.
 * Errors: Connect's JSON: 400 for what cannot be read, 404 for a function that no stack has.
 */
import { InputError } from '../errors.ts';
import type { Estimate } from '../model/estimate.ts';
import { formatProfileType } from '../model/profileType.ts';
import type { MergeQuestion } from '../model/question.ts';
import { millisOfNanos } from '../model/time.ts';
import { functionDetails } from '../query/functionDetails.ts';
import type { Neighbour } from '../query/functionDetails.ts';
import type { QuestionContext } from '../query/questionContext.ts';
import { topFunctions } from '../query/topFunctions.ts';
import type { FunctionShare, TopGroup } from '../query/topFunctions.ts';
import { readAttime } from '../wire/ingest/attime.ts';
import { readTypedSelector } from '../wire/pyroscope/typedSelector.ts';
import type { HttpRequest, HttpRoute } from './httpRoutes.ts';
import { jsonError } from './httpRoutes.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer } from './plainAnswer.ts';
import { readExtras, readFilter } from './questionExtras.ts';
import type { QuestionRoom } from './questionRoom.ts';
import type { TenantsOf } from './tenant.ts';

const hourMillis = 3_600_000;

export function createTopRoutes(room: QuestionRoom, tenantsOf: TenantsOf): readonly HttpRoute[] {
  const get = (path: string, answer: (asking: Asking) => Promise<PlainAnswer>): HttpRoute => ({
    path,
    method: 'GET',
    answer: (request) => answer({ room, tenant: tenantsOf(request.sender.tenant), request }),
    errorAnswer: jsonError,
  });
  return [get('/api/v1/top', answerTop), get('/api/v1/function', answerFunction)];
}

interface Asking {
  readonly room: QuestionRoom;
  readonly tenant: string;
  readonly request: HttpRequest;
}

async function answerTop(asking: Asking): Promise<PlainAnswer> {
  const { query } = asking.request;
  const question = {
    ...readQuestion(asking),
    groupBy: query.getAll('groupBy').filter((name) => name !== ''),
    groups: readCount(query, 'groups', 20),
    limit: readCount(query, 'limit', 50),
    by: readBy(query.get('by')),
    offsetMillis: readOffset(query.get('offset'), asking.room.now()),
  };
  const { groups, groupsLeftOut } = await ask(asking, (context) => topFunctions(context, question));
  return jsonAnswer({ ...headOf(question), groups: groups.map(writeGroup), groupsLeftOut });
}

async function answerFunction(asking: Asking): Promise<PlainAnswer> {
  const { query } = asking.request;
  const name = query.get('name') ?? '';
  if (name === '') throw new InputError('invalid_argument', 'name is missing: the name of a function');
  const question = {
    ...readQuestion(asking),
    name,
    limit: readCount(query, 'limit', 100),
    points: readCount(query, 'points', 200),
  };
  const { whole, self, total, ...details } = await ask(asking, (context) => functionDetails(context, question));
  const share = (value: bigint): number => (whole === 0n ? 0 : Number(value) / Number(whole));
  return jsonAnswer({
    ...headOf(question),
    name,
    self: `${self}`,
    total: `${total}`,
    whole: `${whole}`,
    selfShare: share(self),
    totalShare: share(total),
    matchedShare: details.matchedShare,
    estimate: writeEstimate(details.estimate),
    callers: details.callers.map(writeNeighbour),
    callees: details.callees.map(writeNeighbour),
    series: details.series.map((point) => ({
      time: point.timeMillis,
      total: `${point.total}`,
      whole: `${point.whole}`,
      share: point.share,
    })),
  });
}

function ask<T>({ room, request }: Asking, question: (context: QuestionContext) => Promise<T>): Promise<T> {
  const { query, signal } = request;
  // What the headers tell of RPCs stands in the body.
  const extras = readExtras(query.get('sample'), readFilter(query), () => undefined);
  return room.ask((context) => question({ ...context, extras }), signal);
}

function readQuestion({ room, tenant, request: { query } }: Asking): MergeQuestion {
  const text = query.get('query') ?? '';
  if (text === '') throw new InputError('invalid_argument', 'query is missing: type{labels}');
  const now = room.now();
  const until = query.get('until') ?? 'now';
  const endMillis = millisOfNanos(readAttime(until, now));
  const from = query.get('from');
  const startMillis = from === null ? endMillis - hourMillis : millisOfNanos(readAttime(from, now));
  return { tenant, ...readTypedSelector(text), startMillis, endMillis, callSite: query.getAll('callSite') };
}

function readCount(query: URLSearchParams, name: string, usual: number): number {
  const text = query.get(name);
  if (text === null || text === '') return usual;
  if (!/^\d{1,6}$/.test(text))
    throw new InputError(
      'invalid_argument',
      `${name}: expected a whole number, got ${JSON.stringify(text.slice(0, 32))}`,
    );
  return Number(text);
}

function readBy(text: string | null): 'total' | 'self' {
  if (text === null || text === '' || text === 'total') return 'total';
  if (text === 'self') return 'self';
  throw new InputError('invalid_argument', `by: expected total or self, got ${JSON.stringify(text.slice(0, 32))}`);
}

function readOffset(text: string | null, nowMillis: number): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,6}[A-Za-z]+$/.test(text))
    throw new InputError(
      'invalid_argument',
      `offset: expected a duration as 1w or 2h, got ${JSON.stringify(text.slice(0, 32))}`,
    );
  return nowMillis - millisOfNanos(readAttime(`now-${text}`, nowMillis));
}

const headOf = ({ profileType, startMillis, endMillis }: MergeQuestion) => ({
  profileType: formatProfileType(profileType),
  unit: profileType.sampleUnit,
  from: startMillis,
  until: endMillis,
});

const writeEstimate = ({ exact, sampledShare, errorBound }: Estimate) => ({
  exact,
  sampledFraction: sampledShare,
  errorBound,
});

const writeShare = ({ self, total, selfShare, totalShare, shareError }: FunctionShare) => ({
  self: `${self}`,
  total: `${total}`,
  selfShare,
  totalShare,
  shareError,
});

const writeNeighbour = ({ name, total, share }: Neighbour) => ({ name, total: `${total}`, share });

const writeGroup = ({ labels, total, totalBefore, matchedShare, estimate, functions }: TopGroup) => ({
  labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
  total: `${total}`,
  ...(totalBefore !== undefined && { totalBefore: `${totalBefore}` }),
  matchedShare,
  estimate: writeEstimate(estimate),
  functions: functions.map(({ name, before, delta, ...share }) => ({
    name,
    ...writeShare(share),
    ...(before !== undefined && { delta, before: writeShare(before) }),
  })),
});
