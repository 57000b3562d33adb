/** What the server hands requests to: each knows its own routes, over HTTP/1.1 and HTTP/2 alike. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

export interface Answerer {
  /** The name of the route, from a bounded set, when the request is one of its own; asked in the order of the answerers. */
  routeOf(path: string, headers: IncomingHttpHeaders): string | undefined;
  /** Never rejects. */
  answer(request: NodeRequest, response: NodeResponse, route: string): Promise<void>;
}

/** Leaving the loop early must not close the connection: there is an answer to be written. */
export const chunksOf = (request: NodeRequest): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

export const pathOf = ({ url }: NodeRequest): string => (url ?? '').split('?', 1)[0] ?? '';
