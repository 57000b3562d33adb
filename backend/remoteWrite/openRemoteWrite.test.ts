import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../log.ts';
import type { RuleSeries } from '../rules/sampleSink.ts';
import { openRemoteWrite } from './openRemoteWrite.ts';
import type { RemoteWrite, RemoteWriteOptions } from './openRemoteWrite.ts';
import type { WriteAuth } from './postSamples.ts';
import type { RemoteWriteMetrics, RemoteWriteState } from './remoteWriteMetrics.ts';
import { startTestReceiver } from './testReceiver.ts';
import type { ReceivedRequest, ReceivedSample, TestAnswer, TestReceiver } from './testReceiver.ts';

let directory: string;
let log: string[];
let counts: Record<'sent' | 'failed' | 'retried' | 'dropped', number>;
let state: () => RemoteWriteState;
const open: { close(): Promise<void> }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pyrolens-remote-write-'));
  log = [];
  counts = { sent: 0, failed: 0, retried: 0, dropped: 0 };
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  rmSync(directory, { recursive: true });
});

const metrics: RemoteWriteMetrics = {
  countSent: (samples) => (counts.sent += samples),
  countFailed: (samples) => (counts.failed += samples),
  countRetried: (samples) => (counts.retried += samples),
  countDropped: (_, samples) => (counts.dropped += samples),
  watch: (ask) => (state = ask),
};

async function receive(
  answer?: (request: ReceivedRequest) => TestAnswer | Promise<TestAnswer>,
  port?: number,
): Promise<TestReceiver> {
  const receiver = await startTestReceiver(answer, port);
  open.push(receiver);
  return receiver;
}

interface Settings extends Partial<RemoteWriteOptions> {
  readonly auth?: WriteAuth;
  readonly headers?: readonly (readonly [string, string])[];
}

async function writeTo(
  url: URL,
  { auth = { kind: 'none' }, headers = [], ...other }: Settings = {},
): Promise<RemoteWrite> {
  const write = await openRemoteWrite({
    target: { url, auth, headers, userAgent: 'pyrolens/test' },
    directory,
    queueBytes: 2 ** 20,
    samplesPerSend: 100,
    waitMillis: 20,
    backoffMillis: { first: 5, longest: 40 },
    metrics,
    log: createLog((line) => log.push(line)),
    now: Date.now,
    ...other,
  });
  open.push(write);
  return write;
}

const series = (
  name: string,
  values: readonly number[],
  labels: Record<string, string> = {},
  firstMs = 1_000,
): RuleSeries => ({
  name,
  labels: new Map(Object.entries(labels)),
  timesMs: values.map((_, i) => firstMs + i * 15_000),
  values,
});
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain:\n${log.join('')}${JSON.stringify(counts)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('samples arrive as Prometheus wants them, with the names sorted and empty labels left out', async () => {
  const receiver = await receive();
  const write = await writeTo(receiver.url, { headers: [['X-Scope-OrgID', 'shop']] });
  await write.accept([series('share', [0.5, NaN], { pod: 'a', Function: 'json', mode: '' }), series('rate', [-1e300])]);
  await until(() => counts.sent === 3);
  expect(receiver.stored).toEqual([
    { series: 'share{Function="json",pod="a"}', millis: 1_000, value: 0.5 },
    { series: 'share{Function="json",pod="a"}', millis: 16_000, value: NaN },
    { series: 'rate{}', millis: 1_000, value: -1e300 },
  ]);
  expect(receiver.requests[0]).toMatchObject({
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': 'pyrolens/test',
      'x-scope-orgid': 'shop',
    },
  });
  expect(state()).toEqual({ pendingSamples: 0, pendingBytes: 0, lagSeconds: 0 });
});

test('what comes soon after is sent together; what is more than a request holds is cut', async () => {
  const receiver = await receive();
  const write = await writeTo(receiver.url, { samplesPerSend: 10, waitMillis: 60_000 });
  for (let i = 0; i < 4; i++) await write.accept([series('few', [i], {}, i * 1_000)]);
  expect(receiver.requests).toHaveLength(0);
  expect(state().pendingSamples).toBe(4);
  await write.accept([
    series(
      'many',
      Array.from({ length: 26 }, (_, i) => i),
    ),
  ]);
  await until(() => counts.sent >= 24);
  // The last four wait for more, or for the end.
  await write.close();
  expect(receiver.requests.map(({ samples }) => samples.length)).toEqual([4, 10, 10, 6]);
  expect(receiver.stored.map(({ value }) => value)).toEqual([0, 1, 2, 3, ...Array.from({ length: 26 }, (_, i) => i)]);
});

for (const [what, auth, expected] of [
  ['a token', { kind: 'token', token: 'secret' }, 'Bearer secret'],
  ['user and password', { kind: 'basic', user: 'me', password: 'é:' }, 'Basic bWU6w6k6'],
] as const) {
  test(`${what} is sent along`, async () => {
    const receiver = await receive();
    await (await writeTo(receiver.url, { auth })).accept([series('a', [1])]);
    await until(() => counts.sent === 1);
    expect(receiver.requests[0]?.headers.authorization).toBe(expected);
  });
}

test('a token that is changed in its file is used from the next request on', async () => {
  const path = join(directory, 'token');
  writeFileSync(path, 'first\n');
  const receiver = await receive();
  const write = await writeTo(receiver.url, { auth: { kind: 'tokenFile', path } });
  await write.accept([series('a', [1])]);
  await until(() => counts.sent === 1);
  writeFileSync(path, 'second\n');
  await write.accept([series('a', [2])]);
  await until(() => counts.sent === 2);
  expect(receiver.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
});

test('a token that cannot be used is told at the start, with the name of its file', async () => {
  const path = join(directory, 'token');
  const url = new URL('http://127.0.0.1:1');
  await expect(writeTo(url, { auth: { kind: 'tokenFile', path } })).rejects.toThrow(`${path} cannot be read: ENOENT`);
  writeFileSync(path, 'two words\n');
  await expect(writeTo(url, { auth: { kind: 'tokenFile', path } })).rejects.toThrow(`${path} holds no token`);
});

for (const status of [500, 503, 429]) {
  test(`${status} is tried again until it is taken, in order, and logged once`, async () => {
    let left = 3;
    const receiver = await receive(() => (left-- > 0 ? { status, text: 'too busy' } : { status: 200 }));
    const write = await writeTo(receiver.url);
    await write.accept([series('a', [1, 2])]);
    await write.accept([series('a', [3], {}, 100_000)]);
    await until(() => counts.sent === 3);
    expect(receiver.stored.map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(counts.failed).toBe(0);
    expect(counts.retried).toBeGreaterThanOrEqual(6);
    expect(log.filter((line) => line.includes('trying again'))).toEqual([
      expect.stringContaining(`reason="HTTP ${status} too busy"`),
    ]);
    expect(log.filter((line) => line.includes('is back'))).toHaveLength(1);
  });
}

test('Retry-After is waited for', async () => {
  const times: number[] = [];
  const receiver = await receive(() => {
    times.push(Date.now());
    return times.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 };
  });
  await (await writeTo(receiver.url)).accept([series('a', [1])]);
  await until(() => counts.sent === 1);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test('waits double with chance in them, up to the longest', async () => {
  const times: number[] = [];
  const receiver = await receive(() => {
    times.push(Date.now());
    return times.length < 7 ? { status: 500 } : { status: 200 };
  });
  const write = await writeTo(receiver.url, { backoffMillis: { first: 20, longest: 100 }, random: () => 1 });
  await write.accept([series('a', [1])]);
  await until(() => counts.sent === 1);
  const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  [20, 40, 80, 100, 100, 100].forEach((least, i) => expect(waits[i]).toBeGreaterThanOrEqual(least - 2));
});

test('a receiver that is away at the start is waited for', async () => {
  const gone = await startTestReceiver();
  await gone.close();
  const write = await writeTo(gone.url);
  await write.accept([series('a', [1])]);
  await until(() => counts.retried > 1);
  expect(log.join('')).toContain('ECONNREFUSED');
  expect(state().pendingSamples).toBe(1);
  const receiver = await receive(undefined, Number(gone.url.port));
  await until(() => counts.sent === 1);
  expect(receiver.stored).toHaveLength(1);
});

test('what is refused for good is counted, logged with what the receiver says, and holds nothing up', async () => {
  const receiver = await receive(({ samples }) =>
    samples.some(({ series: name }) => name.startsWith('bad'))
      ? { status: 403, text: 'not your tenant' }
      : { status: 200 },
  );
  const write = await writeTo(receiver.url);
  await write.accept([series('bad', [1, 2])]);
  await until(() => counts.failed === 2);
  await write.accept([series('good', [3])]);
  await until(() => counts.sent === 1);
  expect(receiver.requests).toHaveLength(2);
  expect(log).toEqual([expect.stringMatching(/level=warn.*samples=2 status=403 reason="not your tenant"/)]);
});

test('a redirect is not followed, and told', async () => {
  const receiver = await receive(() => ({ status: 308, headers: { location: 'https://elsewhere/' } }));
  await (await writeTo(receiver.url)).accept([series('a', [1])]);
  await until(() => counts.failed === 1);
  expect(log.join('')).toContain('redirects to https://elsewhere/');
});

test.each([0, 13, 49])('one series that is refused does not take the others of its request along: %i', async (bad) => {
  const receiver = await receive(({ samples }) =>
    samples.some(({ series: name }) => name === `m${bad}{}`) ? { status: 400, text: 'out of order' } : { status: 200 },
  );
  const write = await writeTo(receiver.url, { samplesPerSend: 50, waitMillis: 60_000 });
  await write.accept(Array.from({ length: 25 }, (_, i) => series(`m${i}`, [i])));
  await write.accept(Array.from({ length: 25 }, (_, i) => series(`m${25 + i}`, [i])));
  await until(() => counts.sent + counts.failed === 50);
  expect([counts.sent, counts.failed]).toEqual([49, 1]);
  expect(receiver.stored.map(({ series: name }) => name)).not.toContain(`m${bad}{}`);
});

test('samples of a series stay in order when a request is taken apart', async () => {
  const newest = new Map<string, number>();
  const receiver = await receive(({ samples }) => {
    const isRefused = ({ series: name, millis }: ReceivedSample): boolean =>
      name === 'bad{}' || millis <= (newest.get(name) ?? 0);
    if (samples.some(isRefused)) return { status: 400, text: 'out of order sample' };
    for (const { series: name, millis } of samples) newest.set(name, millis);
    return { status: 204 };
  });
  const write = await writeTo(receiver.url, { samplesPerSend: 24, waitMillis: 60_000 });
  for (let i = 0; i < 8; i++) {
    const names = i % 3 === 0 ? ['a', 'bad', 'b', 'c'] : ['a', 'b', 'c'];
    await write.accept(names.map((name) => series(name, [i], {}, 1_000 * (i + 1))));
  }
  await write.close();
  for (const name of ['a', 'b', 'c']) {
    const values = receiver.stored.filter((sample) => sample.series === `${name}{}`).map(({ value }) => value);
    expect([name, values]).toEqual([name, [0, 1, 2, 3, 4, 5, 6, 7]]);
  }
  expect(counts.failed).toBe(3);
});

test('a clock that was set back does not hold samples back', async () => {
  const receiver = await receive();
  let clock = Date.now();
  const write = await writeTo(receiver.url, { now: () => clock, waitMillis: 1_000 });
  await write.accept([series('a', [1])]);
  clock -= 3_600_000;
  await until(() => counts.sent === 1);
});

test('a request of which everything is refused is not sent in ever smaller parts', async () => {
  const receiver = await receive(() => ({ status: 400, text: 'no' }));
  const write = await writeTo(receiver.url, { samplesPerSend: 500, waitMillis: 60_000 });
  await write.accept(Array.from({ length: 500 }, (_, i) => series(`m${i}`, [i])));
  await until(() => counts.failed === 500);
  expect(receiver.requests.length).toBeLessThanOrEqual(128);
  await write.accept(Array.from({ length: 500 }, (_, i) => series(`m${i}`, [i])));
  await until(() => counts.failed === 1_000);
  expect(receiver.requests.length).toBeLessThanOrEqual(128 + 16);
});

test('what was accepted while the receiver was away is sent after a restart, once and in order', async () => {
  const gone = await startTestReceiver();
  await gone.close();
  const write = await writeTo(gone.url);
  for (let i = 0; i < 5; i++) await write.accept([series('a', [i], {}, 1_000 + i)]);
  await until(() => counts.retried > 0);
  const closing = Date.now();
  await write.close();
  expect(Date.now() - closing).toBeLessThan(1_000);
  const receiver = await receive(undefined, Number(gone.url.port));
  await writeTo(gone.url);
  await until(() => counts.sent === 5);
  expect(receiver.stored.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4]);
});

test('a clean stop sends what was waiting for more', async () => {
  const receiver = await receive();
  const write = await writeTo(receiver.url, { waitMillis: 60_000 });
  await write.accept([series('a', [1])]);
  await write.close();
  expect(receiver.stored).toHaveLength(1);
});

test('labels that no request should hold cost their series alone', async () => {
  const receiver = await receive();
  const write = await writeTo(receiver.url);
  await write.accept([series('a', [1]), series('b', [2], { huge: 'x'.repeat(200_000) }), series('c', [3])]);
  await until(() => counts.sent === 2);
  expect([counts.dropped, receiver.stored.map(({ value }) => value)]).toEqual([1, [1, 3]]);
  expect(log).toEqual([expect.stringContaining('labels of a series are too long')]);
});

test('a queue that is full says so once, and sends the newest when the receiver is back', async () => {
  const gone = await startTestReceiver();
  await gone.close();
  const write = await writeTo(gone.url, { queueBytes: 20_000 });
  for (let i = 0; i < 400; i++) await write.accept([series('a', [i], {}, 1_000 + i)]);
  expect(counts.dropped).toBeGreaterThan(50);
  expect(log.filter((line) => line.includes('queue is full'))).toHaveLength(1);
  const receiver = await receive(undefined, Number(gone.url.port));
  await until(() => counts.sent + counts.dropped === 400 && state().pendingSamples === 0);
  const values = receiver.stored.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(values.at(-1)).toBe(399);
});
