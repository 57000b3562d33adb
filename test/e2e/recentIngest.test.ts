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
