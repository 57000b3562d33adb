/** coroot-node-agent: gzipped pprof at a path of OTLP, named by parameters. */
import { gzipSync } from 'node:zlib';
import { foldedPprof } from '../foldedPprof.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { labelSets, recently, totals } from './asked.ts';

let server: TestServer;
beforeEach(async () => (server = await startTestServer({ token: 'key' })));
afterEach(() => server.close());

const timeNanos = BigInt(Date.now()) * 1_000_000n;
const profile = foldedPprof({ folded: ['main;work 50000000'], timeNanos, type: 'ebpf:cpu:nanoseconds', unit: '' });
const path =
  '/v1/profiles?service.name=/k8s/shop/checkout&container.id=/k8s/shop/checkout-1/app&host.name=node-a&host.id=i-1';
const authorized = { authorization: 'Bearer key' };

async function post(body: Uint8Array, headers: Record<string, string>, to = path): Promise<number> {
  const response = await fetch(`${server.url}${to}`, { method: 'POST', headers, body: new Uint8Array(body) });
  return response.status;
}

/** The helpers ask without a token. */
async function asAnybody<T>(ask: (url: string) => Promise<T>): Promise<T> {
  const open = await startTestServer({ store: server.store });
  try {
    return await ask(open.url);
  } finally {
    await open.close();
  }
}

test('the token may come in X-API-Key; type, service, container and host are those of other eBPF agents', async () => {
  expect(await post(gzipSync(profile), { 'x-api-key': 'key' })).toBe(200);
  expect(await post(gzipSync(profile), { 'x-api-key': 'other' })).toBe(401);
  expect(await post(gzipSync(profile), authorized)).toBe(200);
  await asAnybody(async (url) => {
    expect(await totals(url, '{}', recently())).toEqual({
      'process_cpu:cpu:nanoseconds:cpu:nanoseconds': 100_000_000n,
    });
    expect(await labelSets(url, '{}', recently())).toEqual([
      expect.objectContaining({
        service_name: '/k8s/shop/checkout',
        'container.id': '/k8s/shop/checkout-1/app',
        'host.name': 'node-a',
        'host.id': 'i-1',
      }),
    ]);
  });
});

test('what is no pprof is 400, and too long a life story too', async () => {
  expect(await post(Buffer.from('nonsense'), authorized)).toBe(400);
  const labels = Array.from({ length: 40 }, (_, i) => `&l${i}=v`).join('');
  expect(await post(gzipSync(profile), authorized, `${path}${labels}`)).toBe(400);
});
