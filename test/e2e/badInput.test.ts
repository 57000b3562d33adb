/** What is wrong gets a clear error of the right status, and the server keeps serving. */
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

const labels = { __name__: 'process_cpu', service_name: 'bad' };
const nowNanos = BigInt(Date.now()) * 1_000_000n;
const profile = foldedPprof({ folded: ['main;work 5'], timeNanos: nowNanos });
const pushPath = 'push.v1.PusherService/Push';

let server: TestServer;
beforeAll(async () => (server = await startTestServer({ limits: { bodyBytes: 1_000_000, profileBytes: 200_000 } })));
afterEach(async () => {
  expect((await call(server.url, pushPath, pushMessage(labels, profile))).status).toBe(200);
});
afterAll(() => server.close());

const oldProfile = foldedPprof({ folded: ['main 1'], timeNanos: nowNanos - 7_200_000_000_000n });
const futureProfile = foldedPprof({ folded: ['main 1'], timeNanos: nowNanos + 3_600_000_000_000n });
const notUtf8 = Buffer.from(profile);
notUtf8[notUtf8.indexOf('work')] = 0xff;

const badProfiles: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['truncated', profile.subarray(0, profile.length - 3), /byte \d+/],
  ['no pprof at all', Buffer.from('nonsense'), /byte \d+/],
  ['no UTF-8', notUtf8, /UTF-8/],
  ['gzip that breaks off', gzipSync(profile).subarray(0, -12), /gzip/],
  ['gzip that expands past the limit', gzipSync(Buffer.alloc(300_000)), /exceeds limit of .* \(--max-profile-size\)/],
  [
    'longer than the limit',
    Buffer.concat([profile, Buffer.from([0x32, 0xe0, 0xa7, 0x12]), Buffer.alloc(300_000)]),
    /exceeds limit/,
  ],
  ['older than the window', oldProfile, /ingestion window/],
  ['newer than the window', futureProfile, /ingestion window/],
];
for (const [name, bytes, message] of badProfiles) {
  test(`a profile that is ${name} is the sender's mistake`, async () => {
    const answer = await call(server.url, pushPath, pushMessage(labels, bytes));
    expect(answer).toMatchObject({
      status: 400,
      json: { code: 'invalid_argument', message: expect.stringMatching(message) as unknown },
    });
  });
}

const badRequests: readonly (readonly [string, string | Uint8Array, Record<string, string>, number])[] = [
  ['no JSON', 'nonsense', {}, 400],
  ['empty', '', {}, 400],
  ['null', 'null', {}, 400],
  ['a list', '[]', {}, 400],
  ['JSON with a key twice', '{"series":[],"series":[]}', {}, 400],
  ['JSON behind a byte order mark', '\ufeff{}', {}, 400],
  ['without profiles', '{}', {}, 400],
  ['no protobuf', 'nonsense', { 'content-type': 'application/proto' }, 400],
  ['of another content type', '{}', { 'content-type': 'text/plain' }, 415],
  ['of another version of Connect', '{}', { 'connect-protocol-version': '2' }, 400],
  ['with a timeout that is no number', '{}', { 'connect-timeout-ms': 'soon' }, 400],
  ['gzip by its header only', '{}', { 'content-encoding': 'gzip' }, 400],
  ['of an unknown compression', '{}', { 'content-encoding': 'br' }, 501],
  ['with an Accept header that is none', '{}', { accept: '*/*;nonsense' }, 400],
  ['longer than the limit', JSON.stringify({ series: 'x'.repeat(1_100_000) }), {}, 400],
  ['a bomb', new Uint8Array(gzipSync(Buffer.alloc(5_000_000, ' '))), { 'content-encoding': 'gzip' }, 400],
];
for (const [name, body, headers, status] of badRequests) {
  test(`a request that is ${name} gets ${status}`, async () => {
    expect((await call(server.url, pushPath, body, headers)).status).toBe(status);
  });
}

for (const [path, body, headers] of [
  [pushPath, JSON.stringify({ series: 'x'.repeat(1_100_000) }), {}],
  [pushPath, gzipSync(Buffer.alloc(5_000_000, ' ')), { 'content-encoding': 'gzip' }],
  ['ingest?name=a&format=folded', 'x'.repeat(1_100_000), {}],
  ['ingest?name=a&format=folded', gzipSync(Buffer.alloc(5_000_000, ' ')), { 'content-encoding': 'gzip' }],
] as const) {
  test(`a body past the limit is told which one, at /${path.slice(0, 12)}, ${JSON.stringify(headers)}`, async () => {
    expect((await call(server.url, path, body, headers)).text).toMatch(
      /1000000 bytes \(--max-body-size\)|limit of 1.0 MB \(--max-body-size\)/,
    );
  });
}

for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
  test(`${method} on an RPC gets 405`, async () => {
    const answer = await readAnswer(await fetch(`${server.url}/${pushPath}`, { method }));
    expect([answer.status, answer.text]).toEqual([405, '']);
  });
}

for (const path of [
  '/nowhere',
  '/push.v1.PusherService/Pull',
  '/../package.json',
  '/%2e%2e/package.json',
  '//',
  '/metrics/x',
]) {
  test(`${path} gets 404`, async () => {
    const answer = await readAnswer(await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' }));
    expect([answer.status, answer.text]).toEqual([404, '404 page not found\n']);
  });
}

for (const bytes of [
  'nonsense\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense',
  'GET / HTTP/1.1\r\n\r\n',
  'POST //[ HTTP/1.1\r\nHost: a b\r\n\r\n',
]) {
  test(`raw bytes ${JSON.stringify(bytes)} end that connection only`, async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', () => socket.end());
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      setTimeout(() => socket.destroy(), 1_000).unref();
    });
  });
}

for (const [site, status] of [
  ['cross-site', 403],
  ['same-site', 403],
  ['same-origin', 200],
  ['none', 200],
] as const) {
  test(`a browser that posts for a page that is ${site} gets ${status}`, async () => {
    // What a page may send anywhere without being asked whether it may: plain text.
    const url = `${server.url}/ingest?name=page&format=folded`;
    const headers = { 'content-type': 'text/plain', 'sec-fetch-site': site };
    expect((await fetch(url, { method: 'POST', headers, body: 'a;b 1\n' })).status).toBe(status);
    expect((await fetch(`${server.url}/ready`, { headers })).status).toBe(200);
  });
}

test('a chunked body without end is cut at the limit', async () => {
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) });
  const sent = fetch(`${server.url}/${pushPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: endless,
    duplex: 'half',
  } as RequestInit);
  const status = await sent.then(
    (response) => response.status,
    () => 'closed',
  );
  expect([400, 'closed']).toContain(status);
});

const frame = (flags: number, message: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
const badFrames: readonly (readonly [string, Uint8Array, Record<string, string>])[] = [
  ['no protobuf', frame(0, Buffer.from('nonsense')), {}],
  ['no protobuf inside of gzip', frame(1, gzipSync('nonsense')), { 'grpc-encoding': 'gzip' }],
  ['no gzip', frame(1, Buffer.from('nonsense')), { 'grpc-encoding': 'gzip' }],
  ['longer than its body', Buffer.from([0, 0, 0, 1, 0, 1]), {}],
  ['longer than the limit', Buffer.from([0, 127, 0, 0, 0, 1]), {}],
];
for (const [name, body, headers] of badFrames) {
  test(`a gRPC message that is ${name} is an invalid argument, which agents do not send again`, async () => {
    const response = await fetch(`${server.url}/${pushPath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web+proto', 'grpc-accept-encoding': 'identity', ...headers },
      body: new Uint8Array(body),
    });
    const answer = Buffer.from(await response.arrayBuffer()).toString('latin1');
    expect(`${response.headers.get('grpc-status') ?? ''} ${answer}`).toMatch(/^3 |grpc-status: 3\r\n/);
  });
}

// 200 kB of gzip that would hold the server for half a minute, as nothing else is answered while a file is read.
for (const [what, path, contentType, body] of [
  ['text past its limit', '/ingest?name=a.cpu&format=folded', 'text/plain', Buffer.alloc(33 * 2 ** 20, 'a 1\n')],
  ['OTLP of very many resources', '/v1development/profiles', 'application/x-protobuf', Buffer.alloc(2 ** 18, '\n\0')],
  [
    'OTLP/JSON of very many values',
    '/v1development/profiles',
    'application/json',
    `{"resourceProfiles":[${'{},'.repeat(1_100_000)}{}]}`,
  ],
] as const) {
  test(`${what} is refused before it is read whole`, async () => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync(body)),
    });
    expect([400, 413, 422]).toContain(answer.status);
    expect(await answer.text()).toMatch(/limit|more than/);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  });
}

test('a page whose name was pointed at this machine can neither read nor write; names that are ours can', async () => {
  const guarded = await startTestServer({ allowedHosts: ['profiles.example.com'] });
  try {
    const status = (host: string, method: string, path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const asked = request({ port: guarded.port, host: '127.0.0.1', method, path, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        asked.on('error', reject);
        asked.end();
      });
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/metrics'],
      ['GET', '/pyroscope/label-values?label=pod'],
      ['POST', '/ingest?name=page&format=folded'],
      ['POST', '/querier.v1.QuerierService/LabelNames'],
    ] as const) {
      expect(await status(`rebound.example:${guarded.port}`, method, path)).toBe(403);
    }
    for (const host of ['localhost', `127.0.0.1:${guarded.port}`, 'profiles.example.com']) {
      expect(await status(host, 'GET', '/ready')).toBe(200);
    }
    const session = connectHttp2(guarded.url);
    const stream = session.request({ ':path': '/ready', ':authority': 'rebound.example' });
    const text: Buffer[] = [];
    for await (const part of stream) text.push(part as Buffer);
    session.close();
    expect(Buffer.concat(text).toString()).toMatch(/"rebound\.example".*--allow-host/s);
  } finally {
    await guarded.close();
  }
});

test('a 401 says what it wants', async () => {
  const locked = await startTestServer({ token: 'secret' });
  try {
    for (const path of [
      pushPath,
      'querier.v1.QuerierService/LabelNames',
      'ingest?name=x&format=folded',
      'prometheus/api/v1/query',
    ]) {
      const answer = await fetch(`${locked.url}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer realm="pyrolens"',
      ]);
    }
  } finally {
    await locked.close();
  }
});

test('sums past 64 bits stop at the largest number, and a profile that has one by itself is refused', async () => {
  const large = (folded: readonly string[], pod: string) =>
    call(
      server.url,
      pushPath,
      pushMessage(
        { __name__: 'process_cpu', service_name: 'large', pod },
        foldedPprof({ folded, timeNanos: nowNanos }),
      ),
    );
  for (const pod of ['a', 'b', 'c']) expect((await large(['main;work 4611686018427387904'], pod)).status).toBe(200);
  const selection = {
    profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: '{service_name="large"}',
    start: Date.now() - 60_000,
    end: Date.now() + 60_000,
  };
  const graph = await call(server.url, 'querier.v1.QuerierService/SelectMergeStacktraces', selection);
  expect(graph.json).toMatchObject({ flamegraph: { total: '9223372036854775807', maxSelf: '9223372036854775807' } });
  const lines = await call(server.url, 'querier.v1.QuerierService/SelectSeries', { ...selection, step: 60 });
  expect((lines.json as { series: [{ points: [{ value: number }] }] }).series[0].points[0].value).toBeGreaterThan(9e18);
  const refused = await large(['main;x 4611686018427387904', 'main;y 4611686018427387904'], 'd');
  expect(refused).toMatchObject({
    status: 400,
    json: { code: 'invalid_argument', message: expect.stringContaining('add up to more than 64 bits') as unknown },
  });
});
