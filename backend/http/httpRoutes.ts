/**
 * Routes that are no RPCs: a path, a method, bytes in, a status and bytes out. The token, the limits and the forms of errors are
 * theirs as they are the RPCs'.
 *
 * Errors: what a route throws becomes the status of its code, in the route's own form; what is no InputError is a 500.
 */
import type { ErrorCode } from '../errors.ts';
import { InputError, invariant } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { chunksOf, pathOf } from './answerer.ts';
import type { Answerer, NodeRequest, NodeResponse } from './answerer.ts';
import type { CheckToken } from './auth.ts';
import type { BytesInFlight } from './bytesInFlight.ts';
import { unpackEncoded } from './contentEncoding.ts';
import { compressGzip } from './gzipCompression.ts';
import { namingSetting } from './namingSetting.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer, textAnswer, writePlain } from './plainAnswer.ts';
import { readBody } from './requestBody.ts';
import type { Sender } from './sender.ts';
import { senderOf } from './sender.ts';

export interface HttpRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  /** '' when there is none. */
  readonly contentType: string;
  readonly sender: Sender;
  /** Fires when the client has gone away. */
  readonly signal: AbortSignal;
  /** The whole body after Content-Encoding, both under the limit; the setting that the limit comes from, if it can be set. */
  body(limitBytes: number, setting?: string): Promise<HttpBody>;
  /** The body as it comes, not unpacked, for what is too large to hold. */
  chunks(): AsyncIterable<Uint8Array>;
}

export interface HttpBody {
  readonly bytes: Uint8Array;
  /** Bytes on the wire. */
  readonly wireBytes: number;
}

export interface HttpRoute {
  /** A path, or the beginning of paths when it ends in a slash. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'GET, POST';
  readonly answer: (request: HttpRequest) => Promise<PlainAnswer>;
  /** How it tells errors; text unless said otherwise. */
  readonly errorAnswer?: (error: InputError) => PlainAnswer;
  /** Whether large answers are packed for who takes gzip. */
  readonly packs?: boolean;
  /** Agents that cannot send a bearer token may send it in this header. */
  readonly tokenHeader?: string;
  /** Told of requests that were refused. */
  readonly onRefused?: (request: HttpRequest, error: InputError) => void;
}

export interface HttpRoutesOptions {
  readonly routes: readonly HttpRoute[];
  readonly checkToken: CheckToken;
  readonly inFlight: BytesInFlight;
  readonly limits: Limits;
  readonly log: Log;
}

const statuses: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  unauthenticated: 401,
  not_found: 404,
  already_exists: 409,
  failed_precondition: 412,
  payload_too_large: 413,
  unimplemented: 415,
  resource_exhausted: 429,
  canceled: 499,
  unavailable: 503,
  deadline_exceeded: 504,
};

export const statusOf = ({ code }: InputError): number => statuses[code];

/** As Connect tells errors, and Pyroscope those of its plain routes. */
export const jsonError = (error: InputError, status = statusOf(error)): PlainAnswer =>
  jsonAnswer({ code: error.code, message: error.message }, status);

export function createHttpRoutes(options: HttpRoutesOptions): Answerer {
  const exact = new Map(options.routes.map((route) => [route.path, route]));
  const prefixes = options.routes.filter(({ path }) => path.endsWith('/'));
  const find = (path: string): HttpRoute | undefined =>
    exact.get(path) ?? prefixes.find((route) => path.startsWith(route.path));
  return {
    routeOf: (path) => find(path)?.path,
    answer: async (request, response, name) => {
      const route = exact.get(name);
      invariant(route !== undefined, `no route ${name}`);
      try {
        if (!route.method.split(', ').includes(request.method ?? '')) {
          response.setHeader('allow', route.method);
          writePlain(response, { status: 405, body: '' });
        } else {
          const answer = await answerRoute(request, signalOf(response), route, options);
          writePlain(response, route.packs === true ? await packAnswer(answer, request) : answer);
        }
      } catch (error) {
        options.log.error('internal error', {
          route: name,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        if (response.headersSent) response.destroy();
        else writePlain(response, textAnswer(500, 'internal error; the server log has the details\n'));
      }
    },
  };
}

/** Below it gzip saves nothing that is worth the time. */
const leastPackedBytes = 1_024;

async function packAnswer(answer: PlainAnswer, { headers }: NodeRequest): Promise<PlainAnswer> {
  const accepted = String(headers['accept-encoding'] ?? '').split(',');
  const takesGzip = accepted.some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
  if (!takesGzip || answer.body.length < leastPackedBytes) return answer;
  return { ...answer, contentEncoding: 'gzip', body: await compressGzip(Buffer.from(answer.body)) };
}

function signalOf(response: NodeResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

async function answerRoute(
  request: NodeRequest,
  signal: AbortSignal,
  route: HttpRoute,
  { checkToken, inFlight }: HttpRoutesOptions,
): Promise<PlainAnswer> {
  const account = inFlight.open();
  const { headers } = request;
  const token = route.tokenHeader === undefined ? undefined : headers[route.tokenHeader];
  const authorization = headers.authorization ?? (typeof token === 'string' ? `Bearer ${token}` : undefined);
  const asked: HttpRequest = {
    path: pathOf(request),
    query: new URLSearchParams(/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? ''),
    contentType: headers['content-type'] ?? '',
    sender: senderOf(headers, request.socket.remoteAddress),
    signal,
    body: (limitBytes, setting = '') =>
      namingSetting(setting, async () => {
        const packed = await readBody(request, { checkToken: () => undefined, account, limitBytes });
        const bytes = await unpackEncoded(packed, headers['content-encoding'], limitBytes);
        return { bytes, wireBytes: packed.length };
      }),
    chunks: () => chunksOf(request),
  };
  try {
    checkToken(authorization);
    return await route.answer(asked);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    route.onRefused?.(asked, error);
    return (route.errorAnswer ?? ((wrong) => textAnswer(statusOf(wrong), `${wrong.message}\n`)))(error);
  } finally {
    account.close();
  }
}
