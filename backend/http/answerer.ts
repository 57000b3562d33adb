/** What the server hands requests to: each knows its own routes, over HTTP/1.1 and HTTP/2 alike. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { InputError } from '../errors.ts';

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

export interface Answerer {
  /** The name of the route, from a bounded set, when the request is one of its own; asked in the order of the answerers. */
  routeOf(path: string, headers: IncomingHttpHeaders): string | undefined;
  /** Never rejects. */
  answer(request: NodeRequest, response: NodeResponse, route: string): Promise<void>;
}

/**
 * The body as it comes. Leaving the loop early does not close the connection: there is an answer to be written.
 *
 * Errors: InputError canceled when the client goes away in the middle; half a body must not pass for a whole one.
 */
export async function* chunksOf(request: NodeRequest): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    // A stream's own errors are those of its connection.
    throw goneAway(error instanceof Error ? error.message : String(error));
  }
  if (request.aborted) throw goneAway('aborted');
}

const goneAway = (why: string): InputError => new InputError('canceled', `the client went away: ${why}`);

export const pathOf = ({ url }: NodeRequest): string => (url ?? '').split('?', 1)[0] ?? '';
