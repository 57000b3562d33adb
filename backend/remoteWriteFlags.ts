/** The flags of remote write and what they make; config.ts reads them as it reads all others. */
import type { Flag, FlagReader } from './config.ts';
import type { WriteAuth } from './remoteWrite/postSamples.ts';
import { mostSamplesPerSend } from './remoteWrite/sender.ts';

export interface RemoteWriteConfig {
  readonly url: URL;
  readonly auth: WriteAuth;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly queueBytes: number;
  readonly samplesPerSend: number;
  readonly waitMillis: number;
}

export const remoteWriteFlags: readonly Flag[] = [
  {
    name: 'remote-write-url',
    value: 'URL',
    byDefault: '',
    help: 'send the metrics of recording rules there, as in http://prometheus:9090/api/v1/write',
  },
  {
    name: 'remote-write-token',
    value: 'TOKEN',
    byDefault: '',
    help: 'with "Authorization: Bearer TOKEN"',
    isSecret: true,
  },
  { name: 'remote-write-token-file', value: 'FILE', byDefault: '', help: 'the same, read for each request' },
  { name: 'remote-write-user', value: 'NAME', byDefault: '', help: 'with a user and the password that follows' },
  { name: 'remote-write-password', value: 'PASSWORD', byDefault: '', help: 'of that user', isSecret: true },
  {
    name: 'remote-write-header',
    value: 'NAME:VALUE',
    byDefault: '',
    help: 'one more header, as in X-Scope-OrgID:shop; repeat it for more',
    isSecret: true,
  },
  {
    name: 'remote-write-queue-size',
    value: 'SIZE',
    byDefault: '256MiB',
    help: 'kept on disk while the receiver is away, 16MiB at the least; when it is full the oldest goes',
  },
  {
    name: 'remote-write-max-samples',
    value: 'N',
    byDefault: '2000',
    help: 'samples of one request, 20000 at the most',
  },
  { name: 'remote-write-max-wait', value: '5s', byDefault: '5s', help: 'how long a sample waits for more' },
];

/** A record fits into each of its segments. */
const leastQueueBytes = 16 * 2 ** 20;
const ofOurs = new Set(['authorization', 'content-type', 'content-encoding', 'content-length', 'host', 'user-agent']);

export function readRemoteWrite(flags: FlagReader): RemoteWriteConfig | undefined {
  const { text, texts, read } = flags;
  if (text('remote-write-url') === '') {
    const alone = ['remote-write-token', 'remote-write-token-file', 'remote-write-user', 'remote-write-header'];
    for (const name of alone) read(name, (value) => (value === '' ? '' : undefined), 'a --remote-write-url beside it');
    return undefined;
  }
  return {
    url: read('remote-write-url', parseWriteUrl, 'a URL with http or https, without user and password in it'),
    auth: readAuth(flags),
    headers: texts('remote-write-header').flatMap((given) =>
      given === ''
        ? []
        : [read('remote-write-header', parseHeader, 'NAME:VALUE, and no header of the protocol itself', given)],
    ),
    queueBytes: read(
      'remote-write-queue-size',
      (value) => atLeast(leastQueueBytes, flags.parseSize(value)),
      'a size of 16MiB or more, as in 256MiB',
    ),
    samplesPerSend: read(
      'remote-write-max-samples',
      (value) => atMost(mostSamplesPerSend, flags.parseCount(value)),
      `a whole number from 1 to ${mostSamplesPerSend}`,
    ),
    waitMillis: read(
      'remote-write-max-wait',
      (value) => atMost(3_600_000, flags.parseDuration(value)),
      'a duration up to 1h, as in 5s',
    ),
  };
}

/** The ways exclude each other; the message is about the flag whose value may be shown. */
function readAuth({ text, read }: FlagReader): WriteAuth {
  const [token, user, password] = [
    text('remote-write-token'),
    text('remote-write-user'),
    text('remote-write-password'),
  ];
  const path = read(
    'remote-write-token-file',
    (value) => (value === '' || token === '' ? value : undefined),
    'no --remote-write-token beside it',
  );
  read(
    'remote-write-user',
    (value) => ((value === '') === (password === '') && !value.includes(':') ? value : undefined),
    'a name without a colon, and a --remote-write-password with it',
  );
  read(
    'remote-write-user',
    (value) => (value === '' || (token === '' && path === '') ? value : undefined),
    'no token beside it',
  );
  read('remote-write-token', (value) => (/^[\x21-\x7e]*$/.test(value) ? value : undefined), 'ASCII without blanks');
  if (token !== '') return { kind: 'token', token };
  if (path !== '') return { kind: 'tokenFile', path };
  return user === '' ? { kind: 'none' } : { kind: 'basic', user, password };
}

function parseWriteUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}

function parseHeader(text: string): readonly [string, string] | undefined {
  const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)$/.exec(text) ?? [];
  const isOfOurs = ofOurs.has(name.toLowerCase()) || name.toLowerCase().startsWith('x-prometheus-remote-write');
  return name === '' || isOfOurs ? undefined : [name, value.trim()];
}

const atLeast = (least: number, value: number | undefined): number | undefined =>
  value === undefined || value < least ? undefined : value;
const atMost = (most: number, value: number | undefined): number | undefined =>
  value === undefined || value > most ? undefined : value;
