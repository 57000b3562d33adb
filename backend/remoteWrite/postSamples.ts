/**
 * One request of remote write, and what its answer means for the samples in it.
 *
 * Errors: none: what goes wrong on the way is an answer too, to be tried again.
 * Source: prometheus.io/docs/specs/prw/remote_write_spec (1.0): 5xx is tried again, 429 may be, other 4xx must not.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { snappyBlock } from '../wire/snappyBlock.ts';
import { errorCode } from './errorCode.ts';

export interface WriteTarget {
  readonly url: URL;
  readonly auth: WriteAuth;
  /** Beside those of the protocol, such as the receiver's tenant. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly userAgent: string;
}

export type WriteAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** Read for every request, so that it can be changed while we run. */
  | { readonly kind: 'tokenFile'; readonly path: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string };

export type WriteAnswer =
  | { readonly kind: 'stored'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  /** waitMillis: as the receiver asks. */
  | { readonly kind: 'later'; readonly why: string; readonly waitMillis: number };

const timeoutMillis = 30_000;
const longestAnswer = 1_024;
const longestWaitMillis = 300_000;

export async function postSamples(target: WriteTarget, message: Uint8Array, stop: AbortSignal): Promise<WriteAnswer> {
  const body = snappyBlock(message);
  // Not AbortSignal.any: each request would stay tied to a signal that lives as long as we do.
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(new Error('stopped'));
  const timer = setTimeout(() => abort.abort(new Error(`no answer in ${timeoutMillis / 1_000} s`)), timeoutMillis);
  stop.addEventListener('abort', giveUp);
  if (stop.aborted) giveUp();
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: await headersOf(target),
      body: new Uint8Array(body),
      // Followed, a redirect would turn the POST into a GET or carry samples where nobody sent them.
      redirect: 'manual',
      signal: abort.signal,
    });
    // The status has said what counts, even if the rest is lost.
    const text = await readStart(response).catch(() => '');
    return response.ok ? { kind: 'stored', bytes: body.length } : answerOf(response, text);
  } catch (error) {
    return { kind: 'later', why: reasonOf(error), waitMillis: 0 };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', giveUp);
  }
}

async function headersOf({ headers, auth, userAgent }: WriteTarget): Promise<Headers> {
  const all = new Headers();
  for (const [name, value] of headers) all.append(name, value);
  all.set('content-type', 'application/x-protobuf');
  all.set('content-encoding', 'snappy');
  all.set('x-prometheus-remote-write-version', '0.1.0');
  all.set('user-agent', userAgent);
  const authorization = await authorizationOf(auth);
  if (authorization !== undefined) all.set('authorization', authorization);
  return all;
}

function answerOf({ status, headers }: Response, text: string): WriteAnswer {
  if (status >= 500 || status === 429) {
    return {
      kind: 'later',
      why: `HTTP ${status} ${text}`.trim(),
      waitMillis: retryAfterMillis(headers.get('retry-after')),
    };
  }
  const location = headers.get('location');
  return { kind: 'refused', status, text: location === null ? text : `${text} (redirects to ${location})`.trim() };
}

function retryAfterMillis(header: string | null): number {
  if (header === null) return 0;
  const millis = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(millis) ? Math.min(Math.max(millis, 0), longestWaitMillis) : 0;
}

/** Of an answer we only want what a person reads. */
async function readStart(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= longestAnswer) break;
  }
  return Buffer.concat(parts).subarray(0, longestAnswer).toString('utf8').trim();
}

/** fetch says "fetch failed" and hides why in the cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const message = typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : '';
  // Of several addresses that were tried there is a code alone.
  return message !== '' ? message : errorCode(cause);
}

async function authorizationOf(auth: WriteAuth): Promise<string | undefined> {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'token':
      return `Bearer ${auth.token}`;
    case 'tokenFile':
      return `Bearer ${await readTokenFile(auth.path)}`;
    case 'basic':
      return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
  }
}

/** Throws InputError that names the file: a person has to mend it. */
export async function readTokenFile(path: string): Promise<string> {
  let content: string;
  try {
    content = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new InputError('invalid_argument', `--remote-write-token-file: ${path} cannot be read: ${errorCode(error)}`);
  }
  if (!/^[\x21-\x7e]+$/.test(content)) {
    throw new InputError(
      'invalid_argument',
      `--remote-write-token-file: ${path} holds no token: expected one line of ASCII without blanks`,
    );
  }
  return content;
}
