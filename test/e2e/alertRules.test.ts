/**
 * The alert rules that are shipped, evaluated as Grafana does while profiles come in: over Prometheus' API and over the backend
 * of the data source. Time is made up: evaluations are 10 s apart, in minutes of the hour that has passed.
 */
import { join } from 'node:path';
import { pages, readState } from '../../src/app/data/pageAddress.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import { expressionsUid, fillIn, provisionedRule, provisionedRules } from '../provisionedRules.ts';
import type { AlertRule } from '../provisionedRules.ts';
import type { TestServer } from '../testServer.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { RunningPlugin } from './pluginHost.ts';
import { startPlugin } from './pluginHost.ts';
import type { AskSource, Evaluated } from './ruleEvaluator.ts';
import { askBackend, askPrometheus, evaluateRule, RuleStates } from './ruleEvaluator.ts';

const minute = 60_000;
const hour = 60 * minute;
const week = 168 * hour;
/** A point of the grid. */
const start = Math.floor((Date.now() - 40 * minute) / 15_000) * 15_000;

const json = 'encoding/json.Marshal';
const gc = 'runtime.gcBgMarkWorker';

let server: TestServer;
let plugin: RunningPlugin;
let ask: AskSource;
/** Queries that were asked, by rule. */
const askedOf = new Set<string>();
beforeAll(async () => {
  // A made-up clock runs faster than the second for which metrics may lag.
  server = await startTestServer({ limits: { metricLagMillis: 0, rejectOlderThanMillis: Infinity } });
  plugin = await startPlugin({
    command: join(projectRoot, 'src/datasource/launcher.sh'),
    address: `127.0.0.1:${server.port}`,
  });
  let asked = 0;
  const overPrometheus = askPrometheus(`${server.url}/prometheus`, () => (asked++ % 2 === 0 ? 'POST' : 'GET'));
  const overBackend = askBackend(plugin, { jsonData: { minStep: '15s' } });
  ask = (query, at, rule) => {
    askedOf.add(`${rule.uid} ${query.refId}`);
    return (query.datasourceUid === 'pyrolens' ? overBackend : overPrometheus)(query, at, rule);
  };
});
afterAll(async () => {
  plugin.close();
  await server.close();
});

interface Sent {
  readonly service: string;
  readonly pod?: string;
  /** In 15 s. */
  readonly cpuSeconds: number;
  /** Of `hot`, which is a leaf. */
  readonly share?: number;
  readonly hot?: string;
}

async function send(atMillis: number, { service, pod = 'a', cpuSeconds, share = 0, hot = json }: Sent): Promise<void> {
  const nanos = (part: number): number => Math.round(part * cpuSeconds * 100) * 10_000_000;
  const folded = [`main.main;${hot} ${nanos(share)}`, `main.main;main.serve ${nanos(1 - share)}`];
  const timeNanos = BigInt(atMillis) * 1_000_000n;
  const profile = foldedPprof({ folded: folded.filter((line) => !line.endsWith(' 0')), timeNanos });
  const labels = { __name__: 'process_cpu', service_name: service, pod };
  const answer = await call(server.url, 'push.v1.PusherService/Push', pushMessage(labels, profile));
  expect([answer.status, answer.text]).toEqual([200, '{}']);
}

async function sendFor(from: number, to: number, sent: Sent): Promise<void> {
  for (let at = from; at < to; at += 15_000) await send(at, sent);
}

const minutesAfter = (atMillis: number): number => (atMillis - start) / minute;

/** Quiet for three minutes, hot for fifteen, quiet for seven; asked every 10 s, with what has come so far. */
async function runThrough(rule: AlertRule, sent: readonly Sent[], hot: string): Promise<RuleStates> {
  const states = new RuleStates(rule);
  for (let at = start; at <= start + 25 * minute; at += 5_000) {
    const share = at >= start + 3 * minute && at < start + 18 * minute ? 0.4 : 0.05;
    if ((at - start) % 15_000 === 0) for (const one of sent) await send(at, { ...one, hot, share });
    if ((at - start) % 10_000 === 0) states.take(await evaluateRule(rule, at, ask), at);
  }
  return states;
}

for (const [way, uid, hot, sent] of [
  [
    'Prometheus’ API',
    'pyrolens-function-share',
    json,
    [
      { service: 'grafana', pod: 'a', cpuSeconds: 15 },
      { service: 'grafana', pod: 'b', cpuSeconds: 9 },
    ],
  ],
  ['the backend of the data source', 'pyrolens-gc-share', gc, [{ service: 'loki', cpuSeconds: 15 }]],
] as const) {
  test(`over ${way}, a shipped rule goes pending, fires ten minutes later, and is resolved when the share falls`, async () => {
    const rule = provisionedRule(uid);
    const { transitions } = await runThrough(rule, sent, hot);
    expect(transitions.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'Normal -> Pending',
      'Pending -> Alerting',
      'Alerting -> Normal',
    ]);
    const [pending, firing, resolved] = transitions.map(({ atMillis }) => minutesAfter(atMillis));
    // The mean of five minutes passes the threshold on its way from 5 to 40 %, and on its way back.
    expect(pending).toBeGreaterThan(4);
    expect(pending).toBeLessThan(7);
    expect(firing).toBeCloseTo((pending ?? 0) + 10, 6);
    expect(resolved).toBeGreaterThan(19);
    expect(resolved).toBeLessThan(23);
    const service = sent[0].service;
    for (const { instance, atMillis } of transitions.slice(0, 2)) {
      expect(instance.labels['service_name']).toBe(service);
      const link = new URL(fillIn(rule.annotations['flame_graph'] ?? '', instance));
      expect(pages).toContain(link.pathname.split('/').at(-1));
      const { labelSelector, from, to } = readState(link.search);
      expect(labelSelector).toBe(`{service_name="${service}"}`);
      // Templates know the time from PromQL alone.
      const isOwn = uid === 'pyrolens-gc-share';
      expect([from, to]).toEqual(isOwn ? ['now-30m', 'now'] : [String(atMillis - 15 * minute), String(atMillis)]);
      expect(fillIn(rule.annotations['summary'] ?? '', instance)).toMatch(/^\w+: \S+ takes .*\d%/);
    }
  });
}

const firing = (labels: object): unknown => ({
  kind: 'instances',
  instances: expect.arrayContaining([expect.objectContaining({ labels, isFiring: true })]) as unknown,
});
const quiet = (evaluated: Evaluated): boolean =>
  evaluated.kind === 'noData' || evaluated.instances.every(({ isFiring }) => !isFiring);

test('against last week, the rules of both ways fire for what has grown, and are silent when there was no last week', async () => {
  const now = start - 5 * hour;
  const [inPromql, own] = ['pyrolens-share-last-week', 'pyrolens-gc-share-last-week'].map(provisionedRule);
  if (inPromql === undefined || own === undefined) throw new Error('both are shipped');
  for (const [service, hot] of [
    ['grafana', json],
    ['loki', gc],
  ] as const) {
    await sendFor(now - 16 * minute, now, { service, hot, cpuSeconds: 15, share: 0.3 });
  }
  expect(await evaluateRule(inPromql, now, ask)).toEqual({ kind: 'noData' });
  expect(await evaluateRule(own, now, ask)).toEqual({ kind: 'noData' });
  for (const [service, hot] of [
    ['grafana', json],
    ['loki', gc],
  ] as const) {
    await sendFor(now - week - 16 * minute, now - week, { service, hot, cpuSeconds: 15, share: 0.1 });
  }
  expect(await evaluateRule(inPromql, now, ask)).toEqual(firing({ service_name: 'grafana' }));
  expect(await evaluateRule(own, now, ask)).toEqual(firing({ function: gc, service_name: 'loki' }));
});

test('a function that was cold an hour ago and is hot fires on both ways, one that was hot already does not', async () => {
  const now = start - 9 * hour;
  for (const service of ['grafana', 'loki']) {
    await sendFor(now - hour - 11 * minute, now - hour, { service, cpuSeconds: 15, share: 0.01, hot: 'shop.fresh' });
    await sendFor(now - 11 * minute, now, { service, cpuSeconds: 15, share: 0.3, hot: 'shop.fresh' });
  }
  for (const [uid, labels] of [
    ['pyrolens-new-hot-function', { function: 'shop.fresh', service_name: 'grafana' }],
    ['pyrolens-new-hot-function-own', { function: 'shop.fresh' }],
  ] as const) {
    const evaluated = await evaluateRule(provisionedRule(uid), now, ask);
    expect(evaluated).toEqual(firing(labels));
    // main.serve has most of it, before as well.
    const fires = evaluated.kind === 'instances' ? evaluated.instances.filter(({ isFiring }) => isFiring) : [];
    expect(fires.map((one) => one.labels['function'])).toEqual(['shop.fresh']);
  }
});

test('what profiling costs fires above its threshold, for agents and for the server', async () => {
  const now = start - 13 * hour;
  for (const [uid, service, busy, idle] of [
    ['pyrolens-agent-cost', 'alloy', 4.5, 1.5],
    ['pyrolens-own-cost', 'pyrolens', 9, 3],
  ] as const) {
    const rule = provisionedRule(uid);
    await sendFor(now - 6 * minute, now, { service, cpuSeconds: idle });
    expect(quiet(await evaluateRule(rule, now, ask))).toBe(true);
    await sendFor(now, now + 6 * minute, { service, cpuSeconds: busy });
    expect(await evaluateRule(rule, now + 6 * minute, ask)).toEqual(firing({ service_name: service }));
  }
});

test('a service that fell silent fires, by name where PromQL is asked, as no data where the data source is', async () => {
  const now = start - 17 * hour;
  await sendFor(now - 12 * minute, now - 6 * minute, { service: 'gone', cpuSeconds: 1 });
  await sendFor(now - 12 * minute, now, { service: 'here', cpuSeconds: 1 });
  const stopped = await evaluateRule(provisionedRule('pyrolens-ingest-stopped'), now, ask);
  expect(stopped).toEqual(firing({ service_name: 'gone' }));
  const fires = stopped.kind === 'instances' ? stopped.instances.filter(({ isFiring }) => isFiring) : [];
  expect(fires.map(({ labels }) => labels['service_name'])).toEqual(['gone']);
  const silent = provisionedRule('pyrolens-agent-silent');
  expect(silent.noDataState).toBe('Alerting');
  expect(await evaluateRule(silent, now, ask)).toEqual({ kind: 'noData' });
  await sendFor(now - 2 * minute, now, { service: 'alloy', cpuSeconds: 1 });
  expect(quiet(await evaluateRule(silent, now, ask))).toBe(true);
});

test('no query of a shipped rule was left out above', () => {
  const queries = provisionedRules.flatMap(({ uid, data }) =>
    data.filter(({ datasourceUid }) => datasourceUid !== expressionsUid).map(({ refId }) => `${uid} ${refId}`),
  );
  expect([...askedOf].sort()).toEqual(queries.sort());
});
