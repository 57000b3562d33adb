/** An answer that is no RPC's: a status and bytes. */
import type { ServerResponse } from 'node:http';
import type { NodeResponse } from './answerer.ts';

export interface PlainAnswer {
  readonly status: number;
  /** Without one the answer has no body that needs a name. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly body: string | Uint8Array;
}

export const textAnswer = (status: number, body: string): PlainAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

export const jsonAnswer = (value: unknown, status = 200): PlainAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});

/** Pyroscope's answer, of success as well. */
export const emptyAnswer: PlainAnswer = { status: 200, body: '' };

export const notFound: PlainAnswer = textAnswer(404, '404 page not found\n');

export function writePlain(response: NodeResponse, answer: PlainAnswer): void {
  const { status, contentType, contentEncoding, body } = answer;
  response.statusCode = status;
  if (contentType !== undefined) response.setHeader('content-type', contentType);
  if (contentEncoding !== undefined) response.setHeader('content-encoding', contentEncoding);
  response.setHeader('x-content-type-options', 'nosniff');
  challenge(response);
  response.setHeader('content-length', Buffer.byteLength(body));
  // http and http2 spell end() differently in their types.
  (response as ServerResponse).end(body);
}

/** A 401 says what it wants (RFC 9110, 15.5.2; RFC 6750, 3). */
function challenge(response: NodeResponse): void {
  if (response.statusCode === 401) response.setHeader('www-authenticate', 'Bearer realm="pyrolens"');
}

/** Body and trailers, as gRPC has them. Without a body they go with the headers: Node would leave trailers out then. */
export function writeBody(
  response: NodeResponse,
  body: Uint8Array,
  trailer: Readonly<Record<string, string>> = {},
): void {
  const trailers = Object.entries(trailer);
  challenge(response);
  if (trailers.length === 0) response.setHeader('content-length', body.length);
  if (body.length === 0) {
    for (const [name, value] of trailers) response.setHeader(name, value);
    // An empty chunk would be a frame of its own: a gRPC client takes only headers that end the stream for trailers.
    response.end();
    return;
  }
  // http and http2 spell write() differently in their types.
  (response as ServerResponse).write(body);
  if (trailers.length > 0) response.addTrailers(trailer);
  response.end();
}
