/** Remote write into the real Prometheus: what was handed over is what it has, whatever is stopped or killed on the way. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteWriteCounters } from '../../backend/http/remoteWriteCounters.ts';
import { createMetrics } from '../../backend/http/metrics.ts';
import { createLog } from '../../backend/log.ts';
import { findPrometheus } from '../../backend/promql/testPrometheus.ts';
import { createRandom } from '../../backend/promql/testSamples.ts';
import { openRemoteWrite } from '../../backend/remoteWrite/openRemoteWrite.ts';
import type { RemoteWrite } from '../../backend/remoteWrite/openRemoteWrite.ts';
import type { RuleSeries } from '../../backend/rules/sampleSink.ts';
import { projectRoot } from '../golden.ts';
import { preparePrometheus } from './realPrometheus.ts';
import type { RealProgram } from './realPrometheus.ts';

const program = findPrometheus();
if (program === undefined) process.stderr.write('\nNOT RUN: remote write, as there is no prometheus (run npm test)\n');
const testWithPrometheus = program === undefined ? test.skip : test;

let prometheus: RealProgram;
let directory: string;
let metrics: ReturnType<typeof createMetrics>;
beforeAll(async () => {
  if (program === undefined) return;
  prometheus = await preparePrometheus(program, { 'prometheus.yml': 'global: {}\n' });
  await prometheus.start();
});
afterAll(() => prometheus?.close());
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'pyrolens-remote-write-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function open(): Promise<RemoteWrite> {
  metrics = createMetrics({ version: 'test', revision: 'test' }, () => 0);
  return openRemoteWrite({
    target: {
      url: new URL(`${prometheus.url}/api/v1/write`),
      auth: { kind: 'none' },
      headers: [],
      userAgent: 'pyrolens/test',
    },
    directory,
    queueBytes: 2 ** 24,
    samplesPerSend: 500,
    waitMillis: 100,
    backoffMillis: { first: 50, longest: 200 },
    metrics: createRemoteWriteCounters(metrics.registry),
    log: createLog(() => undefined),
    now: Date.now,
  });
}

const metric = async (name: string): Promise<number> => {
  const line = (await metrics.registry.metrics())
    .split('\n')
    .find((each) => each.startsWith(`pyrolens_remote_write_${name} `));
  return Number(line?.split(' ')[1]);
};

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain:\n${await metrics.registry.metrics()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const random = createRandom(3);
const odd = [NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308];
const someValue = (): number => (random() < 0.1 ? (odd[Math.floor(random() * odd.length)] ?? 0) : random() * 1e6 - 5e5);
const start = Date.now() - 600_000;

/** Moment i of some series, all with the name given. */
const moment = (name: string, i: number, seriesCount = 30): readonly RuleSeries[] =>
  Array.from({ length: seriesCount }, (_, k) => ({
    name,
    labels: new Map([
      ['function', `encoding/json.(*decodeState).object ${k} "ü" \n😀`],
      ['pod', `shop-${k % 7}`],
    ]),
    timesMs: [start + i * 1_000],
    values: [someValue()],
  }));

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());
const spelt = (value: number): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));

/** Series, each with its samples in order of time, as text. */
function handedOver(batches: readonly (readonly RuleSeries[])[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const { name, labels, timesMs, values } of batches.flat()) {
    const key = keyOf({ __name__: name, ...Object.fromEntries(labels) });
    const samples = timesMs.map((time, i) => `${time} ${spelt(values[i] ?? 0)}`);
    all.set(key, [...(all.get(key) ?? []), ...samples]);
  }
  return all;
}

/** Raw samples, which a range vector gives with their own times. */
async function received(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const asked = new URLSearchParams({ query: `${name}[1h]`, time: String(Date.now() / 1_000 + 600) });
  const answer = (await (await fetch(`${prometheus.url}/api/v1/query?${asked.toString()}`)).json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly values: readonly (readonly [number, string])[];
      }[];
    };
  };
  return new Map(
    answer.data.result.map(({ metric: labels, values }) => [
      keyOf(labels),
      // Through Number: Go writes 1e+06 where we write 1000000.
      values.map(([time, value]) => `${Math.round(time * 1_000)} ${/Inf/.test(value) ? value : String(Number(value))}`),
    ]),
  );
}

testWithPrometheus('Prometheus has the samples that were handed over, to the last digit', async () => {
  const write = await open();
  const batches = Array.from({ length: 40 }, (_, i) => moment('plain', i));
  for (const batch of batches) await write.accept(batch);
  await until(async () => (await metric('samples_sent_total')) === 1_200);
  expect(await received('plain')).toEqual(handedOver(batches));
  expect([await metric('pending_samples'), await metric('lag_seconds'), await metric('samples_failed_total')]).toEqual([
    0, 0, 0,
  ]);
  // Packed: the labels stand in each request once.
  expect(await metric('sent_bytes_total')).toBeLessThan(1_200 * 50);
  await write.close();
});

testWithPrometheus(
  'nothing is lost when Prometheus goes away, we are stopped and started, and it comes back',
  async () => {
    const batches = Array.from({ length: 60 }, (_, i) => moment('outage', i));
    let write = await open();
    for (const batch of batches.slice(0, 20)) await write.accept(batch);
    await prometheus.stop();
    for (const batch of batches.slice(20, 40)) await write.accept(batch);
    await until(async () => (await metric('samples_retried_total')) > 0);
    await write.close();
    write = await open();
    for (const batch of batches.slice(40)) await write.accept(batch);
    expect(await metric('pending_samples')).toBeGreaterThanOrEqual(1_200);
    await prometheus.start();
    await until(async () => (await metric('pending_samples')) === 0);
    expect(await metric('samples_failed_total')).toBe(0);
    expect(await received('outage')).toEqual(handedOver(batches));
    await write.close();
  },
);

testWithPrometheus('samples that were sent already and come again do not take new ones along', async () => {
  const batches = Array.from({ length: 20 }, (_, i) => moment('again', i));
  let write = await open();
  for (const batch of batches.slice(0, 10)) await write.accept(batch);
  await until(async () => (await metric('samples_sent_total')) === 300);
  await write.accept(batches[10] ?? []);
  await prometheus.stop();
  await write.close();
  // As if we had been killed before it was noted what was sent.
  writeFileSync(join(directory, 'position'), '');
  await prometheus.start();
  write = await open();
  for (const batch of batches.slice(11)) await write.accept(batch);
  await until(async () => (await metric('pending_samples')) === 0);
  // It did refuse what it had.
  expect(await metric('samples_failed_total')).toBeGreaterThanOrEqual(270);
  expect(await received('again')).toEqual(handedOver(batches));
  await write.close();
});

testWithPrometheus('what was accepted before kill -9 arrives after a restart', async () => {
  const bundle = join(directory, 'child.mjs');
  const entry = `
    import { openRemoteWrite } from './backend/remoteWrite/openRemoteWrite.ts';
    const nothing = () => undefined;
    const log = { info: nothing, warn: nothing, error: nothing };
    const metrics = { countSent: nothing, countFailed: nothing, countRetried: nothing, countDropped: nothing, watch: nothing };
    // Nobody listens there: samples stay in the queue.
    const target = { url: new URL('http://127.0.0.1:1'), auth: { kind: 'none' }, headers: [], userAgent: '' };
    const write = await openRemoteWrite({ target, directory: process.argv[2], queueBytes: 2 ** 24, samplesPerSend: 500,
      waitMillis: 100, metrics, log, now: Date.now });
    for (let i = 0; ; i++) {
      await write.accept([{ name: 'killed', labels: new Map(), timesMs: [${start} + i], values: [i] }]);
      process.stdout.write(i + '\\n');
    }`;
  const args = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', `--outfile=${bundle}`];
  const built = spawnSync(join(projectRoot, 'node_modules/.bin/esbuild'), args, { cwd: projectRoot, input: entry });
  expect(built.stderr.toString()).toBe('');
  const child = spawn(process.execPath, [bundle, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > 200) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  const accepted = output.split('\n').slice(0, -1).length;
  expect(accepted).toBeGreaterThanOrEqual(200);
  const write = await open();
  await until(async () => (await metric('pending_samples')) === 0);
  const [samples = []] = [...(await received('killed')).values()];
  expect(samples.slice(0, accepted)).toEqual(Array.from({ length: accepted }, (_, i) => `${start + i} ${i}`));
  await write.close();
});
