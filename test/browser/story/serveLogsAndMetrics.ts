/**
 * As much of Loki's and Prometheus' HTTP API as a dashboard and Explore ask for, over what the story has: a Grafana takes it
 * for both.
 *
 * Shape:  one origin, Loki below /loki/, Prometheus below /api/. It evaluates no language: of a query it reads the first selector
 *         and the names in it, and answers the one question about them that the story asks.
 * Source: Loki 3 and Prometheus 3, HTTP API: the envelope, streams, matrix and vector.
 */
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { LabelMatcher } from '../../../src/datasource/data/labelSelector.ts';
import { parseLabelSelector } from '../../../src/datasource/data/labelSelector.ts';
import type { LogLine } from './logLines.ts';
import { logLines } from './logLines.ts';
import { coresAt, releaseAt, slowestSecondsAt } from './shopStory.ts';

export interface LogsAndMetrics {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveLogsAndMetrics(port = 0): Promise<LogsAndMetrics> {
  const lines = logLines();
  const server: Server = createServer((request, response) => {
    parametersOf(request).then(
      ({ path, parameters }) => {
        const data = answerFor(path, parameters, lines);
        response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(data === undefined ? { status: 'error' } : { status: 'success', data }));
      },
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const mostBodyBytes = 65_536;

async function parametersOf(request: IncomingMessage) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > mostBodyBytes) throw new Error('too long');
  }
  for (const [name, value] of new URLSearchParams(body)) searchParams.append(name, value);
  return { path: pathname, parameters: searchParams };
}

function answerFor(path: string, parameters: URLSearchParams, lines: readonly LogLine[]): unknown {
  const query = parameters.get('query') ?? '';
  switch (path) {
    case '/loki/api/v1/query_range':
    case '/loki/api/v1/query':
      return answerLogs(query, rangeOf(parameters), lines, Number(parameters.get('limit') ?? 100));
    case '/loki/api/v1/labels':
      return [...new Set(lines.flatMap(({ labels }) => Object.keys(labels)))];
    case '/api/v1/query_range':
      return { resultType: 'matrix', result: answerMetrics(query, rangeOf(parameters)) };
    case '/api/v1/query':
      return { resultType: 'vector', result: [] };
    case '/api/v1/status/buildinfo':
      return { version: '3.5.0' };
    case '/api/v1/metadata':
      return {};
    case '/api/v1/labels':
    case '/api/v1/series':
    case '/loki/api/v1/series':
      return [];
  }
  const name = /^\/loki\/api\/v1\/label\/(\w+)\/values$/.exec(path)?.[1];
  return name === undefined ? undefined : [...new Set(lines.map(({ labels }) => labels[name] ?? ''))];
}

interface AskedRange {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
}

/** Seconds, nanoseconds or dates; steps in seconds, or as 15s, 15000ms or 1m. */
function rangeOf(parameters: URLSearchParams): AskedRange {
  const moment = (name: string): number => {
    const text = parameters.get(name) ?? '0';
    const number = Number(text);
    return Number.isNaN(number) ? Date.parse(text) : number > 1e15 ? number / 1e6 : number * 1_000;
  };
  const step = parameters.get('step') ?? '15';
  const stepMillis = Math.max(
    1_000,
    parseFloat(step) * (step.endsWith('ms') ? 1 : step.endsWith('m') ? 60_000 : 1_000),
  );
  return { startMillis: moment('start'), endMillis: moment('end'), stepMillis };
}

const fits = ({ labels }: LogLine, matchers: readonly LabelMatcher[]): boolean =>
  matchers.every(({ name, operator, value }) => {
    const has = labels[name] ?? '';
    const isEqual = operator.includes('~') ? new RegExp(`^(?:${value})$`).test(has) : has === value;
    return operator.startsWith('!') ? !isEqual : isEqual;
  });

function answerLogs(query: string, range: AskedRange, all: readonly LogLine[], limit: number) {
  const { startMillis, endMillis } = range;
  const selector = parseLabelSelector(/\{[^}]*\}/.exec(query)?.[0] ?? '');
  if (selector.kind !== 'selector') return { resultType: 'vector', result: [] };
  const found = all.filter(
    (line) => line.timeMillis >= startMillis && line.timeMillis < endMillis && fits(line, selector.matchers),
  );
  // Explore's bars above the lines: how many of each level.
  if (query.includes('count_over_time')) return { resultType: 'matrix', result: countByLevel(found, range) };
  const streams = new Map<string, { stream: LogLine['labels']; values: [string, string][] }>();
  for (const { timeMillis, labels, text } of found.slice(-limit).reverse()) {
    const key = JSON.stringify(labels);
    const stream = streams.get(key) ?? { stream: labels, values: [] };
    stream.values.push([`${timeMillis}000000`, text]);
    streams.set(key, stream);
  }
  return { resultType: 'streams', result: [...streams.values()], stats: {} };
}

function countByLevel(lines: readonly LogLine[], range: AskedRange) {
  return ['info', 'warn', 'error'].map((level) => {
    const times = lines.filter(({ labels }) => labels['level'] === level).map(({ timeMillis }) => timeMillis);
    const count = (to: number): number => times.filter((time) => time > to - range.stepMillis && time <= to).length;
    return { metric: { level }, values: valuesOf(range, count) };
  });
}

function answerMetrics(query: string, range: AskedRange) {
  if (query.includes('http_server_request_duration_seconds')) {
    return [{ metric: {}, values: valuesOf(range, slowestSecondsAt) }];
  }
  const by = /\bby \((\w+)\)/.exec(query)?.[1] ?? 'pod';
  if (!query.includes('cpu')) return [];
  const pods = [
    ...new Set([releaseAt(range.startMillis), releaseAt(range.endMillis)].flatMap(({ pods: each }) => each)),
  ];
  return pods.flatMap((pod) => {
    const ofPod = (time: number): number | undefined => {
      const at = releaseAt(time).pods.indexOf(pod);
      return at < 0 ? undefined : coresAt(at, time);
    };
    const values = valuesOf(range, ofPod);
    return values.length === 0 ? [] : [{ metric: { [by]: pod }, values }];
  });
}

const mostSteps = 11_000;

function valuesOf(range: AskedRange, valueAt: (time: number) => number | undefined): (readonly [number, string])[] {
  const { startMillis, endMillis, stepMillis } = range;
  if ((endMillis - startMillis) / stepMillis > mostSteps) throw new Error('too many steps');
  const values: (readonly [number, string])[] = [];
  for (let time = startMillis; time <= endMillis; time += stepMillis) {
    const value = valueAt(time);
    if (value !== undefined) values.push([time / 1_000, String(value)]);
  }
  return values;
}
