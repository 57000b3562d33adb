/** perf, bcc and bpftrace: their text in one curl, and by `pyrolens push`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pushFiles, readPushCommand } from '../../backend/client/pushFiles.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { foldedGraph, labelSets, recently, totals } from './asked.ts';

let server: TestServer;
let dir: string;
beforeEach(async () => {
  server = await startTestServer();
  dir = mkdtempSync(join(tmpdir(), 'pyrolens-perf-'));
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const perf = `# captured on: Mon
Web Content 4242/4243 [001] 100.000100:   10101010 cycles:
	    7f0000001000 work+0x10 (/usr/bin/web)
	    7f0000002000 main (/usr/bin/web)

swapper     0 [000] 100.000200:          3 cpu-clock:
	ffffffff81000000 [unknown] ([kernel.kallsyms])

`;
const folded = 'web;main;work_[k] 3\nweb;main 2.5\n';
const bpftrace = `Attaching 1 probe...\n\n@[\n    work+4\n    main+20\n]: 7\n@[\n    main+20\n]: 1\n`;
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

const ingest = async (query: string, body: string): Promise<number> =>
  (await fetch(`${server.url}/ingest?${query}`, { method: 'POST', body })).status;

for (const [how, text] of [
  ['LF', perf],
  ['CRLF', perf.replaceAll('\n', '\r\n')],
] as const) {
  test(`/ingest?format=perf: a profile type for each event of one file (${how})`, async () => {
    expect(await ingest('name=host&format=perf', text)).toBe(200);
    expect(await totals(server.url, '{service_name="host"}', recently())).toEqual({
      'process_cpu:cycles:count::': 10_101_010n,
      [cpu]: 3n,
    });
    const comms = (await labelSets(server.url, '{}', recently())).map(({ comm }) => comm);
    expect(comms.sort()).toEqual(['Web Content', 'swapper']);
    const kernel = await foldedGraph(server.url, cpu, '{}', recently());
    expect(kernel.stacks).toEqual(['[kernel.kallsyms]!0xffffffff81000000 3']);
  });
}

test('/ingest?format=folded: fractions and blanks', async () => {
  expect(await ingest('name=bcc.cpu&format=folded&sampleRate=1000', folded)).toBe(200);
  const graph = await foldedGraph(server.url, cpu, '{service_name="bcc"}', recently());
  expect(graph.stacks).toEqual(['web;main 2500000', 'web;main;work_[k] 3000000']);
});

test('/ingest?format=bpftrace: a map of stacks', async () => {
  expect(await ingest('name=trace.cpu&format=bpftrace&sampleRate=1000', bpftrace)).toBe(200);
  const graph = await foldedGraph(server.url, cpu, '{service_name="trace"}', recently());
  expect(graph.stacks).toEqual(['main 1000000', 'main;work 7000000']);
});

test('what is no perf script is refused with its line', async () => {
  const response = await fetch(`${server.url}/ingest?name=x&format=perf`, { method: 'POST', body: 'nonsense\n' });
  expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('line 1')]);
});

async function push(...args: readonly string[]): Promise<{ readonly failed: number; readonly said: string }> {
  const command = readPushCommand(['--url', server.url, ...args], undefined);
  const said: string[] = [];
  const failed = command === undefined ? -1 : await pushFiles(command, (line) => said.push(line));
  return { failed, said: said.join('\n') };
}

const files: readonly (readonly [string, string | Uint8Array, string | undefined, Readonly<Record<string, bigint>>])[] =
  [
    ['web.perf.txt', perf, 'perf', { 'process_cpu:cycles:count::': 10_101_010n, [cpu]: 3n }],
    ['out.stacks', perf, undefined, { 'process_cpu:cycles:count::': 10_101_010n, [cpu]: 3n }],
    ['bcc.folded', folded, undefined, { [cpu]: 55_000_000n }],
    ['trace.txt', bpftrace, undefined, { [cpu]: 80_000_000n }],
    ['trace.bt', bpftrace, 'bpftrace', { [cpu]: 80_000_000n }],
    [
      'app.pb.gz',
      gzipSync(foldedPprof({ folded: ['main 5'], timeNanos: BigInt(Date.now()) * 1_000_000n })),
      undefined,
      { [cpu]: 5n },
    ],
  ];
for (const [name, content, format, expected] of files) {
  test(`pyrolens push ${format === undefined ? '' : `--format ${format} `}${name}`, async () => {
    const file = join(dir, name);
    writeFileSync(file, content);
    const flags = format === undefined ? [] : ['--format', format];
    expect(await push(...flags, '--service', 'pushed', '--label', 'env=dev', file)).toMatchObject({ failed: 0 });
    expect(await totals(server.url, '{service_name="pushed",env="dev"}', recently())).toEqual(expected);
  });
}

test('pyrolens push of speedscope and of files that are none', async () => {
  const speedscope = join(dir, 'x.speedscope.json');
  const profiles = [
    { type: 'sampled', name: 'a', unit: 'bytes', startValue: 0, endValue: 8, samples: [[0]], weights: [8] },
  ];
  writeFileSync(speedscope, JSON.stringify({ $schema: 'x', shared: { frames: [{ name: 'main' }] }, profiles }));
  const nothing = join(dir, 'nothing.txt');
  writeFileSync(nothing, 'this is prose, and nothing else\n');
  const pushed = await push(speedscope, nothing);
  expect(pushed.failed).toBe(1);
  expect(pushed.said).toMatch(/x\.speedscope\.json: .*speedscope.*\n.*nothing\.txt: not sent: /);
  expect(await totals(server.url, '{service_name="x"}', recently())).toEqual({ 'memory:samples:bytes::': 8n });
});

test('pyrolens push asks for a format that it knows', () => {
  expect(() => readPushCommand(['--format', 'gecko', 'x'], undefined)).toThrow('--format');
});
