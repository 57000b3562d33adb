/**
 * A plugin host as Grafana is one, in Node: starts the plugin, reads its handshake and asks it over gRPC with messages written
 * by hand. goPluginHost.ts does the same with Grafana's own libraries; both tell the same.
 */
import { spawn } from 'node:child_process';
import { tableFromIPC } from '@uwdata/flechette';
import { ProtoCursor } from '../../backend/wire/protoCursor.ts';
import type { GrpcClient } from './grpcClient.ts';
import { connectGrpc, field, numberField } from './grpcClient.ts';

export interface PluginAsking {
  readonly command: string;
  /** HOST:PORT of the server. */
  readonly address: string;
  readonly jsonData?: object;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly queries?: readonly AskedQuery[];
  readonly resource?: string;
}

export interface AskedQuery {
  readonly refId: string;
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  readonly model: object;
}

export interface PluginReport {
  /** As negotiated. */
  readonly version: number;
  readonly health: 'OK' | 'ERROR';
  readonly healthText: string;
  readonly metricsBytes: number;
  readonly responses: Readonly<Record<string, QueryResponse>>;
  readonly resource: string;
  readonly resourceStatus: number;
}

export interface QueryResponse {
  readonly status: number;
  readonly error: string;
  readonly errorSource: string;
  readonly frames: readonly ReadFrame[];
}

export interface ReadFrame {
  readonly name: string;
  readonly refId: string;
  readonly meta: unknown;
  readonly fields: readonly ReadField[];
  /** Of the time field, exact. */
  readonly timeNanos: readonly string[];
}

export interface ReadField {
  readonly name: string;
  readonly labels: unknown;
  readonly config: unknown;
  /** Times in milliseconds; choices as numbers. */
  readonly values: readonly unknown[];
}

export interface Handshake {
  readonly version: number;
  readonly port: number;
}

/** CORE|APP|NETWORK|ADDRESS|PROTOCOL, as hashicorp/go-plugin reads it. */
export function readHandshake(line: string): Handshake {
  const [core, app, network, address = '', protocol] = line.split('|');
  if (core !== '1' || network !== 'tcp' || protocol !== 'grpc') throw new Error(`no handshake: ${line}`);
  return { version: Number(app), port: Number(address.slice(address.lastIndexOf(':') + 1)) };
}

/** What Grafana gives its plugins. */
export const pluginEnv = (address: string) => ({
  ...process.env,
  grafana_plugin_type: 'datasource',
  PLUGIN_MIN_PORT: '10000',
  PLUGIN_MAX_PORT: '25000',
  PLUGIN_PROTOCOL_VERSIONS: '2',
  GF_PLUGIN_BACKEND_ADDR: address,
});

export async function askInNode(asking: PluginAsking): Promise<PluginReport> {
  const { version, port, kill } = await launch(asking);
  try {
    return { version, ...(await askPort(port, asking)) };
  } finally {
    kill();
  }
}

/** A plugin that is asked again and again over one connection, as Grafana does for its rules. */
export interface RunningPlugin {
  readonly queryData: (asking: Omit<PluginAsking, 'command' | 'address'>) => Promise<PluginReport['responses']>;
  readonly close: () => void;
}

export async function startPlugin(started: Pick<PluginAsking, 'command' | 'address'>): Promise<RunningPlugin> {
  const { port, kill } = await launch(started);
  const client = connectGrpc(port, { userAgent });
  return {
    queryData: (asking) => queryData(client, asking),
    close: () => {
      client.close();
      kill();
    },
  };
}

interface Launched extends Handshake {
  readonly kill: () => void;
}

async function launch({ command, address }: Pick<PluginAsking, 'command' | 'address'>): Promise<Launched> {
  const child = spawn(command, { env: pluginEnv(address), stdio: ['ignore', 'pipe', 'ignore'] });
  const kill = (): void => {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
  };
  try {
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().split('\n')[0] ?? ''));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the plugin ended with ${code}`)));
    });
    return { ...readHandshake(line), kill };
  } catch (error) {
    kill();
    throw error;
  }
}

const userAgent = 'grpc-go/1.80.0';

async function queryData(
  client: GrpcClient,
  asking: Omit<PluginAsking, 'command' | 'address'>,
): Promise<PluginReport['responses']> {
  const message = Buffer.concat([field(1, contextOf(asking)), ...queriesOf(asking)]);
  const data = await client.unary('/pluginv2.Data/QueryData', message);
  return Object.fromEntries(fieldsOf(data).map(({ bytes }) => readResponse(bytes)));
}

async function askPort(port: number, asking: PluginAsking): Promise<Omit<PluginReport, 'version'>> {
  const client = connectGrpc(port, { userAgent });
  try {
    const context = field(1, contextOf(asking));
    const serving = await client.unary('/grpc.health.v1.Health/Check', field(1, 'plugin'));
    if (Buffer.from(serving).toString('hex') !== '0801') throw new Error('the plugin does not serve');
    const health = fieldsOf(await client.unary('/pluginv2.Diagnostics/CheckHealth', context));
    const metrics = fieldsOf(await client.unary('/pluginv2.Diagnostics/CollectMetrics', context));
    const responses = await queryData(client, asking);
    const resource = asking.resource ?? 'profileTypes';
    const path = [field(2, resource), field(3, 'GET'), field(4, resource)];
    const answer = fieldsOf(await client.unary('/pluginv2.Resource/CallResource', Buffer.concat([context, ...path])));
    await client.unary('/plugin.GRPCController/Shutdown', new Uint8Array(0));
    return {
      health: numberOf(health, 1) === 1 ? 'OK' : 'ERROR',
      healthText: textOf(health, 2),
      metricsBytes: bytesOf(fieldsOf(bytesOf(metrics, 1)), 1).length,
      responses,
      resource: textOf(answer, 3),
      resourceStatus: numberOf(answer, 1),
    };
  } finally {
    client.close();
  }
}

const entry = (number: number, name: string, value: string): Buffer =>
  field(number, Buffer.concat([field(1, name), field(2, value)]));

function contextOf({ jsonData = {}, secrets = {} }: Pick<PluginAsking, 'jsonData' | 'secrets'>): Buffer {
  const settings = [
    numberField(1, 1),
    field(2, 'Pyrolens'),
    field(3, 'http://unused'),
    field(8, JSON.stringify(jsonData)),
    ...Object.entries(secrets).map(([name, value]) => entry(9, name, value)),
    field(11, 'pyrolens1'),
  ];
  return Buffer.concat([
    numberField(1, 1),
    field(2, 'pyrolens-profiles-datasource'),
    field(5, Buffer.concat(settings)),
  ]);
}

const queriesOf = ({ headers = {}, queries = [] }: Pick<PluginAsking, 'headers' | 'queries'>): readonly Buffer[] => [
  ...Object.entries(headers).map(([name, value]) => entry(2, name, value)),
  ...queries.map(({ refId, from, to, intervalMs, model }) => {
    const range = Buffer.concat([numberField(1, from), numberField(2, to)]);
    const parts = [
      field(1, refId),
      numberField(2, 1_000),
      numberField(3, intervalMs),
      field(4, range),
      field(5, JSON.stringify(model)),
    ];
    return field(3, Buffer.concat(parts));
  }),
];

interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly value: number;
}

function fieldsOf(message: Uint8Array): readonly Field[] {
  const cursor = new ProtoCursor(message, 'answer');
  const fields: Field[] = [];
  while (cursor.next()) {
    const isBytes = cursor.wireType === 2;
    const bytes = isBytes ? message.subarray(cursor.start, cursor.stop) : new Uint8Array(0);
    fields.push({ number: cursor.field, bytes, value: isBytes ? 0 : cursor.low });
  }
  return fields;
}

const bytesOf = (fields: readonly Field[], number: number): Uint8Array =>
  fields.find((one) => one.number === number)?.bytes ?? new Uint8Array(0);
const textOf = (fields: readonly Field[], number: number): string => Buffer.from(bytesOf(fields, number)).toString();
const numberOf = (fields: readonly Field[], number: number): number =>
  fields.find((one) => one.number === number)?.value ?? 0;

function readResponse(bytes: Uint8Array): readonly [string, QueryResponse] {
  const response = fieldsOf(bytesOf(fieldsOf(bytes), 2));
  return [
    textOf(fieldsOf(bytes), 1),
    {
      status: numberOf(response, 4),
      error: textOf(response, 2),
      errorSource: textOf(response, 5),
      frames: response.filter(({ number }) => number === 1).map((one) => readFrame(one.bytes)),
    },
  ];
}

/** As Grafana's SDK reads it: whatever unit the times have, they count as nanoseconds. */
export function readFrame(bytes: Uint8Array): ReadFrame {
  // On a border of eight bytes, where columns of 64 bits must lie.
  const table = tableFromIPC(Uint8Array.from(bytes), { useBigInt: true, useBigIntTimestamp: true });
  const { metadata, fields } = table.schema;
  const columns = fields.map((_, i) => [...(table.getChildAt(i) as Iterable<unknown>)]);
  const isTime = (i: number): boolean => fields[i]?.type.typeId === 10;
  const times = columns.find((_, i) => isTime(i)) ?? [];
  const json = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  return {
    name: metadata?.get('name') ?? '',
    refId: metadata?.get('refId') ?? '',
    meta: json(metadata?.get('meta')),
    timeNanos: times.map(String),
    fields: fields.map((one, i) => ({
      name: one.name,
      labels: json(one.metadata?.get('labels')),
      config: json(one.metadata?.get('config')),
      values: (columns[i] ?? []).map((value) =>
        isTime(i) ? Number(BigInt(String(value)) / 1_000_000n) : typeof value === 'bigint' ? Number(value) : value,
      ),
    })),
  };
}
