/**
 * `pyrolens push`: sends files of profiles to a running server.
 *
 * Errors: PushError naming the file; the other files are still sent.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import type { Label } from '../model/labels.ts';
import { gunzip } from '../wire/gzip.ts';
import { readPprof } from '../wire/pprof/readPprof.ts';
import { withTimeNanos } from '../wire/pprof/withTimeNanos.ts';
import type { FileFormat } from './fileFormat.ts';
import { fileFormats, formatOfFile } from './fileFormat.ts';
import { PushError, pushProfile, pushUpload } from './pushClient.ts';
import type { PushTarget } from './pushClient.ts';

export const pushHelp = `pyrolens push [FLAG...] FILE...

  --url URL            the server (http://127.0.0.1:4040)
  --token TOKEN        its token, also PYROLENS_TOKEN
  --tenant NAME        whose profiles they are, for a server with --multitenancy
  --service NAME       label service_name (the file's name without endings)
  --label NAME=VALUE   a further label; may be repeated
  --name NAME          label __name__ of pprof: process_cpu, memory, mutex ... (found from the sample types)
  --format FORMAT      pprof, perf (text of perf script), folded, bpftrace, jfr, speedscope (auto: by its content)
  --type TYPE          what folded and bpftrace count: cpu, wall, alloc_space, inuse_objects ... (cpu)
  --rate N             samples a second, where the file does not say (100)
  --now                stamp the profiles with the current time: a server refuses old ones
`;

export interface PushCommand {
  readonly target: PushTarget;
  readonly files: readonly string[];
  readonly service: string | undefined;
  readonly name: string | undefined;
  /** undefined: by the content. */
  readonly format: FileFormat | undefined;
  readonly countType: string;
  readonly sampleRate: string | undefined;
  readonly labels: readonly Label[];
  readonly stampNow: boolean;
}

/** undefined: help is wanted. */
export function readPushCommand(
  args: readonly string[],
  token: string | undefined,
  version = 'dev',
): PushCommand | undefined {
  const { values, positionals } = explained(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:4040' },
        token: { type: 'string' },
        tenant: { type: 'string' },
        service: { type: 'string' },
        name: { type: 'string' },
        format: { type: 'string', default: 'auto' },
        type: { type: 'string', default: 'cpu' },
        rate: { type: 'string' },
        label: { type: 'string', multiple: true, default: [] },
        now: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (values.help) return undefined;
  if (positionals.length === 0) throw new PushError('no files given; pyrolens push --help lists the flags');
  return {
    target: {
      baseUrl: values.url.replace(/\/+$/, ''),
      token: values.token ?? token,
      tenant: values.tenant,
      userAgent: `pyrolens-push/${version}`,
    },
    files: positionals,
    service: values.service,
    name: values.name,
    format: parseFormat(values.format),
    countType: values.type,
    sampleRate: values.rate,
    labels: values.label.map(parseLabel),
    stampNow: values.now,
  };
}

/** parseArgs explains itself to programmers: here it is told what is wrong, and where to look. */
function explained<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    const message = String(error);
    const flag = /'([^' ]+)/.exec(message)?.[1] ?? '';
    const wish = message.includes('does not take') ? 'takes no value' : 'needs a value';
    const what = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? `there is no flag ${flag}` : `the flag ${flag} ${wish}`;
    throw new PushError(`${what}; pyrolens push --help lists the flags`);
  }
}

/** The number of files that could not be sent. */
export async function pushFiles(command: PushCommand, print: (line: string) => void): Promise<number> {
  let failed = 0;
  for (const file of command.files) {
    try {
      print(`${file}: ${await pushFile(command, file)}`);
    } catch (error) {
      if (!(error instanceof PushError || error instanceof InputError || isSystemError(error))) throw error;
      failed++;
      const hint = error.message.includes('ingestion window')
        ? '; push it with --now, or start the server with --reject-older-than off'
        : '';
      print(`${file}: not sent: ${error.message}${hint}`);
    }
  }
  return failed;
}

async function pushFile(command: PushCommand, file: string): Promise<string> {
  const stored = await readFile(file);
  const bytes = gunzip(stored, defaultLimits.bodyBytes);
  const format = command.format ?? formatOfFile(bytes);
  return format === 'pprof' ? pushPprof(command, file, stored, bytes) : pushToIngest(command, file, format, bytes);
}

async function pushPprof(
  { target, service, name, labels, stampNow }: PushCommand,
  file: string,
  stored: Uint8Array,
  bytes: Uint8Array,
): Promise<string> {
  const profile = readPprof(bytes, { ...defaultLimits, samplesPerProfile: Infinity });
  const series: Label[] = [
    { name: '__name__', value: name ?? nameFor(profile.sampleTypes.map(({ type }) => type)) },
    { name: 'service_name', value: service ?? serviceFor(file) },
    ...labels,
  ];
  await pushProfile(target, series, stampNow ? withTimeNanos(bytes, BigInt(Date.now()) * 1_000_000n) : stored);
  return `${profile.sampleCount} samples as ${braced(series)}`;
}

/** Text has no time: it is of now. A recording of Java knows its own. */
async function pushToIngest(
  { target, service, labels, countType, sampleRate, stampNow }: PushCommand,
  file: string,
  format: Exclude<FileFormat, 'pprof'>,
  bytes: Uint8Array,
): Promise<string> {
  const series: Label[] = [{ name: 'service_name', value: service ?? serviceFor(file) }, ...labels];
  const app = format === 'folded' || format === 'bpftrace' ? `pushed.${countType}` : 'pushed';
  const query = new URLSearchParams({ name: `${app}${braced(series)}`, format, spyName: 'pyrolens-push' });
  if (sampleRate !== undefined) query.set('sampleRate', sampleRate);
  if (stampNow) query.set('from', 'now');
  await pushUpload(target, query, bytes);
  return `${bytes.length} bytes of ${format} as ${braced(series)}`;
}

const braced = (labels: readonly Label[]): string =>
  `{${labels.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;

const serviceFor = (file: string): string =>
  basename(file).replace(/(\.(pb|pprof|prof|gz|jfr|json|speedscope|perf|folded|collapsed|stacks|bt|txt))+$/i, '') ||
  'pushed';

function parseFormat(text: string): FileFormat | undefined {
  const format = fileFormats.find((known) => known === text);
  if (format === undefined && text !== 'auto')
    throw new PushError(`--format: expected auto, ${fileFormats.join(', ')}, got ${JSON.stringify(text)}`);
  return format;
}

/** The names that agents give to these sample types (reference: pyroscope-api 3.4). */
function nameFor(sampleTypes: readonly string[]): string {
  if (sampleTypes.includes('cpu')) return 'process_cpu';
  if (sampleTypes.some((type) => /^(alloc|inuse)_(space|objects)$/.test(type))) return 'memory';
  if (sampleTypes.includes('contentions')) return 'mutex';
  return sampleTypes[0] ?? 'profile';
}

function parseLabel(text: string): Label {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new PushError(`--label: expected NAME=VALUE, got ${JSON.stringify(text)}`);
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error;
