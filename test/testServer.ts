/** A server inside the test's own process, on a port that the system chooses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '../backend/config.ts';
import { defaultLimits } from '../backend/limits.ts';
import type { Limits } from '../backend/limits.ts';
import type { Documents } from '../backend/documents/documents.ts';
import { createMemoryDocuments } from '../backend/documents/memoryDocuments.ts';
import { createLog } from '../backend/log.ts';
import type { RemoteWriteConfig } from '../backend/remoteWriteFlags.ts';
import type { RulesConfig } from '../backend/ruleFlags.ts';
import type { SampleSink } from '../backend/rules/sampleSink.ts';
import { serve } from '../backend/serve.ts';
import { openClickHouseStore } from '../backend/store/clickhouse/openClickHouseStore.ts';
import { openDebuginfoStore } from '../backend/store/debuginfo/openDebuginfoStore.ts';
import { openMemoryStore } from '../backend/store/memory/openMemoryStore.ts';
import type { Store } from '../backend/store/store.ts';
import { projectRoot } from './golden.ts';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** undefined unless it was asked for. */
  readonly pluginPort: number | undefined;
  readonly store: Store;
  readonly dataDir: string;
  /** Lines of the server's log so far. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly store?: 'chdb' | 'memory' | Store;
  readonly token?: string;
  readonly tls?: TlsFiles;
  /** With a port for Grafana's backend plugin. */
  readonly pluginPort?: boolean;
  readonly multitenancy?: boolean;
  /** Checks the Host header, as a server on loopback does. */
  readonly allowedHosts?: readonly string[];
  /** The queue stands in the data directory. */
  readonly remoteWrite?: RemoteWriteConfig;
  /** Recording rules: minutes are evaluated as soon as they are over. */
  readonly rules?: Partial<RulesConfig>;
  readonly sampleSink?: SampleSink;
  /** Kept over a restart. */
  readonly documents?: Documents;
  readonly limits?: Partial<Limits>;
  /** The server's clock. */
  readonly now?: () => number;
}

const testRules: RulesConfig = {
  file: undefined,
  latenessMillis: 0,
  backfillMillis: 3_000_000,
  seriesPerRule: 1_000,
  seriesInAll: 10_000,
};

export async function startTestServer({
  store: wanted = 'memory',
  token,
  tls,
  pluginPort = false,
  multitenancy = false,
  allowedHosts,
  remoteWrite,
  rules,
  sampleSink,
  documents = createMemoryDocuments(),
  limits,
  now = Date.now,
}: TestServerOptions = {}): Promise<TestServer> {
  const log: string[] = [];
  const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
  const store =
    wanted === 'memory'
      ? openMemoryStore()
      : wanted === 'chdb'
        ? await openClickHouseStore({
            dataDir,
            log: createLog((line) => log.push(line)),
            limits: { ...defaultLimits, ...limits },
          })
        : wanted;
  const debuginfo = await openDebuginfoStore({
    dir: join(dataDir, 'debuginfo'),
    limits: { ...defaultLimits, ...limits },
    now: Date.now,
    log: createLog((line) => log.push(line)),
  });
  const server = await serve({
    config: {
      listen: [{ host: '127.0.0.1', port: 0 }],
      pluginListen: pluginPort ? { host: '127.0.0.1', port: 0 } : undefined,
      allowedHosts,
      token,
      tls,
      multitenancy,
      remoteWrite,
      rules: { ...testRules, ...rules },
      flags: [],
      limits: { ...defaultLimits, ...limits },
    },
    store,
    documents,
    ...(sampleSink && { sampleSink }),
    debuginfo,
    ...(wanted === 'chdb' && { dataDir }),
    remoteWriteDir: join(dataDir, 'remote-write'),
    build: { version: 'test', revision: 'test' },
    pageDir: join(projectRoot, 'build/page'),
    log: createLog((line) => log.push(line)),
    now,
  });
  const port = server.addresses[0]?.port ?? 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    pluginPort: server.pluginAddress?.port,
    store,
    dataDir,
    log,
    close: async () => {
      await server.close();
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly json: unknown;
}

/** POST of a Connect JSON message. */
export async function call(
  url: string,
  procedure: string,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: bodyOf(message),
  });
  return readAnswer(response);
}

function bodyOf(message: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') return message;
  return message instanceof Uint8Array ? new Uint8Array(message) : JSON.stringify(message);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    contentType,
    text,
    json: contentType.includes('json') ? JSON.parse(text) : undefined,
  };
}

export const pushMessage = (labels: Readonly<Record<string, string>>, ...profiles: readonly Uint8Array[]) => ({
  series: [
    {
      labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
      samples: profiles.map((profile) => ({ rawProfile: Buffer.from(profile).toString('base64') })),
    },
  ],
});
