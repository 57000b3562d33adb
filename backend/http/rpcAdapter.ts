/**
 * Connect, gRPC and gRPC-Web over Node's http and http2 servers alike: finds the handler of a path, reads the body under our
 * limits, writes the answer.
 *
 * Connect's own adapter would take Connect-Protocol-Version 2 and a BOM, answer 429 to a body that is too long, which agents
 * retry ten times, and "internal" to protobuf that is none, which they retry too.
 * Source: connectrpc.com/docs/protocol; reference pyroscope-api 1.2 and corrections 9-11.
 */
import { gunzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, createContextValues } from '@connectrpc/connect';
import type { ContextValues } from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { InputError, invariant } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Answerer, NodeRequest, NodeResponse } from './answerer.ts';
import type { CheckToken } from './auth.ts';
import type { BodyAccount, BytesInFlight } from './bytesInFlight.ts';
import { checkJson } from './checkJson.ts';
import { checkProtobufSize } from './checkProtobuf.ts';
import { readClientCapabilities } from './clientCapabilities.ts';
import { toConnectError } from './connectErrors.ts';
import { frameOf, readFrames } from './grpcFrames.ts';
import { withSetting } from './namingSetting.ts';
import { textAnswer, writeBody, writePlain } from './plainAnswer.ts';
import { preparedBody } from './preparedBody.ts';
import { readBody, unpackBody } from './requestBody.ts';
import type { Sender } from './sender.ts';
import { senderKey, senderOf } from './sender.ts';

export interface RpcAdapterOptions {
  readonly handlers: readonly UniversalHandler[];
  readonly checkToken: CheckToken;
  readonly inFlight: BytesInFlight;
  readonly limits: Limits;
  readonly log: Log;
  /** Told of requests that no handler sees, because their bodies could not be read. */
  readonly onRefused: (route: string, sender: Sender, error: InputError) => void;
}

export function createRpcAdapter(options: RpcAdapterOptions): Answerer {
  const handlers = new Map(options.handlers.map((handler) => [handler.requestPath, handler]));
  return {
    routeOf: (path) => (handlers.has(path) ? path : undefined),
    answer: async (request, response, route) => {
      const handler = handlers.get(route);
      const account = options.inFlight.open();
      try {
        invariant(handler !== undefined, `no handler for ${route}`);
        if (refusesAccept(request, response)) return;
        const asked = toUniversalRequest(request, response, handler, account, options);
        const answer = await handler(asked);
        await writeAnswer(answer, response, await preparedBody(answer, asked.contextValues));
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

/** Pyroscope's middleware answers this one in plain text, whatever the protocol (reference: pyroscope-api, correction 11). */
function refusesAccept(request: NodeRequest, response: NodeResponse): boolean {
  try {
    readClientCapabilities(request.headers.accept);
    return false;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    writePlain(response, textAnswer(400, `${error.message}\n`));
    return true;
  }
}

type BodyKind = 'unary' | 'grpc' | 'other';

function kindOf(contentType: string): BodyKind {
  if (/^application\/(json|proto)\s*(;|$)/i.test(contentType)) return 'unary';
  return /^application\/grpc(-web)?(\+(proto|json))?\s*(;|$)/i.test(contentType) ? 'grpc' : 'other';
}

function toUniversalRequest(
  request: NodeRequest,
  response: NodeResponse,
  handler: UniversalHandler,
  account: BodyAccount,
  options: RpcAdapterOptions,
): UniversalServerRequest & { readonly contextValues: ContextValues } {
  const header = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':')) header.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const kind = kindOf(header.get('content-type') ?? '');
  if (kind === 'unary') {
    // The body is unpacked and checked here; Connect sees it plain. Who sends gzip gets gzip, whatever it says it takes
    // (reference: pyroscope-api, recorded answer protocol/gzip-request).
    if (/^gzip$/i.test(header.get('content-encoding') ?? '')) header.set('accept-encoding', 'gzip');
    header.delete('content-encoding');
    header.delete('content-length');
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const sender = senderOf(request.headers, request.socket.remoteAddress);
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? '',
    // The query string means nothing to any method; a made-up host keeps URL() from failing on the client's.
    url: `http://localhost${handler.requestPath}`,
    header,
    body: admittedBody(request, kind, handler, account, sender, options),
    signal: gone.signal,
    contextValues: createContextValues().set(senderKey, sender),
  };
}

async function* admittedBody(
  request: NodeRequest,
  kind: BodyKind,
  handler: UniversalHandler,
  account: BodyAccount,
  sender: Sender,
  { checkToken, limits, log, onRefused }: RpcAdapterOptions,
): AsyncIterable<Uint8Array> {
  try {
    const bytes = await readBody(request, { checkToken, account, limitBytes: limits.bodyBytes });
    if (kind === 'unary') yield unaryBody(request, bytes, handler, limits.bodyBytes);
    else if (kind === 'grpc') yield* grpcBody(request, bytes, handler, limits.bodyBytes);
    else yield bytes;
  } catch (cause) {
    const error = withSetting('--max-body-size', cause);
    if (error instanceof InputError) onRefused(handler.requestPath, sender, error);
    // Thrown into Connect's reading loop, which answers in the form of the client's protocol.
    throw toConnectError(error, log);
  }
}

function unaryBody(
  { headers }: NodeRequest,
  bytes: Uint8Array,
  handler: UniversalHandler,
  limitBytes: number,
): Uint8Array {
  const version = headers['connect-protocol-version'];
  if (version !== undefined && version !== '1') {
    throw new ConnectError(
      `connect-protocol-version must be "1": got ${JSON.stringify(version)}`,
      Code.InvalidArgument,
    );
  }
  const plain = unpackBody(bytes, headers['content-encoding'], limitBytes);
  if (isJson(headers['content-type'])) checkJson(plain);
  else checkProtobuf(plain, handler);
  return plain;
}

/** Messages leave here without compression, so that Connect parses nothing that was not seen. */
async function* grpcBody(
  { headers }: NodeRequest,
  bytes: Uint8Array,
  handler: UniversalHandler,
  limitBytes: number,
): AsyncIterable<Uint8Array> {
  const isGzip = headers['grpc-encoding'] === 'gzip';
  for await (const { isCompressed, bytes: message } of readFrames([bytes], limitBytes)) {
    if (isCompressed && !isGzip) {
      // Connect refuses what is neither gzip nor plain, and says what it takes.
      yield frameOf(message, 1);
      continue;
    }
    const plain = isCompressed ? unpackBody(message, 'gzip', limitBytes) : message;
    if (isJson(headers['content-type'])) checkJson(plain);
    else checkProtobuf(plain, handler);
    yield frameOf(plain);
  }
}

const isJson = (contentType: string | undefined): boolean => /json/i.test(contentType ?? '');

/** Parsed twice: bytes of profiles stay where they are, so it costs little; the sender's mistake must not look like ours. */
function checkProtobuf(bytes: Uint8Array, { method }: UniversalHandler): void {
  checkProtobufSize(bytes, method.input);
  try {
    fromBinary(method.input, bytes);
  } catch (error) {
    // The parser's only failure is bad input.
    const what = error instanceof Error ? error.message : String(error);
    throw new InputError('invalid_argument', `${method.input.name}: ${what}`, 'malformed_profile');
  }
}

/** `prepared` stands in place of the body that Connect has made. */
async function writeAnswer(
  answer: UniversalServerResponse,
  response: NodeResponse,
  prepared: Uint8Array | undefined,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  if (answer.body) for await (const chunk of answer.body) chunks.push(chunk);
  response.statusCode = answer.status;
  answer.header?.forEach((value, name) => response.setHeader(name, value));
  let body: Uint8Array = prepared ?? Buffer.concat(chunks);
  if (answer.status >= 400 && answer.header?.get('content-encoding') === 'gzip') {
    // Errors go uncompressed, for who cannot read a body may still want to read why (recorded answer protocol/gzip-lie).
    response.removeHeader('content-encoding');
    body = gunzipSync(body);
  }
  const trailer: Record<string, string> = {};
  // gRPC's status is a trailer, known once the body was read.
  answer.trailer?.forEach((value, name) => (trailer[name] = value));
  writeBody(response, body, trailer);
}
