/** The real Prometheus and Alertmanager on loopback, from configurations of a test, to be stopped and started over one folder. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, untilReady } from '../../backend/promql/testPrometheus.ts';

export interface RealProgram {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes what it wrote. */
  close(): Promise<void>;
}

/** undefined: there is none on this machine. */
export function findAlertmanager(): string | undefined {
  const program = process.env.PYROLENS_ALERTMANAGER ?? 'prometheus-alertmanager';
  return spawnSync(program, ['--version']).status === 0 ? program : undefined;
}

/** Takes remote write; `files` are written beside its configuration, prometheus.yml. */
export const preparePrometheus = (program: string, files: Readonly<Record<string, string>>): Promise<RealProgram> =>
  prepare(files, (folder, address) => [
    program,
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
    // An alert that fires before Alertmanager was found is not sent, and again after this.
    '--rules.alert.resend-delay=1s',
    '--log.level=warn',
  ]);

export const prepareAlertmanager = (program: string, configuration: string): Promise<RealProgram> =>
  prepare({ 'alertmanager.yml': configuration }, (folder, address) => [
    program,
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ]);

async function prepare(
  files: Readonly<Record<string, string>>,
  commandOf: (folder: string, address: string) => readonly string[],
): Promise<RealProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'pyrolens-real-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const address = `127.0.0.1:${await freePort()}`;
  const [program = '', ...args] = commandOf(folder, address);
  const url = `http://${address}`;
  let stop = (): Promise<void> => Promise.resolve();
  return {
    url,
    start: async () => {
      let output = '';
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      stop = async () => {
        child.kill();
        await ended;
      };
      const died = ended.then(() => Promise.reject(new Error(`${program} ended:\n${output}`)));
      await Promise.race([untilReady(url), died]);
      died.catch(() => undefined);
    },
    stop: () => stop(),
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
