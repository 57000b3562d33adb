/** Every call of the Parca agent, made with grpc-js: profiles of all its versions, debug information, panics, logs, traces. */
import { join } from 'node:path';
import { existsSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { foldedPprof } from '../foldedPprof.ts';
import type { MadeUpFrame } from '../bench/madeUpArrow.mjs';
import { madeUpArrowV2, madeUpLocationsV1, madeUpSamplesV1, periodNanos, startNanos } from '../bench/madeUpArrow.mjs';
import { foldedGraph, labelSets, recently, totals } from './asked.ts';
import type { Range } from './asked.ts';
import type { GrpcClient } from './grpcClient.ts';
import { connectGrpc, field, hasOpenssl, makeCertificate, numberField } from './grpcClient.ts';

const store = '/parca.profilestore.v1alpha1.ProfileStoreService';
const debuginfo = '/parca.debuginfo.v1alpha1.DebuginfoService';
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const startMillis = Number(startNanos / 1_000_000n);
const range: Range = { start: startMillis - 60_000, end: startMillis + 60_000 };
const limits = { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity };

let server: TestServer;
let client: GrpcClient;
beforeEach(async () => {
  server = await startTestServer({ limits });
  client = connectGrpc(server.port);
});
afterEach(async () => {
  client.close();
  await server.close();
});

const arrow = madeUpArrowV2({ rows: 1_000 });

test('parca-agent >= 0.48: WriteArrow keeps every tick, by process', async () => {
  expect(await client.unary(`${store}/WriteArrow`, field(1, arrow))).toEqual(Buffer.alloc(0));
  expect(await totals(server.url, '{}', range)).toEqual({ [cpu]: 1_000n * periodNanos });
  const sets = await labelSets(server.url, '{}', range);
  expect(new Set(sets.map(({ service_name: name }) => name))).toContain('ebpf/shop/container-0');
  expect(sets.flatMap(Object.keys)).not.toContain('thread_id');
});

test('parca-agent >= 0.48: a message of 30 MiB is taken', async () => {
  const large = madeUpArrowV2({ rows: 15_000, compress: undefined, functions: 600, stacks: 3_000, depth: 60 });
  const padded = Buffer.concat([field(1, large), field(2_000, Buffer.alloc(30 * 2 ** 20 - large.length))]);
  await client.unary(`${store}/WriteArrow`, padded);
  expect(await totals(server.url, '{}', range)).toEqual({ [cpu]: 15_000n * periodNanos });
});

const called = (name: string): MadeUpFrame => ({ address: 4_096n, file: 'app', buildId: 'b1', lines: [[name, 7]] });
const samples = madeUpSamplesV1([
  ['stack-a', 'pod-1', 1],
  ['stack-b', 'pod-1', 2],
]);
const locations = madeUpLocationsV1([
  ['stack-a', [called('leaf'), called('main')]],
  ['stack-b', [called('idle'), called('main')]],
]);

test('parca-agent 0.32-0.47: Write asks for stacks once, and ends the stream after the second message', async () => {
  const first = client.bidi(`${store}/Write`);
  first.send(field(1, samples));
  const asked = await first.next();
  expect(asked?.length).toBeGreaterThan(2);
  first.send(field(1, locations));
  expect(await first.next()).toBeUndefined();

  const second = client.bidi(`${store}/Write`);
  second.send(field(1, samples));
  // A record without bytes asks for nothing, and the stream ends though the client has not closed its side.
  expect((await second.next())?.length).toBeLessThanOrEqual(2);
  expect(await second.next()).toBeUndefined();

  const graph = await foldedGraph(server.url, cpu, '{}', range);
  expect(graph.stacks).toEqual([`main;idle ${4n * periodNanos}`, `main;leaf ${2n * periodNanos}`]);
});

test('parca-agent 0.32-0.47: an agent that goes away before its stacks loses no ticks', async () => {
  const write = client.bidi(`${store}/Write`);
  write.send(field(1, samples));
  await write.next();
  write.end();
  expect(await write.next()).toBeUndefined();
  expect(await totals(server.url, '{}', range)).toEqual({ [cpu]: 3n * periodNanos });
});

const nowNanos = BigInt(Date.now()) * 1_000_000n;
const pprof = gzipSync(foldedPprof({ folded: ['main;work 5', 'main 2'], timeNanos: nowNanos }));

test('parca-agent <= 0.31, scraper, parca-push: WriteRaw over gRPC, and the same as JSON over HTTP', async () => {
  const labels = field(
    1,
    Buffer.concat([
      field(1, Buffer.concat([field(1, '__name__'), field(2, 'process_cpu')])),
      field(1, Buffer.concat([field(1, 'job'), field(2, 'raw')])),
    ]),
  );
  await client.unary(`${store}/WriteRaw`, field(2, Buffer.concat([labels, field(2, field(1, pprof))])));
  const body = {
    series: [
      {
        labels: {
          labels: [
            { name: '__name__', value: 'process_cpu' },
            { name: 'job', value: 'gateway' },
          ],
        },
        samples: [{ rawProfile: pprof.toString('base64') }],
      },
    ],
  };
  const answer = await fetch(`${server.url}/profiles/writeraw`, { method: 'POST', body: JSON.stringify(body) });
  expect([answer.status, await answer.text()]).toEqual([200, '{}']);
  expect(await totals(server.url, '{job="raw"}', recently())).toEqual({ [cpu]: 7n });
  expect(await totals(server.url, '{job="gateway"}', recently())).toEqual({ [cpu]: 7n });
});

test('what is no message is an invalid argument, which is not sent again', async () => {
  const invalid = { code: 3 };
  await expect(client.unary(`${store}/WriteArrow`, Buffer.from('nonsense'))).rejects.toMatchObject(invalid);
  await expect(client.unary(`${store}/WriteArrow`, field(1, arrow.subarray(0, 500)))).rejects.toMatchObject(invalid);
  await expect(client.unary(`${store}/WriteRaw`, field(2, field(2, field(1, 'no pprof'))))).rejects.toMatchObject(
    invalid,
  );
  const write = client.bidi(`${store}/Write`);
  write.send(field(1, 'no arrow'));
  await expect(write.next()).rejects.toMatchObject(invalid);
  await expect(client.unary(`${store}/Nothing`, Buffer.alloc(0))).rejects.toMatchObject({ code: 12 });
});

test('a message longer than the limit is refused before it is read', async () => {
  const small = await startTestServer({ limits: { ...limits, messageBytes: 10_000 } });
  const other = connectGrpc(small.port);
  await expect(other.unary(`${store}/WriteArrow`, field(1, Buffer.alloc(20_000)))).rejects.toMatchObject({ code: 3 });
  other.close();
  await small.close();
});

const buildId = 'c0ffee0123456789';
const executable = 1;
const gnu = 1;

test('debug information is asked about, uploaded in pieces, and kept', async () => {
  const question = Buffer.concat([
    field(1, buildId),
    field(2, 'hash'),
    numberField(4, executable),
    numberField(5, gnu),
  ]);
  const first = await client.unary(`${debuginfo}/ShouldInitiateUpload`, question);
  expect([first[0], first[1]]).toEqual([8, 1]);

  const order = Buffer.concat([
    field(1, buildId),
    numberField(2, 6),
    field(3, 'hash'),
    numberField(5, executable),
    numberField(6, gnu),
  ]);
  const instructions = Buffer.from(await client.unary(`${debuginfo}/InitiateUpload`, order));
  const uploadId = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(instructions.toString('latin1'))?.[0] ?? '';
  const again = Buffer.from(await client.unary(`${debuginfo}/ShouldInitiateUpload`, question)).toString('latin1');
  expect(again).toContain(
    'A previous upload is still in-progress and not stale yet (only stale uploads can be retried).',
  );
  await expect(client.unary(`${debuginfo}/InitiateUpload`, order)).rejects.toMatchObject({ code: 9 });

  const info = Buffer.concat([field(1, buildId), field(2, uploadId), numberField(3, executable)]);
  const pieces = [field(1, info), field(2, 'abc'), field(2, 'def')];
  expect(Buffer.from(await client.clientStream(`${debuginfo}/Upload`, pieces))).toEqual(
    Buffer.concat([field(1, buildId), numberField(2, 6)]),
  );
  await client.unary(`${debuginfo}/MarkUploadFinished`, info);
  await expect(client.unary(`${debuginfo}/InitiateUpload`, order)).rejects.toMatchObject({ code: 6 });
});

test('an upload that nobody initiated, or under another id, is refused', async () => {
  const info = field(1, Buffer.concat([field(1, buildId), field(2, 'made-up'), numberField(3, executable)]));
  await expect(client.clientStream(`${debuginfo}/Upload`, [info, field(2, 'x')])).rejects.toMatchObject({ code: 5 });
  await expect(client.clientStream(`${debuginfo}/Upload`, [field(2, 'x')])).rejects.toMatchObject({ code: 3 });
  await client.unary(
    `${debuginfo}/InitiateUpload`,
    Buffer.concat([field(1, buildId), numberField(2, 1), numberField(5, executable)]),
  );
  await expect(client.clientStream(`${debuginfo}/Upload`, [info, field(2, 'x')])).rejects.toMatchObject({ code: 3 });
});

test('panics are logged; logs, traces and metrics are taken politely and dropped', async () => {
  await client.unary('/parca.telemetry.v1alpha1.TelemetryService/ReportPanic', field(1, 'panic: nil map'));
  expect(server.log.join('')).toContain('panic: nil map');
  for (const service of ['logs.v1.LogsService', 'trace.v1.TraceService', 'metrics.v1.MetricsService']) {
    const path = `/opentelemetry.proto.collector.${service}/Export`;
    expect(await client.unary(path, field(1, 'anything'))).toEqual(Buffer.alloc(0));
  }
});

test('with a token, calls without it are unauthenticated, and the list of senders tells so', async () => {
  const locked = await startTestServer({ limits, token: 'secret' });
  const stranger = connectGrpc(locked.port);
  const known = connectGrpc(locked.port, { token: 'secret' });
  await expect(stranger.unary(`${store}/WriteArrow`, field(1, arrow))).rejects.toMatchObject({ code: 16 });
  await known.unary(`${store}/WriteArrow`, field(1, arrow));
  const headers = { authorization: 'Bearer secret' };
  const recent = await fetch(`${locked.url}/api/v1/ingest/recent`, { headers });
  expect(await recent.json()).toMatchObject({
    senders: [
      { agent: 'parca-agent', route: `${store}/WriteArrow`, requests: 1, samples: expect.any(Number) as unknown },
      { agent: 'without the token', refused: 1 },
    ],
  });
  stranger.close();
  known.close();
  await locked.close();
});

if (!hasOpenssl) process.stdout.write('no openssl: gRPC over TLS was not tried\n');
(hasOpenssl ? test : test.skip)('the same over TLS, HTTP/1.1 beside it', async () => {
  const tls = makeCertificate();
  const secure = await startTestServer({ limits, tls });
  const other = connectGrpc(secure.port, { rootCertFile: tls.certFile });
  try {
    await other.unary(`${store}/WriteArrow`, field(1, arrow));
    const write = other.bidi(`${store}/Write`);
    write.send(field(1, samples));
    await write.next();
    write.send(field(1, locations));
    expect(await write.next()).toBeUndefined();
    expect(await secureStatus(secure.port, tls.certFile)).toBe(200);
  } finally {
    other.close();
    await secure.close();
  }
});

async function secureStatus(port: number, rootCertFile: string): Promise<number | undefined> {
  const { request } = await import('node:https');
  const { readFileSync } = await import('node:fs');
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port, path: '/ready', ca: readFileSync(rootCertFile) }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('an upload leaves one file, and a broken one none', async () => {
  await client.unary(
    `${debuginfo}/InitiateUpload`,
    Buffer.concat([field(1, buildId), numberField(2, 1), numberField(5, executable)]),
  );
  expect(existsSync(join(server.dataDir, 'debuginfo/anonymous', buildId))).toBe(true);
  expect(readdirSync(join(server.dataDir, 'debuginfo/anonymous', buildId))).toEqual(['executable.json']);
});
