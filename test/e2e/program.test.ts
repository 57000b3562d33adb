/** The built program as people run it: started, killed, started again. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import { call, pushMessage } from '../testServer.ts';

const start = join(projectRoot, 'scripts/start.mjs');
const port = 14_040;
const url = `http://127.0.0.1:${port}`;
const running = new Set<ChildProcess>();
let dir: string;

beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'pyrolens-program-'))));
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [start, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) =>
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  return { child, output: () => output, ended };
}

async function serveIn(...args: readonly string[]): Promise<Run> {
  const started = run('--listen', `127.0.0.1:${port}`, '--data', join(dir, 'data'), ...args);
  await until(
    () => started.output().includes('is ready'),
    () => started.output(),
  );
  return started;
}

async function until(condition: () => boolean | Promise<boolean>, tell: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain:\n${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const stop = async ({ child, ended }: Run, signal: NodeJS.Signals): Promise<number | null> => {
  child.kill(signal);
  return ended;
};

const now = Date.now();
const profile = foldedPprof({ folded: ['main;work 7', 'main 1'], timeNanos: BigInt(now) * 1_000_000n });
async function totalOf(service: string): Promise<string | undefined> {
  const answer = await call(url, 'querier.v1.QuerierService/SelectMergeStacktraces', {
    profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: `{service_name="${service}"}`,
    start: now - 60_000,
    end: Date.now() + 60_000,
  });
  return (answer.json as { flamegraph?: { total?: string } }).flamegraph?.total;
}

test('what got a 2xx is there after kill -9, and the second start is quick', async () => {
  const first = await serveIn();
  const labels = { __name__: 'process_cpu', service_name: 'killed' };
  const pushed = await call(url, 'push.v1.PusherService/Push', pushMessage(labels, gzipSync(profile)));
  first.child.kill('SIGKILL');
  expect(pushed.status).toBe(200);
  await first.ended;
  const second = await serveIn();
  expect(await totalOf('killed')).toBe('8');
  console.log(`start on an existing store: ${/ready after ([\d.]+) s/.exec(second.output())?.[1]} s`);
  expect(await stop(second, 'SIGTERM')).toBe(0);
});

test('settings and uploaded profiles are there after kill -9', async () => {
  const first = await serveIn();
  const setting = { name: 'kept', value: 'yes', modifiedAt: '1' };
  const set = await call(url, 'settings.v1.SettingsService/Set', { setting });
  const upload = { name: 'x', profile: Buffer.from('a;b 3\n').toString('base64') };
  const sent = await call(url, 'adhocprofiles.v1.AdHocProfileService/Upload', upload);
  first.child.kill('SIGKILL');
  expect([set.status, sent.status]).toEqual([200, 200]);
  await first.ended;
  const second = await serveIn();
  expect((await call(url, 'settings.v1.SettingsService/Get', {})).json).toEqual({ settings: [setting] });
  const { id } = sent.json as { readonly id: string };
  expect((await call(url, 'adhocprofiles.v1.AdHocProfileService/Get', { id })).json).toEqual(sent.json);
  await stop(second, 'SIGTERM');
});

test('a second process on the same directory is refused by name', async () => {
  const first = await serveIn();
  const second = run('--listen', `127.0.0.1:${port + 1}`, '--data', join(dir, 'data'));
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(join(dir, 'data'));
  expect(second.output()).toContain(String(first.child.pid));
  expect(second.output()).not.toContain('    at ');
  await stop(first, 'SIGTERM');
});

test('a port that is taken is said without a stack trace', async () => {
  const first = await serveIn('--store', 'memory');
  const second = run('--listen', `127.0.0.1:${port}`, '--store', 'memory');
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(/^pyrolens: listen EADDRINUSE.*14040\n$/);
  await stop(first, 'SIGTERM');
});

test('it profiles itself', async () => {
  const server = await serveIn('--self-profile');
  await until(async () => Number((await totalOf('pyrolens')) ?? 0) > 0, server.output);
  await stop(server, 'SIGTERM');
}, 40_000);

test('files are pushed, an old one with a hint and then with --now', async () => {
  const server = await serveIn('--store', 'memory');
  const file = join(dir, 'old service.pb.gz');
  writeFileSync(file, gzipSync(foldedPprof({ folded: ['main 3'], timeNanos: 1_600_000_000_000_000_000n })));
  const refused = run('push', '--url', url, file);
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toContain('--now');
  const sent = run('push', '--url', url, '--now', '--label', 'env=test', file, join(dir, 'missing'));
  expect(await sent.ended).toBe(1);
  expect(sent.output()).toContain('1 samples as {__name__="process_cpu", service_name="old service", env="test"}');
  expect(sent.output()).toContain('missing: not sent: ENOENT');
  expect(await totalOf('old service')).toBe('3');
  await stop(server, 'SIGTERM');
});

test('flags that are wrong, and help', async () => {
  const wrong = run('--max-nodes', 'many');
  expect([await wrong.ended, wrong.output()]).toEqual([
    2,
    'pyrolens: --max-nodes (PYROLENS_MAX_NODES): expected a whole number above 0, got "many"\n',
  ]);
  const help = run('--help');
  expect(await help.ended).toBe(0);
  expect(help.output()).toContain('--reject-older-than 1h|off');
});
