/** OpenTelemetry eBPF profiler and Collector: gRPC and HTTP, protobuf and JSON, packed every way they pack, all revisions. */
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { encodeRequest } from '../../backend/wire/otlp/testRequest.ts';
import type { TestProfile, TestRevision } from '../../backend/wire/otlp/testRequest.ts';
import { at, offCpu, profileOf, requestOf, sample } from '../../backend/wire/otlp/testShop.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { everything, foldedGraph, labelSets, totals } from './asked.ts';
import { connectGrpc, hasOpenssl, makeCertificate } from './grpcClient.ts';

const exportPath = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const limits = { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity };

let server: TestServer;
beforeEach(async () => (server = await startTestServer({ limits })));
afterEach(() => server.close());

const onCpu = (): TestProfile => profileOf([sample()]);
const shop = (revision: TestRevision = '1.10', profiles: readonly TestProfile[] = [onCpu()]): Uint8Array =>
  new Uint8Array(encodeRequest(requestOf(profiles), revision));
/** Two timestamps of 50 ms. */
const onceShop = { [cpu]: 100_000_000n };

async function post(
  body: Uint8Array | string,
  headers: Record<string, string> = {},
  path = '/v1development/profiles',
): Promise<{ readonly status: number; readonly type: string; readonly body: Buffer }> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: Buffer.from(await response.arrayBuffer()) };
}

for (const gzip of [false, true]) {
  test(`opentelemetry-ebpf-profiler: gRPC${gzip ? ' with gzip' : ''} over h2c`, async () => {
    const client = connectGrpc(server.port, { gzip });
    expect(await client.unary(exportPath, shop())).toEqual(Buffer.alloc(0));
    expect(await totals(server.url, '{service_name="shop"}', everything)).toEqual(onceShop);
    client.close();
  });
}

if (!hasOpenssl) process.stdout.write('no openssl: gRPC over TLS was not tried\n');
(hasOpenssl ? test : test.skip)('opentelemetry-ebpf-profiler: gRPC over TLS', async () => {
  const tls = makeCertificate();
  const secure = await startTestServer({ limits, tls });
  const client = connectGrpc(secure.port, { rootCertFile: tls.certFile, gzip: true });
  expect(await client.unary(exportPath, shop())).toEqual(Buffer.alloc(0));
  client.close();
  await secure.close();
});

for (const path of ['/v1development/profiles', '/v1/profiles']) {
  test(`Collector: POST ${path} in protobuf is answered with an empty message`, async () => {
    expect(await post(shop(), {}, path)).toEqual({
      status: 200,
      type: 'application/x-protobuf',
      body: Buffer.alloc(0),
    });
    expect(await totals(server.url, '{}', everything)).toEqual(onceShop);
  });
}

for (const revision of ['1.7', '1.8', '1.10'] as const) {
  test(`wire revision ${revision} gives the same profile`, async () => {
    expect((await post(shop(revision))).status).toBe(200);
    expect(await totals(server.url, '{}', everything)).toEqual(onceShop);
    const graph = await foldedGraph(server.url, cpu, '{service_name="shop"}', everything);
    expect(graph.stacks).toEqual(['app!0x20;main 100000000']);
  });
}

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
if (!hasZstd) process.stdout.write('no zstd program: zstd was not tried over HTTP\n');
/** A block of one literal. */
const snappyOf = (bytes: Uint8Array): Uint8Array => {
  const { length } = bytes;
  const head = [(length & 0x7f) | 0x80, length >>> 7, (61 << 2) | 0, (length - 1) & 255, (length - 1) >>> 8];
  return Buffer.concat([Buffer.from(head), bytes]);
};
const packings: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['snappy', snappyOf],
  ...(hasZstd ? [['zstd', (bytes: Uint8Array) => spawnSync('zstd', ['-c'], { input: bytes }).stdout] as const] : []),
];
for (const [encoding, pack] of packings) {
  test(`Collector: Content-Encoding ${encoding}`, async () => {
    expect((await post(pack(shop()), { 'content-encoding': encoding })).status).toBe(200);
    expect(await totals(server.url, '{}', everything)).toEqual(onceShop);
    const broken = await post(pack(shop()).subarray(0, 20), { 'content-encoding': encoding });
    expect([broken.status, broken.type]).toEqual([400, 'text/plain; charset=utf-8']);
  });
}

const json = JSON.stringify({
  resourceProfiles: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'json-shop' } }] },
      scopeProfiles: [
        {
          profiles: [
            {
              sampleType: { typeStrindex: 1, unitStrindex: 2 },
              periodType: { typeStrindex: 3, unitStrindex: 4 },
              period: '50000000',
              timeUnixNano: '1774910497545532978',
              samples: [{ stackIndex: 1, timestampsUnixNano: ['7', '8'] }],
            },
          ],
        },
      ],
    },
  ],
  dictionary: {
    stringTable: ['', 'samples', 'count', 'cpu', 'nanoseconds', 'main'],
    functionTable: [{}, { nameStrindex: 5 }],
    locationTable: [{}, { lines: [{ functionIndex: 1 }] }],
    stackTable: [{}, { locationIndices: [1] }],
  },
});

test('Collector: JSON is answered in JSON', async () => {
  expect(await post(json, { 'content-type': 'application/json' })).toEqual({
    status: 200,
    type: 'application/json',
    body: Buffer.from('{}'),
  });
  expect(await totals(server.url, '{service_name="json-shop"}', everything)).toEqual(onceShop);
});

test('what is refused of a request is told in partial_success, and counted, and the rest is kept', async () => {
  const manyStacks = { requestLimit: { samplesPerProfile: 1 } };
  const small = await startTestServer({ limits: { ...limits, ...manyStacks.requestLimit } });
  const client = connectGrpc(small.port);
  const both = shop('1.10', [
    onCpu(),
    offCpu([sample({ values: [3n], stack: 1 }), sample({ values: [4n], stack: 2 })]),
  ]);
  const answer = Buffer.from(await client.unary(exportPath, both)).toString('latin1');
  expect(answer).toContain('samples_limit');
  expect(await totals(small.url, '{}', everything)).toEqual(onceShop);
  const metrics = await (await fetch(`${small.url}/metrics`)).text();
  expect(metrics).toMatch(/pyrolens_discarded_samples_total\{reason="samples_limit"\} [1-9]/);
  client.close();
  await small.close();
});

test('a request of which nothing can be kept fails, for good', async () => {
  const old = await startTestServer();
  const client = connectGrpc(old.port);
  await expect(client.unary(exportPath, shop())).rejects.toMatchObject({
    code: 3,
    details: expect.stringContaining('ingestion window') as unknown,
  });
  await expect(client.unary(exportPath, Buffer.from('nonsense'))).rejects.toMatchObject({ code: 3 });
  await expect(client.unary(exportPath, Buffer.alloc(0))).rejects.toMatchObject({ code: 3 });
  client.close();
  await old.close();
});

const wrong: readonly (readonly [string, Uint8Array | string, Record<string, string>, number])[] = [
  ['no protobuf', 'nonsense', {}, 400],
  ['no JSON', '{', { 'content-type': 'application/json' }, 400],
  ['of another content type', '{}', { 'content-type': 'text/plain' }, 415],
  ['packed in an unknown way', shop(), { 'content-encoding': 'br' }, 415],
  ['a bomb', gzipSync(Buffer.alloc(70 * 2 ** 20)), { 'content-encoding': 'gzip' }, 413],
];
for (const [what, body, headers, status] of wrong) {
  test(`a request that is ${what} gets ${status} in plain text`, async () => {
    const answer = await post(body, headers);
    expect([answer.status, answer.type]).toEqual([status, 'text/plain; charset=utf-8']);
  });
}

test('logs, traces and metrics are taken and dropped', async () => {
  for (const signal of ['logs', 'traces', 'metrics']) {
    const path = `/v1/${signal}`;
    expect(await post('anything', {}, path)).toMatchObject({ status: 200, type: 'application/x-protobuf' });
    expect(await post('{}', { 'content-type': 'application/json' }, path)).toEqual({
      status: 200,
      type: 'application/json',
      body: Buffer.from('{}'),
    });
  }
});

test('without service.name the executable names the service, and host attributes keep their dots', async () => {
  const request = requestOf([onCpu()], {
    resources: [
      {
        attributes: [
          ['process.executable.name', 'nginx'],
          ['host.name', 'node-a'],
          ['process.pid', 7n],
        ],
        profiles: [onCpu()],
      },
    ],
  });
  expect((await post(new Uint8Array(encodeRequest(request, '1.10')))).status).toBe(200);
  const [labels] = await labelSets(server.url, '{"host.name"="node-a"}', everything);
  expect(labels).toMatchObject({ service_name: 'unknown_service:nginx', __otel__: 'true' });
});

test('Grafana Beyla / OBI: spans of links are kept, and a flame graph can be cut to one', async () => {
  const linked = offCpu([
    sample({ link: 1, values: [5n], timestamps: [] }),
    sample({ link: 0, values: [9n], timestamps: [] }),
  ]);
  expect((await post(shop('1.10', [linked]))).status).toBe(200);
  const type = 'off_cpu:off_cpu:nanoseconds::';
  const all = await foldedGraph(server.url, type, '{}', everything);
  const span = await foldedGraph(server.url, type, '{}', everything, { spanSelector: ['fedcba9876543210'] });
  expect([all.total, span.total]).toEqual([14n, 5n]);
});

test('attributes of samples become labels, but for those of a thread', async () => {
  const request = requestOf([profileOf([sample({ attributes: [1, 2] })])], {
    attributes: [
      [at('thread.name'), 'worker'],
      [at('thread.id'), 77n],
    ],
  });
  expect((await post(new Uint8Array(encodeRequest(request, '1.10')))).status).toBe(200);
  const [labels] = await labelSets(server.url, '{}', everything);
  expect(labels).toMatchObject({ 'thread.name': 'worker' });
  expect(labels).not.toHaveProperty(['thread.id']);
});
