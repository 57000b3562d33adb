/** GET /api/v1/ingest/recent: "no data" explains itself. */
import { gzipSync } from 'node:zlib';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

let server: TestServer;
beforeEach(async () => (server = await startTestServer()));
afterEach(() => server.close());

const timeNanos = BigInt(Date.now()) * 1_000_000n;
const pprof = (at = timeNanos): Uint8Array => gzipSync(foldedPprof({ folded: ['main;work 5'], timeNanos: at }));
const pushPath = 'push.v1.PusherService/Push';
const labels = { __name__: 'process_cpu', service_name: 'shop' };

async function recent(url = server.url, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/ingest/recent`, { headers });
  expect(response.status).toBe(200);
  return response.json();
}

test('a sender is told with its version, its route, what it sent and how much', async () => {
  const headers = { 'user-agent': 'Alloy/v1.18.0 (linux; docker)' };
  await call(server.url, pushPath, pushMessage(labels, pprof(), pprof()), headers);
  expect(await recent()).toMatchObject({
    senders: [
      {
        agent: 'Alloy',
        version: '1.18.0',
        route: `/${pushPath}`,
        formats: ['pprof'],
        services: ['shop'],
        requests: 1,
        profiles: 2,
        samples: 2,
        refused: 0,
        recent: [{ profiles: 2, labels: '{__name__="process_cpu", service_name="shop"}' }],
        refusals: [],
      },
    ],
  });
});

test('the lag of a sender, what it sent in a day and what the disk holds are told', async () => {
  const store = await startTestServer({ store: 'chdb' });
  const old = BigInt(Date.now() - 90_000) * 1_000_000n;
  await call(store.url, pushPath, pushMessage(labels, pprof(old), pprof(old - 60_000_000_000n)));
  const told = (await recent(store.url)) as {
    senders: readonly { lagMillis: number; bytes: number; bytesLastDay: number }[];
    storage: { diskBytes: number; retention: string };
  };
  const [sender] = told.senders;
  // Of the younger of both, from its end.
  expect(sender?.lagMillis).toBeGreaterThan(60_000);
  expect(sender?.lagMillis).toBeLessThan(100_000);
  expect([sender?.bytesLastDay, told.storage.retention]).toEqual([sender?.bytes, 'forever']);
  expect(told.storage.diskBytes).toBeGreaterThan(10_000);
  await store.close();
});

test('a day is over after 24 hours, and a store in memory has no disk', async () => {
  let now = Date.now();
  const day = await startTestServer({ now: () => now, limits: { rejectNewerThanMillis: Infinity } });
  await call(day.url, pushPath, pushMessage(labels, pprof()));
  now += 25 * 3_600_000;
  expect(await recent(day.url)).toMatchObject({ senders: [{ bytesLastDay: 0 }], storage: { retention: 'forever' } });
  expect(((await recent(day.url)) as { storage: object }).storage).not.toHaveProperty('diskBytes');
  await day.close();
});

test('a refusal is told with its reason and its message, though pushes that go well follow it', async () => {
  await call(server.url, pushPath, pushMessage(labels, pprof(timeNanos - 7_200_000_000_000n)));
  for (let i = 0; i < 30; i++) await call(server.url, pushPath, pushMessage(labels, pprof()));
  expect(await recent()).toMatchObject({
    senders: [
      {
        requests: 31,
        refused: 1,
        refusals: [
          { reason: 'not_in_ingestion_window', message: expect.stringContaining('ingestion window') as unknown },
        ],
      },
    ],
  });
});

test('what no reader saw is told too: wrong parameters, a body that is too long, garbage', async () => {
  const small = await startTestServer({ limits: { bodyBytes: 2_000 } });
  const post = (path: string, body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${small.url}${path}`, { method: 'POST', body, headers: { 'content-type': type } });
  await post('/ingest?name=', 'main 1\n');
  await post('/ingest?name=x&spyName=rbspy', 'a'.repeat(3_000));
  await post('/v1development/profiles', '{}', 'text/plain');
  await post(`/${pushPath}`, 'nonsense', 'application/proto');
  const { senders } = (await recent(small.url)) as {
    senders: readonly { agent: string; route: string; refusals: readonly { reason: string }[] }[];
  };
  expect(senders.map(({ agent, route, refusals }) => [agent, route, refusals[0]?.reason])).toEqual([
    ['', `/${pushPath}`, 'malformed_profile'],
    ['', '/v1development/profiles', 'refused'],
    ['rbspy', '/ingest', 'body_size_limit_exceeded'],
    ['', '/ingest', 'refused'],
  ]);
  await small.close();
});

test('the list is behind the token, and bounded however many send', async () => {
  const locked = await startTestServer({ token: 'secret' });
  expect((await fetch(`${locked.url}/api/v1/ingest/recent`)).status).toBe(401);
  const headers = { authorization: 'Bearer secret' };
  for (let i = 0; i < 300; i++)
    await fetch(`${locked.url}/ingest?name=`, { method: 'POST', headers: { ...headers, 'user-agent': `agent/${i}` } });
  const { senders } = (await recent(locked.url, headers)) as { senders: readonly { version: string }[] };
  expect([senders.length, senders[0]?.version]).toEqual([256, '299']);
  await locked.close();
});

test('a tenant sees its own senders only', async () => {
  const shared = await startTestServer({ multitenancy: true });
  for (const tenant of ['a', 'b'])
    await call(shared.url, pushPath, pushMessage(labels, pprof()), { 'x-scope-orgid': tenant });
  expect(await recent(shared.url, { 'x-scope-orgid': 'a' })).toMatchObject({ senders: [{ requests: 1 }] });
  expect(((await recent(shared.url, { 'x-scope-orgid': 'a|b' })) as { senders: unknown[] }).senders).toHaveLength(2);
  await shared.close();
});
