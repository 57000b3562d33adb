/**
 * Everything behind the ports: RPCs, plain routes and the built-in page. HTTP/1.1 goes through Express; HTTP/2 (gRPC
 * without TLS) does not, because a request of Node's http2 makes Express throw where nobody catches: it has RPCs and plain
 * routes only, and no browser speaks it without TLS.
 *
 * Errors: none leave; whatever a route throws is a 500 and a line in the log.
 */
import { createServer as createHttp1Server } from 'node:http';
import type { IncomingMessage, Server as Http1Server, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Server } from 'node:http2';
import express from 'express';
import type { Express } from 'express';
import type { Log } from '../log.ts';
import { pathOf } from './answerer.ts';
import type { Answerer, NodeRequest, NodeResponse } from './answerer.ts';
import { createGrpcAdapter } from './grpcAdapter.ts';
import type { GrpcAdapterOptions } from './grpcAdapter.ts';
import { isOfForeignPage } from './foreignPages.ts';
import type { FindStrangeHost } from './hostCheck.ts';
import type { ServerMetrics } from './metrics.ts';
import { notFound, textAnswer, writePlain } from './plainAnswer.ts';
import type { PlainRoutes } from './plainRoutes.ts';

/**
 * Longer than agents wait between two pushes and than their own patience with an idle connection (Go: 90 s), so that no push
 * meets a connection that is just being closed. Node's 5 s also cut answers off when the server was busy for longer.
 */
const keepAliveMillis = 120_000;

export interface ServerOptions {
  readonly answerers: readonly Answerer[];
  readonly plain: PlainRoutes;
  /** undefined: any name will do. */
  readonly findStrangeHost?: FindStrangeHost | undefined;
  /** Folder of the built-in page. */
  readonly pageDir: string;
  readonly metrics: ServerMetrics;
  readonly log: Log;
}

export interface Servers {
  readonly http1: Http1Server;
  readonly http2: Http2Server;
}

export function createServers(options: ServerOptions): Servers {
  const http1 = createHttp1Server(createApp(options));
  http1.keepAliveTimeout = keepAliveMillis;
  // Node arms its header and request timeouts when a server listens itself; ours is handed its connections by openPort.
  http1.emit('listening');
  return { http1, http2: createHttp2(options) };
}

/** For a port that answers nothing but these methods. */
export function createGrpcServers(options: GrpcAdapterOptions & Pick<ServerOptions, 'metrics'>): Servers {
  const { metrics, log } = options;
  const http1 = createHttp1Server((_request, response) => writePlain(response, notFound));
  http1.emit('listening');
  return { http1, http2: createHttp2({ answerers: [createGrpcAdapter(options)], plain: new Map(), metrics, log }) };
}

function createHttp2(options: Omit<ServerOptions, 'pageDir'>): Http2Server {
  const http2 = createHttp2Server((request, response) => {
    answerHttp2(request, response, options).catch((error: unknown) => failed(response, error, options.log));
  });
  http2.on('sessionError', () => undefined);
  return http2;
}

function createApp(options: ServerOptions): Express {
  const { plain, pageDir, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(async (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (!(await answerByRoute(request, response, options))) next();
  });
  for (const [path, answer] of plain) {
    app.get(path, async (request, response) => {
      observe(request, response, path, options.metrics);
      writePlain(response, await answer());
    });
  }
  const page = express.static(pageDir, {
    index: 'index.html',
    etag: true,
    lastModified: false,
    setHeaders: setPageHeaders,
  });
  app.use((request, response, next) => {
    observe(request, response, 'page', options.metrics);
    page(request, response, next);
  });
  app.use((request, response) => {
    observe(request, response, 'other', options.metrics);
    writePlain(response, notFound);
  });
  app.use((error: unknown, _request: IncomingMessage, response: ServerResponse, _next: () => void) =>
    failed(response, error, log),
  );
  return app;
}

async function answerHttp2(
  request: NodeRequest,
  response: NodeResponse,
  options: Omit<ServerOptions, 'pageDir'>,
): Promise<void> {
  if (await answerByRoute(request, response, options)) return;
  const path = pathOf(request);
  const answer = request.method === 'GET' ? options.plain.get(path) : undefined;
  observe(request, response, answer === undefined ? 'other' : path, options.metrics);
  writePlain(response, answer === undefined ? notFound : await answer());
}

/** false: nobody's path. */
async function answerByRoute(
  request: NodeRequest,
  response: NodeResponse,
  { answerers, metrics, findStrangeHost }: Pick<ServerOptions, 'answerers' | 'metrics' | 'findStrangeHost'>,
): Promise<boolean> {
  const host = findStrangeHost?.(request);
  if (host !== undefined) {
    observe(request, response, 'strange host', metrics);
    writePlain(response, textAnswer(403, refusalOf(host)));
    return true;
  }
  if (isOfForeignPage(request)) {
    observe(request, response, 'foreign page', metrics);
    writePlain(response, textAnswer(403, 'a page of another site must not send requests here\n'));
    return true;
  }
  const path = pathOf(request);
  for (const answerer of answerers) {
    const route = answerer.routeOf(path, request.headers);
    if (route === undefined) continue;
    observe(request, response, route, metrics);
    await answerer.answer(request, response, route);
    return true;
  }
  return false;
}

const refusalOf = (host: string): string =>
  `the Host header names ${JSON.stringify(host)}, which is not this machine: a page of another site may be behind it. ` +
  `If the name is yours, start the server with --allow-host NAME, or with a --token\n`;

function observe(request: NodeRequest, response: NodeResponse, route: string, metrics: ServerMetrics): void {
  const startedAt = performance.now();
  response.once('close', () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    metrics.observeRequest(request.method ?? '', route, response.statusCode, seconds);
  });
}

function setPageHeaders(response: ServerResponse): void {
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader(
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  );
}

function failed(response: NodeResponse, error: unknown, log: Log): void {
  log.error('internal error', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  if (response.headersSent) response.destroy();
  else writePlain(response, textAnswer(500, 'internal error; the server log has the details\n'));
}
