// npm run bench query: asks the built server about a made-up fleet, from one pod's quarter of an hour to 30 days of 100 pods.
// Units: milliseconds; first: the first time after a start of the server; p50 and p95: of the following, once what was asked
// twice had two seconds to come into memory; bytes of the answer; RSS in MB.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDays, copyHours, dayMillis, days, endMillis, hourMillis, openStore, writeHour } from './queryData.mjs';

const port = 14_141;
const runs = 20;
const settleMillis = 2_000;
const type = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const agent = new Agent({ keepAlive: true });

const merge = (labelSelector, start, end) => ({ profileTypeID: type, labelSelector, start, end });
/** The last half hour of what is asked is read from samples, as of an hour that is not over. */
const ragged = endMillis - hourMillis / 2;
/** Two halves of hours: nothing of it is summed. */
const hour = ragged - hourMillis;
const day = endMillis - dayMillis;
const month = endMillis - days * dayMillis;
const small = '{fleet="small"}';
const all = '{namespace="bench"}';
const halves = (selector, start) => {
  const middle = (start + ragged) / 2;
  return { left: merge(selector, start, middle), right: merge(selector, middle, ragged) };
};

const beforeSums = [
  [
    '24 h, 100 pods: flame graph from samples',
    'SelectMergeStacktraces',
    merge(all, day, ragged),
    { 'pyrolens-sample': 'exact' },
  ],
  [
    '24 h, 100 pods: flame graph, a tenth of the profiles',
    'SelectMergeStacktraces',
    merge(all, day, ragged),
    { 'pyrolens-sample': '0.1' },
  ],
];
const questions = [
  ['1 h, 20 pods: flame graph', 'SelectMergeStacktraces', merge(small, hour, ragged)],
  ['1 h, 20 pods: one service', 'SelectMergeStacktraces', merge('{fleet="small",service_name="shop-1"}', hour, ragged)],
  ['1 h, 20 pods: one pod, 15 min', 'SelectMergeStacktraces', merge('{pod="shop-1-1"}', ragged - 900_000, ragged)],
  ['1 h, 20 pods: pprof', 'SelectMergeProfile', merge(small, hour, ragged)],
  ['1 h, 20 pods: diff of halves', 'Diff', halves(small, hour)],
  ['1 h, 20 pods: series by pod', 'SelectSeries', { ...merge(small, hour, ragged), groupBy: ['pod'], step: 15 }],
  ['1 h, 100 pods: flame graph', 'SelectMergeStacktraces', merge(all, hour, ragged)],
  ['1 h, 100 pods: pprof', 'SelectMergeProfile', merge(all, hour, ragged)],
  ['24 h, 100 pods: flame graph', 'SelectMergeStacktraces', merge(all, day, ragged)],
  ['24 h, 100 pods: pprof', 'SelectMergeProfile', merge(all, day, ragged)],
  ['24 h, 100 pods: diff of halves', 'Diff', halves(all, day)],
  ['24 h, 100 pods: series by pod', 'SelectSeries', { ...merge(all, day, ragged), groupBy: ['pod'], step: 60 }],
  ['30 days, 100 pods: flame graph', 'SelectMergeStacktraces', merge(all, month, ragged)],
  ['30 days, 100 pods: pprof', 'SelectMergeProfile', merge(all, month, ragged)],
  ['30 days, 100 pods: diff of halves', 'Diff', halves(all, month)],
  [
    '30 days, 100 pods: top functions',
    `GET /api/v1/top?query=${encodeURIComponent(type + all)}&from=${month}&until=${ragged}`,
  ],
  ['profile types', 'ProfileTypes', { start: month, end: endMillis }],
  ['label names', 'LabelNames', { start: month, end: endMillis }],
  ['label values', 'LabelValues', { name: 'pod', start: month, end: endMillis }],
  ['series', 'Series', { matchers: [], labelNames: ['service_name', 'pod'], start: month, end: endMillis }],
];

export async function benchQuery(root) {
  const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-bench-'));
  try {
    console.log(
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${runs} runs each`,
    );
    await during('an hour and 23 copies of it written', async () => {
      const { store, engine } = await openStore(root, dataDir);
      await writeHour(store);
      await copyHours(engine);
      await store.close();
    });
    console.log('question'.padEnd(54), '  first     p50     p95      bytes    RSS');
    await withServer(root, dataDir, (pid) => ask(beforeSums, pid, 3));
    await during('24 hours and the day summed, 29 days copied', async () => {
      const { store, engine } = await openStore(root, dataDir);
      await store.rollUp(endMillis + dayMillis, 0);
      await copyDays(engine);
      await store.close();
    });
    await withServer(root, dataDir, (pid) => ask(questions, pid, runs));
  } finally {
    agent.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function during(what, work) {
  const startedAt = performance.now();
  await work();
  console.log(`${what} in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

async function withServer(root, dataDir, use) {
  const args = [join(root, 'scripts/start.mjs'), '--listen', `127.0.0.1:${port}`, '--data', dataDir];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) =>
      server.stdout.on('data', (chunk) => String(chunk).includes('is ready') && resolve()),
    );
    await use(server.pid);
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('close', resolve));
  }
}

async function ask(list, pid, count) {
  for (const [name, method, message, headers] of list) {
    const times = [];
    let answer;
    for (let run = 0; run <= count; run++) {
      if (run === 1) {
        await call(method, message, headers);
        await new Promise((resolve) => setTimeout(resolve, settleMillis));
      }
      const startedAt = performance.now();
      answer = await call(method, message, headers);
      times.push(performance.now() - startedAt);
      if (answer.status !== 200) break;
    }
    const [first, ...rest] = times;
    rest.sort((a, b) => a - b);
    const at = (share) => rest[Math.min(rest.length - 1, Math.floor(rest.length * share))] ?? Number.NaN;
    const numbers = [first, at(0.5), at(0.95)].map((millis) => millis.toFixed(millis < 10 ? 1 : 0).padStart(7));
    const notes = [answer.status === 200 ? '' : `status ${answer.status}: ${answer.text}`, answer.estimate];
    const rss = String(Math.round(residentBytes(pid) / 1e6)).padStart(6);
    console.log(name.padEnd(54), ...numbers, String(answer.bytes).padStart(10), rss, ...notes.filter(Boolean));
  }
}

function call(method, message, headers = {}) {
  const isGet = method.startsWith('GET ');
  const path = isGet ? method.slice(4) : `/querier.v1.QuerierService/${method}`;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        path,
        method: isGet ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          const { 'pyrolens-estimate': estimate } = response.headers;
          resolve({ status: response.statusCode, bytes: body.length, estimate, text: body.toString('utf8', 0, 300) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(isGet ? undefined : JSON.stringify(message));
  });
}

/** From /proc (Linux). */
const residentBytes = (pid) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
