import { ConfigError, helpText, readConfig } from './config.ts';
import { defaultLimits } from './limits.ts';

test('without flags it is what --help says', () => {
  const { flags, ...config } = readConfig([], {});
  expect(flags.find(({ name }) => name === 'data')).toEqual({ name: 'data', values: ['./data'], byDefault: './data' });
  expect(config).toEqual({
    listen: [{ host: '127.0.0.1', port: 4040 }],
    pluginListen: undefined,
    allowedHosts: [],
    dataDir: './data',
    store: 'chdb',
    token: undefined,
    multitenancy: false,
    selfProfile: false,
    remoteWrite: undefined,
    rules: {
      file: undefined,
      latenessMillis: 75_000,
      backfillMillis: 3_000_000,
      seriesPerRule: 1_000,
      seriesInAll: 10_000,
    },
    limits: defaultLimits,
  });
});

test('a variable is taken, and a flag wins over it', () => {
  const env = {
    PYROLENS_LISTEN: '127.0.0.1:1, [::1]:2',
    PYROLENS_MAX_BODY_SIZE: '1KiB',
    PYROLENS_SELF_PROFILE: 'true',
  };
  const config = readConfig(['--max-body-size', '2KiB'], env);
  expect(config.listen).toEqual([
    { host: '127.0.0.1', port: 1 },
    { host: '::1', port: 2 },
  ]);
  expect([config.limits.bodyBytes, config.selfProfile]).toEqual([2_048, true]);
});

test('the port of Grafana’s backend plugin is guarded and told apart as the others are', () => {
  const { pluginListen } = readConfig([], { PYROLENS_PLUGIN_LISTEN: '127.0.0.1:4041' });
  expect(pluginListen).toEqual({ host: '127.0.0.1', port: 4041 });
  expect(() => readConfig(['--plugin-listen', '4041'], {})).toThrow('--plugin-listen: expected HOST:PORT');
  expect(() => readConfig(['--plugin-listen', '0.0.0.0:4041'], {})).toThrow('--plugin-listen 0.0.0.0: anybody');
});

test('a token is never among the flags that are shown', () => {
  const { token, flags } = readConfig(['--token', 'hush'], { PYROLENS_LISTEN: '127.0.0.1:1,[::1]:2' });
  expect(token).toBe('hush');
  expect(JSON.stringify(flags)).not.toContain('hush');
  expect(flags.find(({ name }) => name === 'token')?.values).toEqual(['********']);
  expect(flags.find(({ name }) => name === 'listen')?.values).toEqual(['127.0.0.1:1', '[::1]:2']);
});

test('off takes a limit away', () => {
  const { limits } = readConfig(
    ['--reject-older-than', 'off', '--reject-newer-than', '90s', '--max-query-length', '24h'],
    {},
  );
  expect([limits.rejectOlderThanMillis, limits.rejectNewerThanMillis, limits.queryLengthMillis]).toEqual([
    Infinity,
    90_000,
    86_400_000,
  ]);
});

test('it opens to the network only with a token or when told that this is meant', () => {
  expect(() => readConfig(['--listen', '0.0.0.0:4040'], {})).toThrow('--token');
  expect(readConfig(['--listen', '0.0.0.0:4040', '--token', 'x'], {}).token).toBe('x');
  expect(readConfig(['--listen', '0.0.0.0:4040', '--insecure'], {}).listen).toHaveLength(1);
});

test('names are asked for only where nothing else keeps pages of other sites out', () => {
  expect(readConfig(['--allow-host', 'Profiles.example.com'], {}).allowedHosts).toEqual(['profiles.example.com']);
  expect(readConfig([], { PYROLENS_ALLOW_HOST: 'a.example, b' }).allowedHosts).toEqual(['a.example', 'b']);
  expect(readConfig(['--listen', '[::1]:4040'], {}).allowedHosts).toEqual([]);
  expect(readConfig(['--token', 'x'], {}).allowedHosts).toBeUndefined();
  expect(readConfig(['--listen', '0.0.0.0:4040', '--insecure'], {}).allowedHosts).toBeUndefined();
});

for (const [args, message] of [
  [['--max-nodes', '-1'], '--max-nodes'],
  [['--max-nodes=0'], '--max-nodes (PYROLENS_MAX_NODES): expected a whole number above 0, got "0"'],
  [['--listen', 'nonsense'], 'expected HOST:PORT'],
  [['--listen', '127.0.0.1:70000'], 'expected HOST:PORT'],
  [['--store', 'disk'], 'expected chdb or memory, got "disk"'],
  [['--reject-older-than', '1 hour'], 'expected a duration'],
  [['--allow-host', 'a.example:4040'], '--allow-host: expected a name'],
  [['--nope'], '--help'],
  [['file.pprof'], '--help'],
] as const) {
  test(`${args.join(' ')} is refused with the place and what is expected`, () => {
    expect(() => readConfig(args, {})).toThrow(ConfigError);
    expect(() => readConfig(args, {})).toThrow(message);
  });
}

test('every flag stands in the help', () => {
  for (const flag of ['--listen HOST:PORT', '--data DIR', '--store chdb|memory', '--token TOKEN', '--insecure'])
    expect(helpText()).toContain(flag);
});

test('remote write is off without a URL, and then nothing else of it may be given', () => {
  expect(() => readConfig(['--remote-write-user', 'me'], {})).toThrow('a --remote-write-url beside it');
});

const writeTo = (...more: readonly string[]) =>
  readConfig(['--remote-write-url', 'https://prometheus/api/v1/write', ...more], {}).remoteWrite;

test('remote write takes where to, as whom, and its limits', () => {
  expect(writeTo()).toEqual({
    url: new URL('https://prometheus/api/v1/write'),
    auth: { kind: 'none' },
    headers: [],
    queueBytes: 256 * 2 ** 20,
    samplesPerSend: 2_000,
    waitMillis: 5_000,
  });
  const more = ['--remote-write-header', 'X-Scope-OrgID:shop', '--remote-write-header', 'x-key: a b'];
  const sizes = [
    '--remote-write-queue-size',
    '1GiB',
    '--remote-write-max-samples',
    '10',
    '--remote-write-max-wait',
    '1s',
  ];
  expect(writeTo(...more, ...sizes, '--remote-write-token', 'hush')).toMatchObject({
    auth: { kind: 'token', token: 'hush' },
    headers: [
      ['X-Scope-OrgID', 'shop'],
      ['x-key', 'a b'],
    ],
    queueBytes: 2 ** 30,
    samplesPerSend: 10,
    waitMillis: 1_000,
  });
  expect(writeTo('--remote-write-token-file', '/t')?.auth).toEqual({ kind: 'tokenFile', path: '/t' });
  const basic = ['--remote-write-user', 'me', '--remote-write-password', 'hush'];
  expect(writeTo(...basic)?.auth).toEqual({ kind: 'basic', user: 'me', password: 'hush' });
});

for (const [given, message] of [
  [
    ['--remote-write-url', 'prometheus:9090'],
    '--remote-write-url (PYROLENS_REMOTE_WRITE_URL): expected a URL with http',
  ],
  [['--remote-write-url', 'http://me:hush@prometheus/'], 'without user and password in it'],
  [
    ['--remote-write-token', 'hush', '--remote-write-token-file', '/t'],
    'expected no --remote-write-token beside it, got "/t"',
  ],
  [
    ['--remote-write-token-file', '/t', '--remote-write-user', 'me', '--remote-write-password', 'p'],
    'no token beside it',
  ],
  [['--remote-write-user', 'me'], 'a --remote-write-password with it'],
  [['--remote-write-token', 'hush hush'], 'expected ASCII without blanks, got something else'],
  [['--remote-write-header', 'hush'], 'expected NAME:VALUE, and no header of the protocol itself, got something else'],
  [['--remote-write-header', 'Content-Type: text/plain'], 'no header of the protocol itself'],
  [['--remote-write-queue-size', '1MiB'], 'a size of 16MiB or more'],
  [['--remote-write-max-samples', '20001'], 'a whole number from 1 to 20000'],
  [['--remote-write-max-wait', 'off'], 'a duration up to 1h'],
] as const) {
  test(`remote write refuses ${given.join(' ')}`, () => expect(() => writeTo(...given)).toThrow(message));
}
