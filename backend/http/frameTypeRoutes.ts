/**
 * POST /api/v1/frame-types: what runs functions, as the agents that took the stacks said it.
 *
 * Shape:  {"names": ["main.main", "sys_read"], "from": milliseconds, "until": milliseconds} is answered with
 *         {"types": {"go": [0], "kernel": [1]}}: indexes into the names that were asked for. A function that nobody typed,
 *         or that was typed in two ways, is left out.
 * Errors: Connect's JSON: 400 for what cannot be read, and for more than 100,000 names.
 */
import { InputError } from '../errors.ts';
import { unixNanos } from '../model/time.ts';
import { checkJson } from './checkJson.ts';
import type { HttpRequest, HttpRoute } from './httpRoutes.ts';
import { jsonError } from './httpRoutes.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer } from './plainAnswer.ts';
import type { QuestionRoom } from './questionRoom.ts';
import type { TenantsOf } from './tenant.ts';

const mostNames = 100_000;
const longestBody = 16 * 2 ** 20;

export const createFrameTypeRoute = (room: QuestionRoom, tenantsOf: TenantsOf): HttpRoute => ({
  path: '/api/v1/frame-types',
  method: 'POST',
  packs: true,
  answer: (request) => answer(room, tenantsOf(request.sender.tenant), request),
  errorAnswer: jsonError,
});

async function answer(room: QuestionRoom, tenant: string, request: HttpRequest): Promise<PlainAnswer> {
  const { bytes } = await request.body(longestBody);
  const { names, from, until } = readAsked(bytes);
  const range = { start: nanosOf(from), end: nanosOf(until) };
  const found = await room.ask(({ store, signal }) => store.frameTypes(tenant, range, names, signal), request.signal);
  const typeOf = new Map<string, string>();
  // A name that has two types has none.
  for (const { name, type } of found) typeOf.set(name, typeOf.has(name) ? '' : type);
  const types: Record<string, number[]> = {};
  names.forEach((name, i) => {
    const type = typeOf.get(name) ?? '';
    if (type !== '') (types[type] ??= []).push(i);
  });
  return jsonAnswer({ types });
}

const nanosOf = (millis: number) => unixNanos(BigInt(Math.trunc(millis)) * 1_000_000n);

interface Asked {
  readonly names: readonly string[];
  readonly from: number;
  readonly until: number;
}

function readAsked(bytes: Uint8Array): Asked {
  checkJson(bytes);
  let asked: unknown;
  try {
    asked = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // What JSON.parse says quotes the body at length.
    throw new InputError('invalid_argument', 'the body is no JSON');
  }
  const fields: object = typeof asked === 'object' && asked !== null ? asked : {};
  const names: unknown = Reflect.get(fields, 'names');
  const [from, until] = ['from', 'until'].map((name): unknown => Reflect.get(fields, name));
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new InputError('invalid_argument', 'names: expected a list of function names');
  }
  if (names.length > mostNames) {
    throw new InputError('invalid_argument', `names: ${names.length}, more than ${mostNames}`);
  }
  if (!isMillis(from) || !isMillis(until)) {
    throw new InputError('invalid_argument', 'from and until: expected milliseconds since 1970');
  }
  return { names, from, until };
}

const isMillis = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e15;
