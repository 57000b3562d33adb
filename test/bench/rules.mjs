// npm run bench rules: 200 alert rules a minute on shares of functions of 100 pods, each over five minutes, while the pods go
// on sending a profile every 15 s; asked over Prometheus' API, and over gRPC as the backend of the data source.
// Units: ms of the client's clock; CPU of the server process, engine included, in ms a rule and in percent of one core.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { create, toBinary } from '@bufbuild/protobuf';
import { build } from 'esbuild';
import { PushRequestSchema } from '../../backend/wire/pyroscope/gen/push/v1/push_pb.js';
import { madeUpProfile, stamped } from './madeUpProfiles.mjs';

const pods = 100;
const rules = 200;
const liveSeconds = 60;
const ticksPerSecond = 100;
const url = 'http://127.0.0.1:14147';
const profiles = Array.from({ length: 16 }, (_, seed) =>
  madeUpProfile({ seed, stacks: 300, functions: 600, depth: 25 }),
);

export async function benchRules(root) {
  const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-bench-'));
  const server = spawn(
    process.execPath,
    [join(root, 'scripts/start.mjs'), '--listen', '127.0.0.1:14147', '--data', dataDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    await new Promise((resolve) =>
      server.stdout.on('data', (chunk) => String(chunk).includes('is ready') && resolve()),
    );
    console.log(
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`,
    );
    await fill();
    const alone = await measure(server.pid, () => live(0, undefined));
    console.log(`profiles alone, for ${liveSeconds} s: CPU ${share(alone.cpuSeconds)} of a core`);
    const plugin = await startPlugin(root);
    for (const [way, ask] of [
      ['Prometheus', askPrometheus],
      ['pluginv2', (rule) => askPlugin(plugin, rule)],
    ]) {
      await report(way, ask, server.pid, alone.cpuSeconds);
    }
    plugin.close();
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('close', resolve));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function report(way, ask, pid, aloneSeconds) {
  const first = await timed(ask, 0);
  const quiet = await measure(pid, async () => {
    const took = [];
    for (let i = 0; i < rules; i++) took.push((await timed(ask, i)).millis);
    return took;
  });
  const both = await measure(pid, () => live(rules, ask));
  console.log(`${way}: first rule ${first.millis.toFixed(0)} ms, ${first.series} series found`);
  console.log(
    `  nothing coming in: p50 ${at(quiet.result, 0.5)} ms, p99 ${at(quiet.result, 0.99)} ms, CPU ${((quiet.cpuSeconds * 1_000) / rules).toFixed(1)} ms a rule`,
  );
  console.log(
    `  live for ${liveSeconds} s: p50 ${at(both.result, 0.5)} ms, p99 ${at(both.result, 0.99)} ms, CPU ${share(both.cpuSeconds - aloneSeconds)} of a core for ${rules} rules a minute`,
  );
}

const share = (seconds) => `${((100 * seconds) / liveSeconds).toFixed(1)} %`;

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]?.toFixed(0) ?? '-';

async function fill() {
  const now = Date.now();
  for (let time = now - 360_000; time < now - 15_000; time += 15_000) {
    await Promise.all(Array.from({ length: pods }, (_, pod) => push(pod, time + pod)));
  }
}

/** What comes in and what is asked, each at its time. */
async function live(ruleCount, ask) {
  const begin = performance.now();
  const took = [];
  const pushes = Math.round((pods * liveSeconds) / 15);
  const events = [
    ...Array.from({ length: pushes }, (_, i) => ({
      due: (i * liveSeconds * 1_000) / pushes,
      run: () => push(i % pods, Date.now() - 15_000),
    })),
    ...Array.from({ length: ruleCount }, (_, i) => ({
      due: (i * liveSeconds * 1_000) / ruleCount,
      run: async () => took.push((await timed(ask, i)).millis),
    })),
  ].sort((a, b) => a.due - b.due);
  const running = [];
  for (const { due, run } of events) {
    const wait = due - (performance.now() - begin);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(run());
  }
  await Promise.all(running);
  return took;
}

async function push(pod, timeMillis) {
  const rawProfile = stamped(profiles[pod % profiles.length], BigInt(timeMillis) * 1_000_000n);
  const labels = Object.entries({ __name__: 'process_cpu', service_name: 'checkout', pod: `checkout-${pod}` }).map(
    ([name, value]) => ({ name, value }),
  );
  const message = create(PushRequestSchema, { series: [{ labels, samples: [{ rawProfile }] }] });
  const response = await fetch(`${url}/push.v1.PusherService/Push`, {
    method: 'POST',
    headers: { 'content-type': 'application/proto' },
    body: toBinary(PushRequestSchema, message),
  });
  if (response.status !== 200) throw new Error(`push: ${response.status} ${await response.text()}`);
}

async function timed(ask, rule) {
  const begin = performance.now();
  const series = await ask(rule);
  return { millis: performance.now() - begin, series };
}

const functionOf = (rule) => `github.com/example/service/pkg${rule % 37}.(*Type${rule % 11}).method${rule}`;

/** As Grafana's Prometheus data source asks for a rule. */
async function askPrometheus(rule) {
  const share = `pyrolens_function_share{service_name="checkout",function="${functionOf(rule)}",mode="total"}`;
  const query = `avg by (service_name) (avg_over_time(${share}[5m]))`;
  const response = await fetch(`${url}/prometheus/api/v1/query`, {
    method: 'POST',
    headers: { FromAlert: 'true' },
    body: new URLSearchParams({ query, time: String(Date.now() / 1_000) }),
  });
  const { data } = await response.json();
  return data.result.length;
}

async function startPlugin(root) {
  const outfile = join(root, 'build/bench/pluginHost.mjs');
  const entryPoints = [join(root, 'test/e2e/pluginHost.ts')];
  await build({ entryPoints, outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' });
  const host = await import(pathToFileURL(outfile).href);
  return host.startPlugin({ command: join(root, 'src/datasource/launcher.sh'), address: new URL(url).host });
}

/** As Grafana's evaluator asks a backend: the whole five minutes, which an expression of Grafana's reduces. */
async function askPlugin(plugin, rule) {
  const to = Date.now();
  const model = {
    queryType: 'functionShare',
    profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: '{service_name="checkout"}',
    functions: [`^${functionOf(rule).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`],
    groupBy: ['service_name'],
  };
  const { A } = await plugin.queryData({
    headers: { FromAlert: 'true', 'X-Cache-Skip': 'true' },
    queries: [{ refId: 'A', from: to - 300_000, to, intervalMs: 1_000, model }],
  });
  if (A?.error !== '') throw new Error(`rule: ${A?.error}`);
  return A.frames.length;
}

async function measure(pid, run) {
  const before = cpuSeconds(pid);
  const result = await run();
  return { result, cpuSeconds: cpuSeconds(pid) - before };
}

/** User and system time of all threads, from /proc (Linux). */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
