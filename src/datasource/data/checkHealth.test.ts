import type { BackendSrv } from '@grafana/runtime';
import { of, throwError } from 'rxjs';
import { checkHealth } from './checkHealth.ts';
import { createQuerierClient } from './querierClient.ts';

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly statusText?: string;
}

/** BackendSrv with fixed answers; a status from 400 up fails as Grafana's own does. */
const healthOf = (types: Answer, buildInfo: Answer = { status: 404 }, ready: Answer = { status: 200, data: 'ready' }) => {
  const asked: string[] = [];
  const fetch = ({ url }: { readonly url: string }) => {
    asked.push(url);
    const answer = url.endsWith('buildinfo') ? buildInfo : url.endsWith('/ready') ? ready : types;
    return answer.status >= 200 && answer.status < 300 ? of(answer) : throwError(() => answer);
  };
  const client = createQuerierClient('/proxy', () => ({ fetch }) as never as BackendSrv);
  return checkHealth(client, 1_700_000_000_000);
};

test('a server with profiles is fine and says how many types it has', async () => {
  const answer = { status: 200, data: { profileTypes: [{ ID: 'a:b:c:d:e' }, { ID: 'f:g:h:i:j' }] } };
  expect(await healthOf(answer)).toEqual({
    status: 'success',
    message: 'Connected. Reading works. Writing works. 2 profile types in the last 24 hours.',
  });
});

test('a server whose store refuses writes still answers, and its word is handed on', async () => {
  const buildInfo = { status: 200, data: { status: 'success', data: { version: '0.5.0' } } };
  const { status, message } = await healthOf({ status: 200, data: {} }, buildInfo, {
    status: 503,
    data: { message: 'not ready: disk full' },
  });
  expect(status).toBe('success');
  expect(message).toContain('Connected to version 0.5.0. Reading works. Writing may not work: /ready answers 503 (not ready: disk full).');
});

test('an empty server is fine too, with a hint', async () => {
  const { status, message } = await healthOf({ status: 200, data: {} });
  expect(status).toBe('success');
  expect(message).toContain('No profiles came in');
});

for (const [what, answer, words] of [
  ['a refused token', { status: 401, data: { code: 'unauthenticated', message: 'no' } }, 'check the token'],
  ['another path', { status: 404, data: 'page not found' }, 'check the URL'],
  ['a page of HTML', { status: 200, data: '<html>' }, 'not as a profile server does'],
  ['nobody there', { status: 502, data: { message: 'Bad Gateway' } }, 'Grafana cannot reach the server (502)'],
  ['an unknown question', { status: 501, data: {} }, 'too old or of another kind'],
  ['a server that starts', { status: 503, data: { message: 'store opens' } }, 'not ready (503): store opens'],
  ['a refused question', { status: 400, data: { code: 'invalid_argument', message: 'bad range' } }, 'bad range'],
  ['no connection', { status: 0, statusText: 'Failed to fetch' }, 'No answer: Failed to fetch'],
] as const) {
  test(`${what} is explained`, async () => {
    const { status, message } = await healthOf(answer);
    expect(status).toBe('error');
    expect(message).toContain(words);
  });
}

test('a server that knows its version but not the question is too old', async () => {
  const buildInfo = { status: 200, data: { status: 'success', data: { version: '0.5.0' } } };
  const { status, message } = await healthOf({ status: 404 }, buildInfo);
  expect(status).toBe('error');
  expect(message).toContain('(version 0.5.0) is too old');
});
