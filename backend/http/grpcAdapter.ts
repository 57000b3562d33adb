/**
 * gRPC and gRPC-Web for methods whose messages are read by hand, streams among them. Connect's handlers want generated code, and
 * hand over a stream only when its messages are parsed.
 *
 * Shape:  a method takes messages as bytes and yields messages as bytes, while the client still sends: the answer's first
 *         message may be what the client waits for before it sends its second.
 * Units:  bytes; a message is bounded by limits.messageBytes, packed and unpacked.
 * Errors: an InputError becomes the status of its code, in the trailers; the HTTP status is 200, as gRPC wants it.
 * Source: grpc.io PROTOCOL-HTTP2.md, PROTOCOL-WEB.md, compression.md.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { InputError, invariant } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { chunksOf } from './answerer.ts';
import type { Answerer, NodeRequest, NodeResponse } from './answerer.ts';
import type { CheckToken } from './auth.ts';
import type { BodyAccount, BytesInFlight } from './bytesInFlight.ts';
import { toConnectError } from './connectErrors.ts';
import { knownEncodings, unpackEncoded } from './contentEncoding.ts';
import { frameOf, readFrames } from './grpcFrames.ts';
import { withSetting } from './namingSetting.ts';
import { writeBody } from './plainAnswer.ts';
import type { Sender } from './sender.ts';
import { senderOf } from './sender.ts';

export interface GrpcMessage {
  readonly bytes: Uint8Array;
  /** As it came. */
  readonly wireBytes: number;
}

export interface GrpcCall {
  readonly sender: Sender;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

export interface GrpcMethod {
  /** /package.Service/Method */
  readonly path: string;
  /** Whether a message's bytes may be forgotten when the next one is asked for: of uploads in pieces. */
  readonly forgetsMessages: boolean;
  /** Whether the token stands in the messages, and the method checks it itself: no header is asked for. */
  readonly checksToken?: true;
  readonly handle: (messages: AsyncIterable<GrpcMessage>, call: GrpcCall) => AsyncIterable<Uint8Array>;
  /** Told of calls that were refused before a message was read. */
  readonly onRefused?: (sender: Sender, error: InputError) => void;
}

export interface GrpcAdapterOptions {
  readonly methods: readonly GrpcMethod[];
  readonly checkToken: CheckToken;
  readonly inFlight: BytesInFlight;
  readonly limits: Limits;
  readonly log: Log;
}

/** A client that says nothing for so long in the middle of a call is gone. */
const silenceMillis = 60_000;
const trailerFlag = 0x80;
const isGrpc = /^application\/grpc(-web)?(\+proto)?\s*(;|$)/i;

/** One message in, one out. */
export function unary(
  path: string,
  answer: (message: GrpcMessage, call: GrpcCall) => Promise<Uint8Array>,
  onRefused?: GrpcMethod['onRefused'],
): GrpcMethod {
  return {
    path,
    forgetsMessages: false,
    ...(onRefused !== undefined && { onRefused }),
    async *handle(messages, call) {
      let only: GrpcMessage | undefined;
      for await (const message of messages) {
        if (only !== undefined) throw new InputError('invalid_argument', 'more than one message in a unary call');
        only = message;
      }
      if (only === undefined) throw new InputError('invalid_argument', 'no message in a unary call');
      yield await answer(only, call);
    },
  };
}

export function createGrpcAdapter(options: GrpcAdapterOptions): Answerer {
  const methods = new Map(options.methods.map((method) => [method.path, method]));
  return {
    routeOf: (path, headers) => (isGrpc.test(headers['content-type'] ?? '') && methods.has(path) ? path : undefined),
    answer: async (request, response, route) => {
      const method = methods.get(route);
      const account = options.inFlight.open();
      try {
        invariant(method !== undefined, `no method ${route}`);
        await answerCall(request, response, method, account, options);
      } catch (error) {
        // Only writing can fail here: the client went away.
        options.log.warn('call failed', { route, error: error instanceof Error ? error.message : String(error) });
        response.destroy();
      } finally {
        account.close();
      }
    },
  };
}

async function answerCall(
  request: NodeRequest,
  response: NodeResponse,
  method: GrpcMethod,
  account: BodyAccount,
  { checkToken, limits, log }: GrpcAdapterOptions,
): Promise<void> {
  const contentType = request.headers['content-type'] ?? '';
  const isWeb = /^application\/grpc-web/i.test(contentType);
  response.statusCode = request.method === 'POST' ? 200 : 405;
  response.setHeader('content-type', contentType);
  response.setHeader('grpc-accept-encoding', `identity, ${knownEncodings}`);
  const sender = senderOf(request.headers, request.socket.remoteAddress);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  if ('stream' in request) request.stream.setTimeout(silenceMillis, () => request.stream.close());
  let status: Readonly<Record<string, string>> = { 'grpc-status': '0' };
  let hasBegun = false;
  try {
    try {
      if (method.checksToken !== true) checkToken(request.headers.authorization);
    } catch (error) {
      if (error instanceof InputError) method.onRefused?.(sender, error);
      throw error;
    }
    const messages = messagesOf(request, method, account, limits);
    for await (const message of method.handle(messages, { sender, signal: gone.signal })) {
      hasBegun = true;
      await write(response, frameOf(message));
    }
  } catch (error) {
    const { code, rawMessage } = toConnectError(error, log);
    status = { 'grpc-status': String(code), 'grpc-message': encodeMessage(rawMessage) };
  }
  const text = Object.entries(status).map(([name, value]) => `${name}: ${value}\r\n`);
  if (isWeb) (response as ServerResponse).end(frameOf(Buffer.from(text.join('')), trailerFlag));
  else if (!hasBegun) writeBody(response, new Uint8Array(0), status);
  else {
    response.addTrailers(status);
    response.end();
  }
}

async function* messagesOf(
  request: NodeRequest,
  { forgetsMessages }: GrpcMethod,
  account: BodyAccount,
  limits: Limits,
): AsyncGenerator<GrpcMessage> {
  const { headers } = request;
  const given = headers['grpc-encoding'];
  const encoding = typeof given === 'string' ? given : 'identity';
  const limitBytes = Math.min(limits.messageBytes, limits.bodyBytes);
  try {
    for await (const { isCompressed, bytes: packed } of readFrames(counted(request, account), limitBytes)) {
      const bytes = isCompressed ? await unpackEncoded(packed, encoding, limitBytes) : packed;
      yield { bytes, wireBytes: packed.length };
      if (forgetsMessages) account.close();
    }
  } catch (error) {
    throw withSetting('--max-message-size', error);
  }
}

async function* counted(request: NodeRequest, account: BodyAccount): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunksOf(request)) {
    account.take(chunk.length);
    yield chunk;
  }
}

/** Waits for a slow reader. */
async function write(response: NodeResponse, bytes: Uint8Array): Promise<void> {
  // http and http2 spell write() differently in their types.
  if (!(response as ServerResponse).write(bytes)) await once(response, 'drain');
}

/** Percent-encoded UTF-8, of which gRPC wants everything outside of printable ASCII. */
function encodeMessage(message: string): string {
  const longest = 1_024;
  return Array.from(Buffer.from(message.slice(0, longest)), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : String.fromCharCode(byte),
  ).join('');
}
