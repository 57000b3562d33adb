/**
 * Connect, gRPC and gRPC-Web over Node's http and http2 servers alike: finds the handler of a path, reads the body under our
 * limits, writes the answer.
 *
 * Connect's own adapter would take Connect-Protocol-Version 2 and a BOM, and answer 429 to a body that is too long, which
 * agents retry ten times.
 * Source: connectrpc.com/docs/protocol; reference pyroscope-api 1.2 and corrections 9-11.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Code, ConnectError } from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { invariant } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { CheckToken } from './auth.ts';
import type { BodyAccount, BytesInFlight } from './bytesInFlight.ts';
import { checkJson } from './checkJson.ts';
import { toConnectError } from './connectErrors.ts';
import { readBody, unpackBody } from './requestBody.ts';

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

export interface RpcAdapter {
  /** The path of an RPC when it is one of ours. */
  routeOf(path: string): string | undefined;
  /** Never rejects. */
  answer(request: NodeRequest, response: NodeResponse, route: string): Promise<void>;
}

export interface RpcAdapterOptions {
  readonly handlers: readonly UniversalHandler[];
  readonly checkToken: CheckToken;
  readonly inFlight: BytesInFlight;
  readonly limits: Limits;
  readonly log: Log;
}

export function createRpcAdapter(options: RpcAdapterOptions): RpcAdapter {
  const handlers = new Map(options.handlers.map((handler) => [handler.requestPath, handler]));
  return {
    routeOf: (path) => (handlers.has(path) ? path : undefined),
    answer: async (request, response, route) => {
      const handler = handlers.get(route);
      const account = options.inFlight.open();
      try {
        invariant(handler !== undefined, `no handler for ${route}`);
        const answer = await handler(toUniversalRequest(request, response, route, account, options));
        await writeAnswer(answer, response);
      } catch (error) {
        // A client that went away, or a header that fetch's Headers refuses: there is nobody to tell, or nothing but this.
        options.log.warn('request failed', { route, error: error instanceof Error ? error.message : String(error) });
        if (!response.headersSent) response.writeHead(400).end();
        else response.destroy();
      } finally {
        account.close();
      }
    },
  };
}

function toUniversalRequest(
  request: NodeRequest,
  response: NodeResponse,
  route: string,
  account: BodyAccount,
  options: RpcAdapterOptions,
): UniversalServerRequest {
  const header = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':')) header.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const isUnary = /^application\/(json|proto)\s*(;|$)/i.test(header.get('content-type') ?? '');
  if (isUnary) {
    // The body is unpacked and checked here; Connect sees it plain. Who sends gzip gets gzip, whatever it says it takes
    // (reference: pyroscope-api, recorded answer protocol/gzip-request).
    if (/^gzip$/i.test(header.get('content-encoding') ?? '')) header.set('accept-encoding', 'gzip');
    header.delete('content-encoding');
    header.delete('content-length');
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? '',
    // The query string means nothing to any method; a made-up host keeps URL() from failing on the client's.
    url: `http://localhost${route}`,
    header,
    body: admittedBody(request, isUnary, account, options),
    signal: gone.signal,
  };
}

async function* admittedBody(
  request: NodeRequest,
  isUnary: boolean,
  account: BodyAccount,
  { checkToken, limits, log }: RpcAdapterOptions,
): AsyncIterable<Uint8Array> {
  try {
    const bytes = await readBody(request, { checkToken, account, limitBytes: limits.bodyBytes });
    yield isUnary ? unaryBody(request, bytes, limits.bodyBytes) : bytes;
  } catch (error) {
    // Thrown into Connect's reading loop, which answers in the form of the client's protocol.
    throw toConnectError(error, log);
  }
}

function unaryBody({ headers }: NodeRequest, bytes: Uint8Array, limitBytes: number): Uint8Array {
  const version = headers['connect-protocol-version'];
  if (version !== undefined && version !== '1') {
    throw new ConnectError(
      `connect-protocol-version must be "1": got ${JSON.stringify(version)}`,
      Code.InvalidArgument,
    );
  }
  const plain = unpackBody(bytes, headers['content-encoding'], limitBytes);
  if (/json/i.test(headers['content-type'] ?? '')) checkJson(plain);
  return plain;
}

async function writeAnswer(answer: UniversalServerResponse, response: NodeResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  if (answer.body) for await (const chunk of answer.body) chunks.push(chunk);
  response.statusCode = answer.status;
  answer.header?.forEach((value, name) => response.setHeader(name, value));
  const body = Buffer.concat(chunks);
  const trailer: Record<string, string> = {};
  // gRPC's status is a trailer, known once the body was read.
  answer.trailer?.forEach((value, name) => (trailer[name] = value));
  if (Object.keys(trailer).length === 0) {
    response.setHeader('content-length', body.length);
    response.end(body);
    return;
  }
  // http and http2 spell write() differently in their types.
  if (body.length > 0) (response as ServerResponse).write(body);
  response.addTrailers(trailer);
  response.end();
}
