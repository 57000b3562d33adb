/** Grafana Alloy: pyroscope.ebpf, scrape and java push; receive_http forwards /ingest; binaries are uploaded for symbolisation. */
import { gzipSync } from 'node:zlib';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { foldedGraph, labelSets, recently, totals } from './asked.ts';

let server: TestServer;
beforeEach(async () => (server = await startTestServer()));
afterEach(() => server.close());

const timeNanos = BigInt(Date.now()) * 1_000_000n;
const pushPath = 'push.v1.PusherService/Push';
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const scope = { 'otel.scope.name': 'com.grafana.alloy/pyroscope.ebpf', 'otel.scope.version': 'v1.18.0' };

test('pyroscope.ebpf: dotted labels stay as they are', async () => {
  const profile = gzipSync(foldedPprof({ folded: ['main;work 7'], timeNanos }));
  const labels = { __name__: 'process_cpu', service_name: 'ebpf/shop/checkout', namespace: 'shop', ...scope };
  expect((await call(server.url, pushPath, pushMessage(labels, profile))).status).toBe(200);
  const selector = '{"otel.scope.name"="com.grafana.alloy/pyroscope.ebpf"}';
  expect(await totals(server.url, selector, recently())).toEqual({ [cpu]: 7n });
  expect(await labelSets(server.url, selector, recently())).toEqual([expect.objectContaining(labels)]);
});

test('pyroscope.ebpf: pushes of several processes with equal labels in one second are summed', async () => {
  const labels = { __name__: 'process_cpu', service_name: 'same' };
  const push = (folded: string): Promise<unknown> =>
    call(server.url, pushPath, pushMessage(labels, gzipSync(foldedPprof({ folded: [folded], timeNanos }))));
  await Promise.all([push('main;a 1'), push('main;a 2'), push('main;b 4'), push('main;a 2')]);
  const graph = await foldedGraph(server.url, cpu, '{service_name="same"}', recently());
  expect(graph).toEqual({ total: 9n, stacks: ['main;a 5', 'main;b 4'] });
});

test('pyroscope.ebpf: off-CPU time has no period type, mangled names stay, a duration of 0 is none', async () => {
  // Fields 11 and 12 (period type, period) left out, as Alloy does.
  const whole = foldedPprof({ folded: ['_ZN4main4workE;[unknown] 3'], timeNanos, type: 'offcpu' });
  const profile = withoutFields(whole, new Set([11, 12]));
  const labels = { __name__: 'offcpu', service_name: 'sleeper' };
  expect((await call(server.url, pushPath, pushMessage(labels, gzipSync(profile)))).status).toBe(200);
  const graph = await foldedGraph(server.url, 'offcpu:offcpu:nanoseconds::', '{service_name="sleeper"}', recently());
  expect(graph.stacks).toEqual(['_ZN4main4workE;[unknown] 3']);
});

test('receive_http: /ingest is answered with exactly 200 and nothing else', async () => {
  const response = await fetch(`${server.url}/ingest?name=shop.cpu%7Benv%3Ddev%7D&sampleRate=100&spyName=scripting`, {
    method: 'POST',
    body: 'main;work 5\n',
  });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(await totals(server.url, '{service_name="shop"}', recently())).toEqual({ [cpu]: 50_000_000n });
});

const service = 'debuginfo.v1alpha1.DebuginfoService';
const file = { gnuBuildId: 'c0ffee', name: 'checkout', type: 'TYPE_EXECUTABLE_NO_TEXT' };
const upload = (body: string): Promise<Response> =>
  fetch(`${server.url}/${service}/Upload/c0ffee`, { method: 'POST', body });

test('debug_info: a binary is asked about, uploaded and kept under its build id', async () => {
  expect((await upload('ELF')).status).toBe(412);
  const asked = await call(server.url, `${service}/ShouldInitiateUpload`, { file });
  expect(asked.json).toMatchObject({ shouldInitiateUpload: true });
  const uploaded = await upload('\x7fELF and so on');
  expect([uploaded.status, await uploaded.text()]).toEqual([200, '']);
  expect((await call(server.url, `${service}/UploadFinished`, { gnuBuildId: 'c0ffee' })).status).toBe(200);
  expect((await call(server.url, `${service}/ListDebuginfo`, {})).json).toMatchObject({
    object: [{ file, state: 'STATE_UPLOADED', sizeBytes: '14' }],
  });
  const folder = join(server.dataDir, 'debuginfo/anonymous/c0ffee');
  expect(readFileSync(join(folder, 'executable'), 'latin1')).toBe('\x7fELF and so on');
  expect((await upload('again')).status).toBe(412);
  await call(server.url, `${service}/DeleteDebuginfo`, { gnuBuildId: 'c0ffee' });
  expect(existsSync(folder)).toBe(false);
});

test('debug_info: more than the limit is 413 and leaves nothing behind', async () => {
  const small = await startTestServer({ limits: { debuginfoBytes: 10 } });
  await call(small.url, `${service}/ShouldInitiateUpload`, { file });
  const answer = await fetch(`${small.url}/${service}/Upload/c0ffee`, { method: 'POST', body: 'x'.repeat(11) });
  expect(answer.status).toBe(413);
  expect(existsSync(join(small.dataDir, 'debuginfo/anonymous/c0ffee/executable'))).toBe(false);
  await small.close();
});

for (const buildId of ['..', '%2e%2e%2f', 'zz', 'c0ffee/../../x', 'a'.repeat(50)]) {
  test(`debug_info: ${buildId.slice(0, 20)} is no build id`, async () => {
    const answer = await fetch(`${server.url}/${service}/Upload/${buildId}`, { method: 'POST', body: 'x' });
    expect([400, 404]).toContain(answer.status);
  });
}

/** A copy without some top-level fields; all fields of a pprof are varints or length-delimited. */
function withoutFields(pprof: Uint8Array, fields: ReadonlySet<number>): Uint8Array {
  const kept: Uint8Array[] = [];
  for (let at = 0; at < pprof.length;) {
    const start = at;
    const tag = pprof[at++] ?? 0;
    let value = 0;
    let shift = 0;
    for (let byte = 0x80; byte > 0x7f; shift += 7) {
      byte = pprof[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
    }
    if ((tag & 7) === 2) at += value;
    if (!fields.has(tag >>> 3)) kept.push(pprof.subarray(start, at));
  }
  return Buffer.concat(kept);
}
