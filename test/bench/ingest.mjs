// npm run bench ingest: pushes made-up profiles to the built server on loopback and reports what it took.
// Units: profiles/s; gzip MB/s on the wire; acks in ms; CPU in ms per profile of the server process, engine included; RSS in MB.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { PushRequestSchema } from '../../backend/wire/pyroscope/gen/push/v1/push_pb.js';
import { gunzipSync } from 'node:zlib';
import { ebpfProfile, heapProfile, stamped } from './madeUpProfiles.mjs';

const seconds = 8;
const ticksPerSecond = 100;
const port = 14_140;

export async function benchIngest(root) {
  const golden = join(process.env.PYROLENS_GOLDEN ?? join(root, '../shared/golden'), 'pprof/go-heap.pb.gz');
  const heap = existsSync(golden) ? gunzipSync(readFileSync(golden)) : heapProfile(7);
  const kinds = [
    { name: 'eBPF, 10 KB', make: (i) => ebpfProfile(i % 16), connections: [32, 256] },
    {
      name: existsSync(golden) ? 'heap, 262 KB (recorded)' : 'heap, 260 KB (made up)',
      make: () => heap,
      connections: [32],
    },
  ];
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${seconds} s each`,
  );
  console.log('profile                    connections  profiles/s  gzip MB/s  p50 ms  p99 ms  CPU ms/profile  RSS MB');
  for (const { name, make, connections } of kinds) {
    for (const count of connections) console.log(await measure(root, name, make, count));
  }
}

async function measure(root, name, make, connections) {
  const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-bench-'));
  const server = spawn(
    process.execPath,
    [join(root, 'scripts/start.mjs'), '--listen', `127.0.0.1:${port}`, '--data', dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    await new Promise((resolve) =>
      server.stdout.on('data', (chunk) => String(chunk).includes('is ready') && resolve()),
    );
    const bodies = Array.from({ length: 64 }, (_, i) => pushBody(make(i), i));
    await load(bodies, connections, 2); // warm: compiled code, dictionaries
    const before = cpuSeconds(server.pid);
    const { acks, failed, bytes, took } = await load(bodies, connections, seconds);
    const cpuMillis = ((cpuSeconds(server.pid) - before) * 1_000) / acks.length;
    acks.sort((a, b) => a - b);
    const at = (share) => acks[Math.floor(acks.length * share)] ?? 0;
    const columns = [
      [name.padEnd(26), 0],
      [connections, 12],
      [(acks.length / took).toFixed(0), 11],
      [(bytes / took / 1e6).toFixed(1), 10],
      [at(0.5).toFixed(0), 7],
      [at(0.99).toFixed(0), 7],
      [cpuMillis.toFixed(2), 15],
      [(residentBytes(server.pid) / 1e6).toFixed(0), 7],
    ];
    const line = columns.map(([text, width]) => String(text).padStart(width)).join(' ');
    return failed === 0 ? line : `${line}  ${failed} refused`;
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('close', resolve));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function pushBody(profile, i) {
  const rawProfile = stamped(profile, BigInt(Date.now()) * 1_000_000n);
  const labels = [
    { name: '__name__', value: 'process_cpu' },
    { name: 'service_name', value: `service-${i % 8}` },
    { name: 'pod', value: `pod-${i}` },
  ];
  return toBinary(PushRequestSchema, create(PushRequestSchema, { series: [{ labels, samples: [{ rawProfile }] }] }));
}

async function load(bodies, connections, forSeconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const acks = [];
  let failed = 0;
  let bytes = 0;
  let next = 0;
  const startedAt = performance.now();
  const worker = async () => {
    while (performance.now() - startedAt < forSeconds * 1_000) {
      const body = bodies[next++ % bodies.length];
      const sentAt = performance.now();
      const status = await post(agent, body);
      if (status === 200) {
        acks.push(performance.now() - sentAt);
        bytes += body.length;
      } else failed++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return { acks, failed, bytes, took: (performance.now() - startedAt) / 1_000 };
}

function post(agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/proto', 'content-length': body.length };
    const sent = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/push.v1.PusherService/Push', headers },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** User and system time of all threads, from /proc (Linux). */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const residentBytes = (pid) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
