/**
 * The launcher by itself. Programs that it asks (getent, sleep) stand in a folder of the test's, in front of the real ones, so
 * that names move when the test says so and nobody waits.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../golden.ts';
import { pluginEnv, readHandshake } from './pluginHost.ts';

const command = join(projectRoot, 'src/datasource/launcher.sh');

interface Launched {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

function launch(env: Readonly<Record<string, string | undefined>>): Launched {
  const child = spawn(command, { env: { ...pluginEnv('127.0.0.1:4040'), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (said.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (said.stderr += bytes.toString()));
  return { child, said, ended: new Promise((resolve) => child.once('close', resolve)) };
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isSo(); i++) await pause(50);
  expect(isSo()).toBe(true);
}

for (const [what, env, words] of [
  ['a person', { grafana_plugin_type: '' }, 'Grafana starts it'],
  ['a host of another version', { PLUGIN_PROTOCOL_VERSIONS: '3,4' }, 'other versions'],
  ['a host with AutoMTLS', { PLUGIN_CLIENT_CERT: 'pem' }, 'AutoMTLS'],
  ['an address with a quote', { GF_PLUGIN_BACKEND_ADDR: 'a":1' }, 'HOST:PORT'],
  ['an address without a port', { GF_PLUGIN_BACKEND_ADDR: 'pyrolens' }, 'HOST:PORT'],
] as const) {
  test(`it refuses ${what}, and says so where Grafana looks`, async () => {
    const { said, ended } = launch(env);
    expect({ code: await ended, stdout: said.stdout }).toEqual({ code: 1, stdout: '' });
    expect(said.stderr).toContain(words);
    if (what === 'a person') return;
    const line = JSON.parse(said.stderr) as Readonly<Record<string, unknown>>;
    expect(line['@level']).toBe('error');
    expect(line['@timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });
}

describe('with a name for an address', () => {
  let dir: string;
  let launched: Launched;
  const hosts = (...addresses: readonly string[]): void =>
    writeFileSync(join(dir, 'hosts'), addresses.map((address) => `${address}  pyrolens\n`).join(''));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'pyrolens-launcher-'));
    for (const [name, script] of [
      ['getent', `cat '${join(dir, 'hosts')}'`],
      ['sleep', '/bin/sleep 0.02'],
    ] as const) {
      writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(dir, name), 0o755);
    }
  });
  afterEach(async () => {
    launched.child.kill('SIGKILL');
    await launched.ended;
    rmSync(dir, { recursive: true, force: true });
  });
  const start = (): Launched =>
    (launched = launch({ PATH: `${dir}:${process.env['PATH'] ?? ''}`, GF_PLUGIN_BACKEND_ADDR: 'pyrolens:4040' }));

  test('it waits for the name before it answers, for Grafana gives up a plugin whose first start fails', async () => {
    hosts();
    const { said } = start();
    await until(() => said.stderr.includes('there is no host pyrolens yet'));
    expect(said.stdout).toBe('');
    hosts('10.0.0.1');
    await until(() => said.stdout === '1|2|tcp|pyrolens:4040|grpc\n');
  });

  test('it ends when the name has moved, so that Grafana looks it up again, and not when an address has stayed', async () => {
    hosts('10.0.0.1', '10.0.0.2');
    const { said, child, ended } = start();
    await until(() => said.stdout !== '');
    hosts('10.0.0.3', '10.0.0.2');
    await pause(1_000);
    hosts();
    await pause(1_000);
    expect(child.exitCode).toBeNull();
    hosts('10.0.0.3');
    expect(await ended).toBe(0);
    expect(said.stderr).toContain('pyrolens has another address now');
  });
});

test('it survives an interrupt, and ends when Grafana has died without a word', async () => {
  const script = '"$0" & echo "pid $!"; wait';
  const env = pluginEnv('127.0.0.1:4040');
  const grafana = spawn('/bin/sh', ['-c', script, command], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  grafana.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await until(() => said.includes('grpc\n') && said.includes('pid '));
  expect(readHandshake(said.split('\n').find((line) => line.includes('|')) ?? '').version).toBe(2);
  const launcher = Number(/pid (\d+)/.exec(said)?.[1]);
  const lives = (): boolean => {
    try {
      return process.kill(launcher, 0);
    } catch {
      return false; // No such process is the answer.
    }
  };
  process.kill(launcher, 'SIGINT');
  await pause(300);
  expect(lives()).toBe(true);
  grafana.kill('SIGKILL');
  await until(() => !lives());
});
