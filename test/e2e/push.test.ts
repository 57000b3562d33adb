/** Push and ask over every protocol, on one port. */
import { connect } from 'node:http2';
import { gunzipSync, gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { PushRequestSchema, PusherService } from '../../backend/wire/pyroscope/gen/push/v1/push_pb.js';
import {
  QuerierService,
  SelectMergeStacktracesRequestSchema,
  SelectMergeStacktracesResponseSchema,
} from '../../backend/wire/pyroscope/gen/querier/v1/querier_pb.js';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

const cpuType = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const now = Date.now();
const folded = ['a;b;e 1', 'a;c 2', 'a;c;d 1'];
const profile = foldedPprof({ folded, timeNanos: BigInt(now) * 1_000_000n });
const levels = [
  [0, 4, 0, 0],
  [0, 4, 0, 1],
  [0, 1, 0, 4, 0, 3, 2, 2],
  [0, 1, 1, 5, 2, 1, 1, 3],
].map((values) => ({ values: values.map(String) }));
const graph = { names: ['total', 'a', 'c', 'd', 'b', 'e'], levels, total: '4', maxSelf: '2' };

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

const question = (service: string) => ({
  profileTypeID: cpuType,
  labelSelector: `{service_name="${service}"}`,
  start: now - 60_000,
  end: now + 60_000,
});
const graphOf = async (service: string) =>
  (await call(server.url, 'querier.v1.QuerierService/SelectMergeStacktraces', question(service))).json;
const push = (service: string) => pushMessage({ __name__: 'process_cpu', service_name: service }, profile);

test('Connect with JSON: what was pushed is drawn', async () => {
  expect(await call(server.url, 'push.v1.PusherService/Push', push('json'))).toMatchObject({ status: 200, json: {} });
  expect(await graphOf('json')).toEqual({ flamegraph: graph });
});

test('gzip in both directions, around the request and around the profile', async () => {
  const zipped = pushMessage({ __name__: 'process_cpu', service_name: 'zipped' }, gzipSync(profile));
  const body = gzipSync(JSON.stringify(zipped));
  expect(
    (await call(server.url, 'push.v1.PusherService/Push', new Uint8Array(body), { 'content-encoding': 'gzip' })).status,
  ).toBe(200);
  expect(await graphOf('zipped')).toEqual({ flamegraph: graph });
  const { response, body: raw } = await rawPost(
    '/querier.v1.QuerierService/SelectMergeStacktraces',
    question('zipped'),
    { 'accept-encoding': 'gzip' },
  );
  expect(response['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(raw).toString())).toEqual({ flamegraph: graph });
});

const transports: Readonly<Record<string, (baseUrl: string) => Transport>> = {
  'Connect over HTTP/1.1': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1' }),
  'Connect over HTTP/2': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '2' }),
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl }),
  'gRPC-Web over HTTP/1.1': (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
};
for (const [name, transportTo] of Object.entries(transports)) {
  test(`${name}: what was pushed is drawn, and an error has its code`, async () => {
    const transport = transportTo(server.url);
    const pusher = createClient(PusherService, transport);
    const series = [
      {
        labels: [
          { name: '__name__', value: 'process_cpu' },
          { name: 'service_name', value: name },
        ],
        samples: [{ rawProfile: new Uint8Array(profile) }],
      },
    ];
    await pusher.push({ series });
    const { flamegraph } = await createClient(QuerierService, transport).selectMergeStacktraces({
      ...question(name),
      start: BigInt(now - 60_000),
      end: BigInt(now + 60_000),
    });
    expect([flamegraph?.names, flamegraph?.total]).toEqual([graph.names, 4n]);
    await expect(pusher.push({ series: [] })).rejects.toThrow('[invalid_argument] no profiles received');
  });
}

test('plain routes answer over HTTP/2 too', async () => {
  const session = connect(server.url);
  try {
    const answers = await Promise.all(['/ready', '/nowhere'].map((path) => get(session, path)));
    expect(answers).toEqual([
      { status: 200, body: 'ready' },
      { status: 404, body: '404 page not found\n' },
    ]);
  } finally {
    session.close();
  }
});

test('one bad profile of two fails the call and costs the other nothing', async () => {
  const bad = await call(
    server.url,
    'push.v1.PusherService/Push',
    pushMessage({ service_name: 'half', __name__: 'process_cpu' }, Buffer.from('nonsense'), profile),
  );
  expect(bad).toMatchObject({
    status: 400,
    json: { code: 'invalid_argument', message: expect.stringContaining('push series with index 0') as unknown },
  });
  expect(await graphOf('half')).toEqual({ flamegraph: graph });
});

test('protobuf comes back as protobuf', async () => {
  const request = create(SelectMergeStacktracesRequestSchema, {
    ...question('json'),
    start: BigInt(now - 60_000),
    end: BigInt(now + 60_000),
  });
  const response = await fetch(`${server.url}/querier.v1.QuerierService/SelectMergeStacktraces`, {
    method: 'POST',
    headers: { 'content-type': 'application/proto' },
    body: toBinary(SelectMergeStacktracesRequestSchema, request),
  });
  expect(response.headers.get('content-type')).toBe('application/proto');
  const message = fromBinary(SelectMergeStacktracesResponseSchema, new Uint8Array(await response.arrayBuffer()));
  expect(message.flamegraph?.total).toBe(4n);
});

test('with a token, whoever has none is told so in the form of its protocol', async () => {
  const locked = await startTestServer({ token: 'secret' });
  try {
    expect(await call(locked.url, 'push.v1.PusherService/Push', push('x'))).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
    });
    expect(
      (await call(locked.url, 'push.v1.PusherService/Push', push('x'), { authorization: 'Bearer wrong' })).status,
    ).toBe(401);
    expect(
      (await call(locked.url, 'push.v1.PusherService/Push', push('x'), { authorization: 'Bearer secret' })).status,
    ).toBe(200);
    await expect(
      createClient(QuerierService, createGrpcTransport({ baseUrl: locked.url })).profileTypes({}),
    ).rejects.toThrow('[unauthenticated]');
    expect((await fetch(`${locked.url}/ready`)).status).toBe(200);
  } finally {
    await locked.close();
  }
});

test('the server tells its build and its counters', async () => {
  const build = await readAnswer(await fetch(`${server.url}/api/v1/status/buildinfo`));
  expect(build.json).toMatchObject({ status: 'success', data: { version: 'test' } });
  const { text } = await readAnswer(await fetch(`${server.url}/metrics`));
  for (const line of [
    /pyrolens_build_info\{version="test",revision="test",node_version="v\d+\.\d+\.\d+"\} 1/,
    /pyrolens_request_duration_seconds_count\{method="POST",route="\/push\.v1\.PusherService\/Push",status_code="200"\} \d+/,
    /pyrolens_discarded_bytes_total\{reason="malformed_profile"\} 8/,
    /pyrolens_received_profiles_total \d+/,
  ]) {
    expect(text).toMatch(line);
  }
});

async function rawPost(path: string, message: unknown, headers: Record<string, string>) {
  const { request } = await import('node:http');
  return new Promise<{ response: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ response: response.headers, body: Buffer.concat(chunks) }));
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(message));
  });
}

function get(session: ReturnType<typeof connect>, path: string) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const stream = session.request({ ':path': path });
    let status = 0;
    let body = '';
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.on('end', () => resolve({ status, body }));
    stream.on('error', reject);
  });
}

test('the request message is what Alloy sends', () => {
  // series(1) { labels(1) { name "a", value "b" }, samples(2) { raw_profile(1) 01 } }
  const message = create(PushRequestSchema, {
    series: [{ labels: [{ name: 'a', value: 'b' }], samples: [{ rawProfile: Uint8Array.of(1) }] }],
  });
  expect(Buffer.from(toBinary(PushRequestSchema, message)).toString('hex')).toBe(
    '0a0d' + '0a06' + '0a0161' + '120162' + '1203' + '0a0101',
  );
});
