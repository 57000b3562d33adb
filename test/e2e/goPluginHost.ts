/** The host of test/goHost: hashicorp/go-plugin and Grafana's SDK, built with Go and run. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../golden.ts';
import type { PluginAsking, PluginReport, ReadField, ReadFrame } from './pluginHost.ts';

export interface GoReport extends PluginReport {
  readonly startMillis: number;
  readonly killMillis: number;
  readonly ping: string;
  /** By query and frame: why Grafana's rules would refuse it. */
  readonly notAlertable: Readonly<Record<string, readonly string[]>>;
  /** Lines of the plugin's standard error, as the host understood them. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

export type GoHost =
  { readonly kind: 'host'; readonly path: string } | { readonly kind: 'missing'; readonly why: string };

/** Built once; Go's own cache makes the second time a second. */
export function buildGoHost(): GoHost {
  if (spawnSync('go', ['version']).status !== 0) return { kind: 'missing', why: 'there is no go in PATH' };
  const path = join(projectRoot, 'build/goHost/host');
  const cwd = join(projectRoot, 'test/goHost');
  const modules = spawnSync('go', ['mod', 'download'], { cwd, encoding: 'utf8' });
  if (modules.status !== 0) return { kind: 'missing', why: `its modules cannot be had: ${modules.stderr}` };
  const built = spawnSync('go', ['build', '-o', path, '.'], { cwd, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`go build: ${built.stderr}`);
  return { kind: 'host', path };
}

interface GoFrame {
  readonly json: {
    readonly schema: {
      readonly name?: string;
      readonly refId?: string;
      readonly meta?: unknown;
      readonly fields: readonly Omit<ReadField, 'values'>[];
    };
    readonly data: { readonly values: readonly (readonly unknown[])[] };
  };
  readonly timeNanos: readonly string[];
  readonly notAlertable: string;
}
interface GoResponse {
  readonly status: number;
  readonly error: string;
  readonly errorSource: string;
  readonly frames: readonly GoFrame[];
}
type Told = Omit<GoReport, 'responses' | 'notAlertable'> & { readonly responses: Readonly<Record<string, GoResponse>> };

/** Gently: as Grafana ends a plugin, which takes two seconds. */
export async function askInGo(path: string, asking: PluginAsking, killGently = false): Promise<GoReport> {
  const { command, address, jsonData = {}, secrets = {}, headers = {}, queries = [], resource } = asking;
  const asked = {
    command,
    env: [`GF_PLUGIN_BACKEND_ADDR=${address}`],
    jsonData,
    secrets,
    headers,
    queries,
    resource: resource ?? 'profileTypes',
    killGently,
  };
  // Not spawnSync: the server that is asked lives in this process.
  const child = spawn(path, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(asked));
  const [output, errors] = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the Go host: ${await errors}`);
  const told = JSON.parse((await output) ?? '') as Told;
  const byQuery = <T>(read: (response: GoResponse) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(told.responses).map(([refId, response]) => [refId, read(response)]));
  return {
    ...told,
    responses: byQuery((response) => ({ ...response, frames: response.frames.map(readGoFrame) })),
    notAlertable: byQuery(({ frames }) => frames.map(({ notAlertable }) => notAlertable)),
  };
}

const readGoFrame = ({ json, timeNanos }: GoFrame): ReadFrame => ({
  name: json.schema.name ?? '',
  refId: json.schema.refId ?? '',
  meta: json.schema.meta,
  timeNanos,
  fields: json.schema.fields.map(({ name, labels, config }, i) => ({
    name,
    labels,
    config,
    values: json.data.values[i] ?? [],
  })),
});
