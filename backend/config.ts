/**
 * What can be set: flags, and the same as variables (--max-body-size is PYROLENS_MAX_BODY_SIZE). A flag wins.
 *
 * Errors: ConfigError naming the flag or variable, what was given and what is expected.
 */
import { parseArgs } from 'node:util';
import type { HostAndPort } from './http/listen.ts';
import type { EffectiveFlag } from './http/statusRoutes.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { promqlFlags, readPromqlLimits } from './promqlFlags.ts';
import { readRemoteWrite, remoteWriteFlags } from './remoteWriteFlags.ts';
import type { RemoteWriteConfig } from './remoteWriteFlags.ts';
import { readRules, ruleFlags } from './ruleFlags.ts';
import type { RulesConfig } from './ruleFlags.ts';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Config {
  readonly listen: readonly HostAndPort[];
  /** Never with TLS, and only for the backend of the Grafana data source. */
  readonly pluginListen: HostAndPort | undefined;
  /** Names by which a server that only this machine reaches may be called; undefined: any, since a token or the network guards it. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly dataDir: string;
  readonly store: 'chdb' | 'memory';
  /** Files in PEM; undefined: no TLS. */
  readonly tls: TlsFiles | undefined;
  readonly token: string | undefined;
  /** Whose data a request is about stands in X-Scope-OrgID; otherwise there is one tenant. */
  readonly multitenancy: boolean;
  readonly selfProfile: boolean;
  /** undefined: samples of recording rules are sent nowhere. */
  readonly remoteWrite: RemoteWriteConfig | undefined;
  readonly rules: RulesConfig;
  readonly limits: Limits;
  /** As given, for people; secrets are starred out. */
  readonly flags: readonly EffectiveFlag[];
}

export interface Flag {
  readonly name: string;
  /** What stands behind it in --help; undefined for a switch. */
  readonly value?: string;
  readonly byDefault: string;
  readonly help: string;
  /** Never shown. */
  readonly isSecret?: true;
}

/** What the flags of one room are read with. */
export interface FlagReader {
  readonly text: (name: string) => string;
  readonly texts: (name: string) => readonly string[];
  /** `one`: of a flag that is repeated, one value. Throws ConfigError when parse gives undefined. */
  readonly read: <T>(name: string, parse: (value: string) => T | undefined, expected: string, one?: string) => T;
  readonly count: (name: string) => number;
  readonly size: (name: string) => number;
  /** Milliseconds; Infinity for off. */
  readonly duration: (name: string) => number;
  readonly parseCount: (value: string) => number | undefined;
  readonly parseSize: (value: string) => number | undefined;
  readonly parseDuration: (value: string) => number | undefined;
}

const flags: readonly Flag[] = [
  {
    name: 'listen',
    value: 'HOST:PORT',
    byDefault: '127.0.0.1:4040',
    help: 'where to listen; repeat it for more ports, all serve everything',
  },
  {
    name: 'plugin-listen',
    value: 'HOST:PORT',
    byDefault: '',
    help: 'one more port, without TLS, for the backend of the Grafana data source alone',
  },
  {
    name: 'allow-host',
    value: 'NAME',
    byDefault: '',
    help: 'a name, beside localhost, by which browsers and agents may call a server on loopback without a token; may be repeated',
  },
  { name: 'data', value: 'DIR', byDefault: './data', help: 'where profiles are kept' },
  { name: 'store', value: 'chdb|memory', byDefault: 'chdb', help: 'chdb keeps on disk; memory forgets at the end' },
  {
    name: 'token',
    value: 'TOKEN',
    byDefault: '',
    help: 'ask every client for "Authorization: Bearer TOKEN"',
    isSecret: true,
  },
  { name: 'tls-cert', value: 'FILE', byDefault: '', help: 'serve with TLS: the certificate and its chain, PEM' },
  { name: 'tls-key', value: 'FILE', byDefault: '', help: 'its key, PEM' },
  { name: 'insecure', byDefault: 'off', help: 'listen beyond loopback without a token' },
  { name: 'multitenancy', byDefault: 'off', help: 'ask every request for its tenant: the header X-Scope-OrgID' },
  { name: 'self-profile', byDefault: 'off', help: 'profile this server itself, as service_name="pyrolens"' },
  { name: 'reject-older-than', value: '1h|off', byDefault: '1h', help: 'refuse profiles whose time is so long ago' },
  { name: 'reject-newer-than', value: '10m|off', byDefault: '10m', help: 'refuse profiles whose time is so far ahead' },
  { name: 'max-query-length', value: '24h|off', byDefault: 'off', help: 'the longest range of a question' },
  { name: 'max-body-size', value: 'SIZE', byDefault: '256MiB', help: 'of one request, before and after gzip' },
  {
    name: 'max-message-size',
    value: 'SIZE',
    byDefault: '64MiB',
    help: 'of an OTLP request or a gRPC message, unpacked',
  },
  {
    name: 'max-text-size',
    value: 'SIZE',
    byDefault: '32MiB',
    help: 'of a file of folded stacks, perf or the like, unpacked',
  },
  { name: 'max-bytes-in-flight', value: 'SIZE', byDefault: '512MiB', help: 'of all requests together; more get 503' },
  { name: 'max-debuginfo-size', value: 'SIZE', byDefault: '1GiB', help: 'of the debug information of one binary' },
  { name: 'max-debuginfo-total', value: 'SIZE', byDefault: '16GiB', help: 'of all debug information; more is refused' },
  { name: 'max-profile-size', value: 'SIZE', byDefault: '4MiB', help: 'of one profile after gzip' },
  { name: 'max-profile-samples', value: 'N', byDefault: '16000', help: 'samples of one profile' },
  { name: 'max-sample-labels', value: 'N', byDefault: '100', help: 'labels of one sample; further ones are dropped' },
  {
    name: 'max-stack-depth',
    value: 'N',
    byDefault: '1000',
    help: 'frames of a stack; deeper ones are cut at the leaf',
  },
  {
    name: 'max-symbol-length',
    value: 'N',
    byDefault: '65535',
    help: 'bytes of a function name; longer ones lose their head',
  },
  { name: 'max-label-names', value: 'N', byDefault: '30', help: 'labels of a series' },
  { name: 'max-label-name-length', value: 'N', byDefault: '1024', help: 'bytes of a label name' },
  { name: 'max-label-value-length', value: 'N', byDefault: '2048', help: 'bytes of a label value' },
  {
    name: 'default-nodes',
    value: 'N',
    byDefault: '8192',
    help: 'nodes of a flame graph when the question does not say',
  },
  { name: 'max-nodes', value: 'N', byDefault: '1048576', help: 'nodes of a flame graph at the most' },
  { name: 'max-question-memory', value: 'SIZE', byDefault: '1GiB', help: 'of the engine for one question' },
  { name: 'max-question-time', value: '2m', byDefault: '2m', help: 'of the engine for one question' },
  {
    name: 'max-exact-samples',
    value: 'N',
    byDefault: '200000000',
    help: 'samples that a question reads whole; beyond it is told from a sample of profiles',
  },
  { name: 'max-heatmap-profiles', value: 'N', byDefault: '1000000', help: 'profiles or spans that a heatmap counts' },
  { name: 'max-questions', value: 'N', byDefault: '8', help: 'questions about samples at once; more wait' },
  { name: 'max-waiting-questions', value: 'N', byDefault: '200', help: 'questions that wait; more get 503' },
  {
    name: 'max-async-questions',
    value: 'N|off',
    byDefault: 'off',
    help: 'questions of a tenant that go on without their asker',
  },
  { name: 'stack-memory', value: 'SIZE', byDefault: '256MiB', help: 'stacks and names kept in memory for questions' },
  {
    name: 'sample-memory',
    value: 'SIZE',
    byDefault: '256MiB',
    help: 'samples kept in memory that were asked for before',
  },
  { name: 'max-settings-size', value: 'SIZE', byDefault: '1MiB', help: 'of the settings that clients keep, together' },
  { name: 'max-recording-rules', value: 'N', byDefault: '25', help: 'recording rules' },
  { name: 'max-adhoc-profiles', value: 'N', byDefault: '1000', help: 'uploaded profiles' },
  { name: 'max-adhoc-size', value: 'SIZE', byDefault: '1GiB', help: 'of all uploaded profiles together' },
  ...promqlFlags,
  ...ruleFlags,
  ...remoteWriteFlags,
];

const variableOf = (name: string): string => `PYROLENS_${name.replaceAll('-', '_').toUpperCase()}`;

function createReader(args: readonly string[], env: Readonly<Record<string, string | undefined>>): FlagReader {
  const given = parseFlags(args);
  const texts = (name: string): readonly string[] => given.get(name) ?? fromEnvironment(name, env) ?? [defaultOf(name)];
  const text = (name: string): string => texts(name).at(-1) ?? '';
  const read: FlagReader['read'] = (name, parse, expected, one = text(name)) => {
    const value = parse(one);
    const got = flags.some((flag) => flag.name === name && flag.isSecret) ? 'something else' : JSON.stringify(one);
    if (value === undefined) throw new ConfigError(`--${name} (${variableOf(name)}): expected ${expected}, got ${got}`);
    return value;
  };
  const parts = { text, texts, read, parseCount, parseSize, parseDuration };
  return {
    ...parts,
    count: (name) => read(name, parseCount, 'a whole number above 0'),
    size: (name) => read(name, parseSize, 'a size, as in 4MiB'),
    duration: (name) => read(name, parseDuration, 'a duration, as in 90s, 10m, 1h or 7d, or off'),
  };
}

export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const reader = createReader(args, env);
  const { text, texts, read, count, size, duration } = reader;
  const insecure = read('insecure', parseSwitch, 'on or off');
  const token = text('token') === '' ? undefined : text('token');
  const listen = texts('listen').map((value) => parseHostAndPort('listen', value));
  const plugin = texts('plugin-listen').filter((value) => value !== '');
  const [pluginListen] = plugin.map((value) => parseHostAndPort('plugin-listen', value));
  if (token === undefined && !insecure) checkLoopback({ listen, 'plugin-listen': pluginListen ? [pluginListen] : [] });
  return {
    listen,
    pluginListen,
    allowedHosts: namesToAllow(texts('allow-host'), token, listen),
    dataDir: text('data'),
    tls: tlsFiles(text('tls-cert'), text('tls-key')),
    store: read('store', (value) => (value === 'chdb' || value === 'memory' ? value : undefined), 'chdb or memory'),
    token,
    multitenancy: read('multitenancy', parseSwitch, 'on or off'),
    selfProfile: read('self-profile', parseSwitch, 'on or off'),
    remoteWrite: readRemoteWrite(reader),
    rules: readRules(reader),
    flags: flags.map((flag) => describeFlag(flag, texts(flag.name))),
    limits: {
      ...defaultLimits,
      ...readPromqlLimits(reader),
      rejectOlderThanMillis: duration('reject-older-than'),
      rejectNewerThanMillis: duration('reject-newer-than'),
      queryLengthMillis: duration('max-query-length'),
      bodyBytes: size('max-body-size'),
      messageBytes: size('max-message-size'),
      textBytes: size('max-text-size'),
      inFlightBytes: size('max-bytes-in-flight'),
      debuginfoBytes: size('max-debuginfo-size'),
      debuginfoTotalBytes: size('max-debuginfo-total'),
      profileBytes: size('max-profile-size'),
      samplesPerProfile: count('max-profile-samples'),
      labelsPerSample: count('max-sample-labels'),
      stackDepth: count('max-stack-depth'),
      symbolBytes: count('max-symbol-length'),
      labelNamesPerSeries: count('max-label-names'),
      labelNameBytes: count('max-label-name-length'),
      labelValueBytes: count('max-label-value-length'),
      defaultNodes: count('default-nodes'),
      maxNodes: count('max-nodes'),
      questionBytes: size('max-question-memory'),
      questionMillis: duration('max-question-time'),
      exactSamples: count('max-exact-samples'),
      heatmapProfiles: count('max-heatmap-profiles'),
      questionsAtOnce: count('max-questions'),
      questionsWaiting: count('max-waiting-questions'),
      asyncQuestions: read(
        'max-async-questions',
        (value) => (value === 'off' ? 0 : parseCount(value)),
        'a whole number above 0, or off',
      ),
      stackMemoryBytes: size('stack-memory'),
      sampleMemoryBytes: size('sample-memory'),
      settingsBytes: size('max-settings-size'),
      recordingRules: count('max-recording-rules'),
      adhocProfiles: count('max-adhoc-profiles'),
      adhocBytes: size('max-adhoc-size'),
    },
  };
}

const describeFlag = ({ name, byDefault, isSecret }: Flag, values: readonly string[]): EffectiveFlag => ({
  name,
  values: isSecret === true ? values.map((value) => (value === '' ? '' : '********')) : values,
  byDefault,
});

function tlsFiles(certFile: string, keyFile: string): TlsFiles | undefined {
  if (certFile === '' && keyFile === '') return undefined;
  if (certFile === '' || keyFile === '') throw new ConfigError('--tls-cert and --tls-key go together');
  return { certFile, keyFile };
}

export function helpText(): string {
  const left = flags.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...left.map((text) => text.length));
  const lines = flags.map(({ help, byDefault }, i) => {
    const note = byDefault === '' ? '' : ` (${byDefault})`;
    return `  ${(left[i] ?? '').padEnd(width)}  ${help}${note}`;
  });
  return [
    'pyrolens [FLAG...]                       serve; defaults stand in brackets',
    'pyrolens push [--help] FILE...           send files of profiles to a running server',
    '',
    ...lines,
    '',
    'Each flag can also be a variable: --max-body-size is PYROLENS_MAX_BODY_SIZE. A flag wins.',
    '',
  ].join('\n');
}

function parseFlags(args: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return new Map(
      Object.entries(values).map(([name, list]) => [
        name,
        [list].flat().map((value) => (value === true ? 'on' : String(value))),
      ]),
    );
  } catch (error) {
    // parseArgs says what is wrong; we add where to look.
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}; --help lists the flags`);
  }
}

function fromEnvironment(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  const value = env[variableOf(name)];
  if (value === undefined || value === '') return undefined;
  return name === 'listen' || name === 'allow-host' ? value.split(',').map((part) => part.trim()) : [value];
}

const defaultOf = (name: string): string => flags.find((flag) => flag.name === name)?.byDefault ?? '';

function parseHostAndPort(flag: string, text: string): HostAndPort {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535)
    throw new ConfigError(`--${flag}: expected HOST:PORT, as in 127.0.0.1:4040, got ${JSON.stringify(text)}`);
  return { host: parts[1] ?? parts[2] ?? '', port };
}

function namesToAllow(
  texts: readonly string[],
  token: string | undefined,
  listen: readonly HostAndPort[],
): readonly string[] | undefined {
  const names = texts.filter((text) => text !== '').map(parseHostName);
  return token === undefined && listen.every(({ host }) => isLoopback(host)) ? names : undefined;
}

function parseHostName(text: string): string {
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text))
    throw new ConfigError(`--allow-host: expected a name, as in profiles.example.com, got ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

function checkLoopback(byFlag: Readonly<Record<string, readonly HostAndPort[]>>): void {
  for (const [flag, ports] of Object.entries(byFlag)) {
    const open = ports.find(({ host }) => !isLoopback(host));
    if (open === undefined) continue;
    throw new ConfigError(
      `--${flag} ${open.host}: anybody who reaches it could read and write; give --token, or --insecure if that is meant`,
    );
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

function parseCount(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};

function parseSize(text: string): number | undefined {
  const parts = /^([1-9]\d{0,9})([a-z]*)$/i.exec(text);
  const unit = sizeUnits[(parts?.[2] ?? '').toLowerCase() || 'b'];
  return parts === null || unit === undefined ? undefined : Number(parts[1]) * unit;
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; Infinity for off. */
function parseDuration(text: string): number | undefined {
  if (text === 'off' || text === '0') return Infinity;
  const parts = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * (durationUnits[parts[2] ?? ''] ?? 1);
}

function parseSwitch(text: string): boolean | undefined {
  if (/^(on|true|1|yes)$/i.test(text)) return true;
  return /^(off|false|0|no)$/i.test(text) ? false : undefined;
}
