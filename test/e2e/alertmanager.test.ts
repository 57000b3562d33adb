/**
 * From profiles to an alert, with the real Prometheus and the real Alertmanager: the shipped recording rules make metrics of profiles,
 * one Prometheus gets them by remote write and one fetches them, and the shipped alert rules fire and resolve in both.
 *
 * Minutes are not waited for: the server's clock is behind at first, and set forward when profiles are there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPrometheus } from '../../backend/promql/testPrometheus.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { findAlertmanager, prepareAlertmanager, preparePrometheus } from './realPrometheus.ts';
import type { RealProgram } from './realPrometheus.ts';

const [prometheus, alertmanager] = [findPrometheus(), findAlertmanager()];
const isThere = prometheus !== undefined && alertmanager !== undefined;
if (!isThere)
  process.stderr.write('\nNOT RUN: alerts, as prometheus or prometheus-alertmanager is not here (run npm test)\n');

const minute = 60_000;
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const ways = ['remote write', 'scrape'];

const running: { close(): Promise<void> }[] = [];
let server: TestServer;
let alerts: RealProgram;
const prometheuses = new Map<string, RealProgram>();
/** How far the server's clock is behind. */
let behindMillis = 5 * minute;

/** The shipped rules, with waits that a test can wait. */
const alertRules = (): string =>
  readFileSync(join(projectRoot, 'provisioning/prometheus/rules/pyrolens.yml'), 'utf8').replace(
    /for: \d+m/g,
    'for: 2s',
  );

const configuration = (way: string, job: string): string => `
global: { evaluation_interval: 500ms, scrape_interval: 1s, scrape_timeout: 1s, external_labels: { way: ${way} } }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alerts.url).host}'] }] }] }
${job}`;

async function addPrometheus(way: string, job = ''): Promise<RealProgram> {
  const added = await preparePrometheus(prometheus ?? '', {
    'prometheus.yml': configuration(way, job),
    'rules.yml': alertRules(),
  });
  running.push(added);
  prometheuses.set(way, added);
  await added.start();
  return added;
}

beforeAll(async () => {
  if (!isThere) return;
  alerts = await prepareAlertmanager(alertmanager, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
  running.push(alerts);
  await alerts.start();
  const receiver = await addPrometheus('remote write');
  server = await startTestServer({
    now: () => Date.now() - behindMillis,
    rules: { file: join(projectRoot, 'provisioning/pyrolens/recording-rules.yaml'), latenessMillis: 0 },
    remoteWrite: {
      url: new URL(`${receiver.url}/api/v1/write`),
      auth: { kind: 'none' },
      headers: [],
      queueBytes: 2 ** 24,
      samplesPerSend: 2_000,
      waitMillis: 100,
    },
  });
  running.push(server);
  const target = new URL(server.url).host;
  await addPrometheus(
    'scrape',
    `scrape_configs: [{ job_name: profiles, metrics_path: /metrics/profiles, static_configs: [{ targets: ['${target}'] }] }]`,
  );
});
afterAll(async () => {
  for (const each of running.reverse()) await each.close();
});

/** A profile every 15 s of (from, to], with so many of its 400 samples of 10 ms in JSON. */
async function push(fromMillis: number, toMillis: number, inJson: number): Promise<void> {
  for (let at = fromMillis + 7_500; at < toMillis; at += 15_000) {
    const folded = [
      `main;encoding/json.Marshal;reflect.Value.Field ${inJson * 1e7}`,
      `main;serve ${(400 - inJson) * 1e7}`,
    ];
    const profile = foldedPprof({ folded, timeNanos: BigInt(at) * 1_000_000n });
    const message = pushMessage({ __name__: 'process_cpu', service_name: 'shop' }, profile);
    expect((await call(server.url, 'push.v1.PusherService/Push', message)).status).toBe(200);
  }
}

/** Sets the clock forward. A rule that is saved wakes who waits for the next minute. */
async function setBehind(millis: number): Promise<void> {
  behindMillis = millis;
  const rule = {
    metricName: `profiles_recorded_${millis}`,
    matchers: [`{__profile_type__="${cpu}"}`],
    groupBy: [],
    externalLabels: [],
  };
  const answer = await call(server.url, 'settings.v1.RecordingRulesService/UpsertRecordingRule', rule);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const listed = async (): Promise<readonly Alert[]> =>
  ((await (await fetch(`${alerts.url}/api/v2/alerts`)).json()) as readonly Alert[])
    .filter(({ labels }) => labels['alertname'] === 'JsonTakesCpu')
    .sort((a, b) => (a.labels['way'] ?? '').localeCompare(b.labels['way'] ?? ''));

async function untilListed(count: number): Promise<readonly Alert[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await listed();
    if (found.length === count) return found;
    if (Date.now() > deadline)
      throw new Error(`waited in vain for ${count}: ${JSON.stringify(found)}\n${server.log.join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
  readonly values: readonly (readonly [number, string])[];
}

async function ask(way: string, query: string): Promise<readonly Series[]> {
  const url = `${prometheuses.get(way)?.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const { data } = (await (await fetch(url)).json()) as { readonly data: { readonly result: readonly Series[] } };
  return data.result;
}

/** States that an alert went through, from Prometheus' own record of them. */
const statesIn = async (way: string): Promise<readonly string[]> =>
  [...(await ask(way, 'ALERTS{alertname="JsonTakesCpu"}[5m]'))]
    .sort((a, b) => (a.values[0]?.[0] ?? 0) - (b.values[0]?.[0] ?? 0))
    .map(({ metric }) => metric['alertstate'] ?? '');

(isThere ? test : test.skip)(
  'Alertmanager gets the alert while JSON takes 40 % of the CPU, and has it no more when it takes 5 %',
  async () => {
    const start = Math.floor((Date.now() - behindMillis) / minute) * minute;
    const middle = Math.floor((Date.now() - 2 * minute) / minute) * minute;
    await push(start, middle, 160);
    await setBehind(2 * minute);
    const fired = await untilListed(2);
    expect(fired.map(({ labels }) => labels)).toMatchObject(
      ways.map((way) => ({ alertname: 'JsonTakesCpu', service_name: 'shop', severity: 'warning', way })),
    );
    for (const { annotations } of fired) {
      expect(annotations['summary']).toBe('JSON takes 40% of the CPU of shop');
      const link = new URL(annotations['flame_graph'] ?? '');
      expect(link.searchParams.get('q')).toBe('{service_name="shop"}');
      const [from, to] = ['from', 'to'].map((name) => Number(link.searchParams.get(name)));
      expect((to ?? 0) - (from ?? 0)).toBe(900_000);
      expect(Math.abs(Date.now() - (to ?? 0))).toBeLessThan(30_000);
    }
    for (const way of ways) expect([way, await statesIn(way)]).toEqual([way, ['pending', 'firing']]);
    await push(middle, Math.floor(Date.now() / minute) * minute, 20);
    await setBehind(0);
    await untilListed(0);
    // Because it fell, not because nothing came any more.
    for (const way of ways) {
      const shares = await ask(way, 'service:profiles_json_share:ratio');
      expect([way, shares.map(({ value }) => value[1])]).toEqual([way, ['0.05']]);
    }
  },
  60_000,
);
