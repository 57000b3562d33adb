/** The program: reads arguments and environment, opens the store, serves until it is told to stop. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildInfo } from './buildInfo.ts';
import { pushFiles, pushHelp, readPushCommand } from './client/pushFiles.ts';
import { PushError } from './client/pushClient.ts';
import { startSelfProfile } from './client/selfProfile.ts';
import { ConfigError, helpText, readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Documents } from './documents/documents.ts';
import { openFileDocuments } from './documents/fileDocuments.ts';
import { createMemoryDocuments } from './documents/memoryDocuments.ts';
import { InputError } from './errors.ts';
import type { HostAndPort } from './http/listen.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { anonymousTenant } from './model/tenants.ts';
import { serve } from './serve.ts';
import type { RunningServer } from './serve.ts';
import type { DebuginfoStore } from './store/debuginfo/openDebuginfoStore.ts';
import { openDebuginfoStore } from './store/debuginfo/openDebuginfoStore.ts';
import { openMemoryStore } from './store/memory/openMemoryStore.ts';
import type { Store } from './store/store.ts';

export async function main(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<void> {
  try {
    if (args[0] === 'push') await runPush(args.slice(1), env);
    else if (args.includes('--help')) process.stdout.write(helpText());
    else if (args.includes('--version')) process.stdout.write(`${buildInfo.version}\n`);
    else await runServer(readConfig(args, env));
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`pyrolens: ${error.message}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}

/** What the one who started us can mend: the message is enough, a stack trace would hide it. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof InputError || error instanceof PushError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOENT', 'ENOTDIR', 'EROFS', 'ENOTFOUND'].includes(code) ||
    code.startsWith('ERR_PARSE_ARGS')
  );
}

async function runPush(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const command = readPushCommand(args, env['PYROLENS_TOKEN'], buildInfo.version);
  if (command === undefined) {
    process.stdout.write(pushHelp);
    return;
  }
  const failed = await pushFiles(command, (line) => process.stdout.write(`${line}\n`));
  if (failed > 0) process.exitCode = 1;
}

async function runServer(config: Config): Promise<void> {
  const log = createLog((line) => process.stderr.write(line));
  const store = await openStore(config, log);
  const pageDir = fileURLToPath(new URL('../page', import.meta.url));
  const start = async (): Promise<RunningServer> => {
    // Behind the store, whose lock of the data directory is theirs too.
    const documents = await openDocuments(config);
    const debuginfo = await openDebuginfo(config, log);
    const remoteWriteDir = await findRemoteWriteDir(config);
    return serve({
      config,
      store,
      documents,
      debuginfo,
      ...(config.store !== 'memory' && { dataDir: config.dataDir }),
      remoteWriteDir,
      build: buildInfo,
      pageDir,
      log,
      now: Date.now,
    });
  };
  const server = await start().catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const [first] = server.addresses;
  const stopSelfProfile =
    config.selfProfile && first !== undefined
      ? await startSelfProfile(
          {
            baseUrl: urlOf(first, config.tls),
            token: config.token,
            tenant: anonymousTenant,
            userAgent: `pyrolens-self-profile/${buildInfo.version}`,
          },
          buildInfo.version,
          log,
        )
      : () => Promise.resolve();
  process.stdout.write(greeting(config, server, store.catalog.seriesCount()));
  stopOnSignal(async () => {
    await stopSelfProfile();
    await server.close();
    await store.close();
  }, log);
}

async function openStore({ store, dataDir, limits }: Config, log: Log): Promise<Store> {
  if (store === 'memory') return openMemoryStore();
  // Only here: the engine is large, and --store memory must run where it does not exist.
  const { openClickHouseStore } = await import('./store/clickhouse/openClickHouseStore.ts');
  return openClickHouseStore({ dataDir, log, limits });
}

const openDocuments = ({ store, dataDir }: Config): Promise<Documents> =>
  store === 'memory' ? Promise.resolve(createMemoryDocuments()) : openFileDocuments(dataDir);

/** Without a data directory uploads last as long as the system keeps its temporary files: they are too large for memory. */
async function openDebuginfo({ store, dataDir, limits }: Config, log: Log): Promise<DebuginfoStore> {
  const dir = store === 'memory' ? await mkdtemp(join(tmpdir(), 'pyrolens-debuginfo-')) : join(dataDir, 'debuginfo');
  return openDebuginfoStore({ dir, limits, now: Date.now, log });
}

/** As debug information has it: with --store memory the queue lasts as long as the system keeps temporary files. */
const findRemoteWriteDir = async ({ store, dataDir, remoteWrite }: Config): Promise<string> =>
  store === 'memory' && remoteWrite !== undefined
    ? mkdtemp(join(tmpdir(), 'pyrolens-remote-write-'))
    : join(dataDir, 'remote-write');

function greeting(config: Config, { addresses, pluginAddress }: RunningServer, seriesCount: number): string {
  const [first] = addresses;
  const url = first === undefined ? '' : urlOf(first, config.tls);
  const kept = config.store === 'memory' ? 'in memory, gone at the end' : `in ${config.dataDir}`;
  const ofTenant = config.multitenancy ? ` of the tenant ${anonymousTenant}` : '';
  const lines = [
    `Pyrolens ${buildInfo.version} is ready after ${process.uptime().toFixed(2)} s: ${seriesCount} series ${kept}`,
    `  flame graphs   ${url}/`,
    `  agents push to ${url}  (Alloy: pyroscope.write; a file: npm run push -- FILE)`,
    `  Grafana asks   ${url}  (data source pyrolens-profiles-datasource, or Grafana Pyroscope)`,
    ...(pluginAddress === undefined
      ? []
      : [
          `  Grafana's rules ask ${urlOf(pluginAddress, undefined).replace('http://', '')}  (backend_addr of the plugin)`,
        ]),
    ...addresses.slice(1).map((address) => `  also listening ${urlOf(address, config.tls)}`),
    ...(config.selfProfile ? [`  self profile   service_name="pyrolens"${ofTenant}, first in 5 s`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function urlOf({ host, port }: HostAndPort, tls: Config['tls']): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls === undefined ? 'http' : 'https'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function stopOnSignal(stop: () => Promise<void>, log: Log): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('stopping; once more ends at once', { signal });
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stopped with an error', {
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
