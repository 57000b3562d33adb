/** Pyroscope's SDKs of seven languages over /ingest, in every format they use. */
import { gzipSync } from 'node:zlib';
import { writeTestChunk } from '../../backend/wire/jfr/testRecording.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { foldedGraph, labelSets, recently, totals } from './asked.ts';
import { field, numberField } from './grpcClient.ts';

let server: TestServer;
beforeEach(async () => (server = await startTestServer()));
afterEach(() => server.close());

const timeNanos = BigInt(Date.now()) * 1_000_000n;
const pprof = gzipSync(foldedPprof({ folded: ['main;work 5', 'main 2'], timeNanos }));
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

type Body = Uint8Array | string | Readonly<Record<string, Uint8Array | string>>;
interface Sent {
  readonly status: number;
  readonly text: string;
}

/** A record is sent as multipart, parts without a file name, as SDKs do. */
async function ingest(query: string, body: Body, contentType?: string): Promise<Sent> {
  const isParts = typeof body === 'object' && !(body instanceof Uint8Array);
  const boundary = 'a boundary';
  const parts = isParts
    ? Object.entries(body).flatMap(([name, content]) => [
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n`,
        content,
        '\r\n',
      ])
    : [];
  const bytes = isParts ? Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part))) : body;
  const type = isParts ? `multipart/form-data; boundary="${boundary}"` : contentType;
  const response = await fetch(`${server.url}/ingest?${query}`, {
    method: 'POST',
    headers: type === undefined ? {} : { 'content-type': type },
    body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes),
  });
  return { status: response.status, text: await response.text() };
}

const taken: Sent = { status: 200, text: '' };

test('Go: multipart pprof with a sample type config, whose display name says what is measured', async () => {
  const profile = gzipSync(foldedPprof({ folded: ['main;lock 3'], timeNanos, type: 'contentions', unit: 'count' }));
  const config = JSON.stringify({ contentions: { units: 'lock_samples', 'display-name': 'block_count' } });
  expect(await ingest('name=shop%7Benv%3Ddev%7D&spyName=gospy', { profile, sample_type_config: config })).toEqual(
    taken,
  );
  expect(await totals(server.url, '{env="dev",pyroscope_spy="gospy"}', recently())).toEqual({
    'block:contentions:count:contentions:count': 3n,
  });
});

test('Node, Rust: a raw pprof, gzipped or not', async () => {
  expect(await ingest('name=raw&format=pprof', pprof)).toEqual(taken);
  expect(await ingest('name=raw&format=pprof', foldedPprof({ folded: ['main 1'], timeNanos }))).toEqual(taken);
  expect(await totals(server.url, '{service_name="raw"}', recently())).toEqual({ [cpu]: 8n });
});

test('Python, Ruby: names get their file in front', async () => {
  const times = foldedPprof({ folded: ['main 1'], timeNanos: timeNanos / 1_000n });
  expect(await ingest('name=py&spyName=pyspy', { profile: times })).toEqual(taken);
  // A time in microseconds is one of 1970: it is taken for now.
  expect(await totals(server.url, '{service_name="py"}', recently())).toEqual({ [cpu]: 1n });
});

test('.NET: hyphens in sample types become underscores', async () => {
  const profile = foldedPprof({ folded: ['main 4'], timeNanos, type: 'alloc-samples', unit: 'count' });
  expect(await ingest('name=net&spyName=dotnetspy', { profile })).toEqual(taken);
  expect(await totals(server.url, '{service_name="net"}', recently())).toEqual({
    'memory:alloc_samples:count:alloc-samples:count': 4n,
  });
});

const at = `from=${Math.floor(Date.now() / 1_000) - 10}&until=${Math.floor(Date.now() / 1_000)}`;
const node = (name: string, value: number, ...children: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([value, children.length]), ...children]);
const texts: readonly (readonly [string, string, Body, string | undefined])[] = [
  ['folded', 'format=folded', 'main;work 5\nmain 2\n', undefined],
  ['groups', 'format=groups', 'main;work 5\nmain 2\n', undefined],
  ['no format', '', 'main;work 5\r\nmain 2\r\n', undefined],
  ['lines', 'format=lines', `${'main;work\n'.repeat(5)}main\nmain\n`, undefined],
  ['tree', 'format=tree', node('', 0, node('main', 2, node('work', 5))), undefined],
  ['tree by its content type', '', node('', 0, node('main', 2, node('work', 5))), 'binary/octet-stream+tree'],
  ['trie', 'format=trie', node('', 0, node('main', 2, node(';work', 5))), undefined],
  ['trie by its content type', '', node('', 0, node('main', 2, node(';work', 5))), 'binary/octet-stream+trie'],
];
for (const [what, format, body, contentType] of texts) {
  test(`${what}: the same stacks, in nanoseconds by the sample rate`, async () => {
    expect(await ingest(`name=text.cpu&sampleRate=50&${at}&${format}`, body, contentType)).toEqual(taken);
    const graph = await foldedGraph(server.url, cpu, '{service_name="text"}', recently());
    expect(graph.stacks).toEqual(['main 40000000', 'main;work 100000000']);
  });
}

test('the last part of the name is the type, and a service label keeps the rest as app_name', async () => {
  const query = `name=shop.cart.alloc_objects%7Bservice_name%3Dcheckout%7D&${at}`;
  expect(await ingest(query, 'main 3\n')).toEqual(taken);
  expect(await labelSets(server.url, '{service_name="checkout"}', recently())).toEqual([
    expect.objectContaining({ app_name: 'shop.cart', __profile_type__: 'memory:alloc_objects:count::' }),
  ]);
});

test('speedscope', async () => {
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames: [{ name: 'main' }, { name: 'work' }] },
    profiles: [
      {
        type: 'sampled',
        name: 'one',
        unit: 'milliseconds',
        startValue: 0,
        endValue: 3,
        samples: [[0, 1], [0]],
        weights: [2, 1],
      },
    ],
  };
  expect(await ingest(`name=speedy&format=speedscope&${at}`, JSON.stringify(file))).toEqual(taken);
  const wall = 'wall:wall:nanoseconds:cpu:nanoseconds';
  const graph = await foldedGraph(server.url, wall, '{service_name="speedy"}', recently());
  expect(graph.stacks).toEqual(['main 1000000', 'main;work 2000000']);
});

/** Context 3 is { name: "endpoint", value: "/cart" }. */
const snapshot = Buffer.concat([
  field(
    1,
    Buffer.concat([numberField(1, 3), field(2, field(1, Buffer.concat([numberField(1, 1), numberField(2, 2)])))]),
  ),
  field(2, Buffer.concat([numberField(1, 1), field(2, 'endpoint')])),
  field(2, Buffer.concat([numberField(1, 2), field(2, '/cart')])),
]);
const recording = writeTestChunk({
  stacks: { 7: 'Main.run;Main.work' },
  events: [
    ['jdk.ExecutionSample', { stackTrace: 7, state: 1, contextId: 3 }],
    ['jdk.ExecutionSample', { stackTrace: 7, state: 1, contextId: 3 }],
  ],
});

test('Java: JFR alone and with the labels of its contexts', async () => {
  expect(await ingest(`name=java&format=jfr&spyName=javaspy&${at}`, gzipSync(recording))).toEqual(taken);
  expect(
    await ingest(`name=java&format=jfr&spyName=javaspy&${at}`, { jfr: recording, labels: gzipSync(snapshot) }),
  ).toEqual(taken);
  expect(await totals(server.url, '{service_name="java"}', recently())).toEqual({ [cpu]: 40_000_000n });
  expect(await totals(server.url, '{service_name="java",endpoint="/cart"}', recently())).toEqual({
    [cpu]: 20_000_000n,
  });
});

test('a label profile_id makes a text upload nothing, as in Pyroscope', async () => {
  expect(await ingest(`name=x%7Bprofile_id%3Dabc%7D&${at}`, 'main 1\n')).toEqual(taken);
  expect(await labelSets(server.url, '{}', recently())).toEqual([]);
});

const wrong: readonly (readonly [string, string, Body, number])[] = [
  ['no name', '', 'main 1\n', 400],
  ['a time that is none', 'name=x&from=yesterday', 'main 1\n', 400],
  ['a sample rate that is none', 'name=x&sampleRate=fast', 'main 1\n', 400],
  ['a type that is none', 'name=x.nope', 'main 1\n', 400],
  ['a count that is none', 'name=x', 'main one\n', 422],
  ['a fraction without format=folded', 'name=x', 'main 1.5\n', 422],
  ['no pprof', 'name=x&format=pprof', 'nonsense', 422],
  ['no JFR', 'name=x&format=jfr', 'nonsense', 422],
  ['no JSON', 'name=x&format=speedscope', '{', 422],
  ['a profile to subtract', 'name=x', { profile: pprof, prev_profile: pprof }, 422],
  ['a config that is none', 'name=x', { profile: pprof, sample_type_config: '[]' }, 422],
];
for (const [what, query, body, status] of wrong) {
  test(`${what} gets ${status}, with a reason in JSON`, async () => {
    const answer = await ingest(query, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ message: expect.stringMatching(/\w{3}/) as unknown });
  });
}

test('a body past the limit gets 413', async () => {
  const small = await startTestServer({ limits: { bodyBytes: 1_000 } });
  const post = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${small.url}/ingest?name=x`, { method: 'POST', headers, body: new Uint8Array(body) });
  expect((await post(Buffer.alloc(2_000, 'a'))).status).toBe(413);
  expect((await post(gzipSync(Buffer.alloc(2_000, 'a')), { 'content-encoding': 'gzip' })).status).toBe(413);
  await small.close();
});

test('a multipart body that breaks off, or never begins, is no 500', async () => {
  for (const body of ['', '--b', '--b\r\n', '--b\r\ncontent-disposition: form-data; name="profile"\r\n\r\nabc']) {
    const answer = await ingest('name=x', body, 'multipart/form-data; boundary=b');
    expect([body, answer.status]).toEqual([body, 422]);
  }
  expect((await ingest('name=x', '--b--', 'multipart/form-data')).status).toBe(422);
});

test('GET is not how to send', async () => {
  expect((await fetch(`${server.url}/ingest?name=x`)).status).toBe(405);
});
