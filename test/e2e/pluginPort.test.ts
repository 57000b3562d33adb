/** A server with TLS: Grafana's plugin host speaks none, so the backend of the data source has a port of its own. */
import { join } from 'node:path';
import { projectRoot } from '../golden.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { connectGrpc, hasOpenssl, makeCertificate } from './grpcClient.ts';
import { askInNode } from './pluginHost.ts';

const command = join(projectRoot, 'src/datasource/launcher.sh');
const jsonData = { httpHeaderName1: 'Authorization' };
const withTls = hasOpenssl ? test : test.skip;

let server: TestServer | undefined;
afterEach(() => server?.close());

const start = async (): Promise<number> => {
  server = await startTestServer({ token: 't', tls: makeCertificate(), pluginPort: true });
  return server.pluginPort ?? 0;
};

withTls('Grafana asks it without TLS, with the token of the data source', async () => {
  const address = `127.0.0.1:${await start()}`;
  expect(await askInNode({ command, address, jsonData, secrets: { httpHeaderValue1: 'Bearer t' } })).toMatchObject({
    health: 'OK',
    resourceStatus: 200,
  });
  expect(await askInNode({ command, address, jsonData })).toMatchObject({ health: 'ERROR', resourceStatus: 401 });
});

withTls('it answers nothing else: no page, no metrics, no push, with the token or without', async () => {
  const port = await start();
  for (const path of [
    '/',
    '/metrics',
    '/ready',
    '/querier.v1.QuerierService/ProfileTypes',
    '/prometheus/api/v1/labels',
  ]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer t' } });
    expect([path, answer.status]).toEqual([path, 404]);
  }
  const client = connectGrpc(port, { token: 't' });
  try {
    for (const path of ['/push.v1.PusherService/Push', '/parca.profilestore.v1alpha1.ProfileStoreService/WriteRaw']) {
      await expect(client.unary(path, new Uint8Array(0))).rejects.toMatchObject({ code: 12 });
    }
  } finally {
    client.close();
  }
});

test('without the flag there is no such port', async () => {
  server = await startTestServer();
  expect(server.pluginPort).toBeUndefined();
});
