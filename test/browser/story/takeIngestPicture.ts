/** The Ingest page of a server with several senders, one of whom sends what is too old: of today, as it tells what came when. */
import type { Browser } from 'playwright-core';
import { foldedPprof } from '../../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../../testServer.ts';
import { openPage } from '../launchBrowser.ts';
import { servePluginHost } from '../servePluginHost.ts';
import { checkoutRest, otherServices } from './shopStacks.ts';

const second = 1_000;
const stepMillis = 15 * second;

export async function takeIngestPicture(browser: Browser, keep: (page: OpenedPage) => Promise<void>): Promise<void> {
  const server = await startTestServer();
  const host = await servePluginHost(server.url);
  try {
    const [cart, catalog, payment, recommend] = otherServices;
    await send(server.url, 'Alloy/1.18.0', 'checkout', checkoutRest, 3 * second);
    await send(server.url, 'Alloy/1.18.0', 'cart', cart?.folded ?? [], 3 * second);
    await send(server.url, 'pyroscope-go/1.2.7', 'catalog', catalog?.folded ?? [], 9 * second);
    await send(server.url, 'pyroscope-java/2.1.2', 'payment', payment?.folded ?? [], 3 * 3_600 * second);
    await sendFolded(server.url, recommend?.folded ?? []);
    const { page } = await openPage(browser, { viewport: { width: 1_280, height: 450 } });
    await page.goto(`${host.origin}/a/pyrolens-profiles-app/ingest`);
    await page.getByRole('row').filter({ hasText: 'recommend' }).waitFor();
    await keep(page);
  } finally {
    await host.close();
    await server.close();
  }
}
type OpenedPage = Awaited<ReturnType<typeof openPage>>['page'];

async function send(url: string, agent: string, service: string, folded: readonly string[], age: number) {
  const whole = folded.map((line) => line.replace(/[\d.]+$/, (weight) => String(Math.round(Number(weight) * 1e8))));
  const profiles = Array.from({ length: 12 }, (_, i) =>
    foldedPprof({ folded: whole, timeNanos: BigInt(Date.now() - age - i * stepMillis) * 1_000_000n }),
  );
  const labels = { __name__: 'process_cpu', service_name: service, namespace: 'shop', pod: `${service}-0` };
  await call(url, 'push.v1.PusherService/Push', pushMessage(labels, ...profiles), { 'user-agent': agent });
}

/** As the Python SDK sends. */
async function sendFolded(url: string, folded: readonly string[]): Promise<void> {
  const until = Math.floor((Date.now() - second) / second);
  const parameters = new URLSearchParams({
    name: 'recommend{namespace=shop}',
    from: String(until - 10),
    until: String(until),
    format: 'folded',
    sampleRate: '100',
    spyName: 'pyspy',
  });
  const response = await fetch(`${url}/ingest?${parameters.toString()}`, {
    method: 'POST',
    headers: { 'user-agent': 'pyroscope-python/0.8.16' },
    body: folded.join('\n'),
  });
  if (!response.ok) throw new Error(`/ingest answers ${response.status}: ${await response.text()}`);
}
