/** Who asks what runs functions is told what the agents said of them. */
import type { TestRequest } from '../../backend/wire/otlp/testRequest.ts';
import { encodeRequest } from '../../backend/wire/otlp/testRequest.ts';
import { profileOf, requestOf, sample, strings } from '../../backend/wire/otlp/testShop.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

let server: TestServer;
const now = Date.now();
const range = { from: now - 60_000, until: now + 60_000 };

beforeAll(async () => {
  server = await startTestServer();
  const words = [...strings, 'profile.frame.type', 'sys_read', 'PyEval'];
  const at = (word: string): number => words.indexOf(word) + 1;
  const names = ['main', 'sys_read', 'PyEval'];
  const more: Partial<TestRequest> = {
    strings: words,
    attributes: ['', 'go', 'kernel'].map((type) => [at('profile.frame.type'), type] as const),
    functions: names.map((name) => ({ name: at(name), file: 0, startLine: 0 })),
    locations: names.map((_, i) => ({
      mapping: 0,
      address: 0n,
      lines: [[i + 1, 1, 0]],
      attributes: i < 2 ? [i + 2] : [],
    })),
    stacks: [[2, 1], [3]],
  };
  const profile = profileOf([sample({ attributes: [] }), sample({ stack: 2, attributes: [] })], {
    timeNanos: BigInt(now) * 1_000_000n,
  });
  const pushed = await fetch(`${server.url}/v1development/profiles`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(encodeRequest(requestOf([profile], more), '1.10')),
  });
  expect(pushed.status).toBe(200);
});
afterAll(() => server.close());

async function ask(body: unknown): Promise<readonly [number, unknown]> {
  const answer = await fetch(`${server.url}/api/v1/frame-types`, { method: 'POST', body: JSON.stringify(body) });
  return [answer.status, await answer.json()];
}

test('types come as indexes into the names that were asked for, and only of who was typed', async () => {
  const names = ['PyEval', 'main', 'nobody', 'sys_read', 'main'];
  expect(await ask({ names, ...range })).toEqual([200, { types: { go: [1, 4], kernel: [3] } }]);
  expect(await ask({ names, from: 0, until: 1 })).toEqual([200, { types: {} }]);
  expect(await ask({ names: [], ...range })).toEqual([200, { types: {} }]);
});

for (const [what, body, message] of [
  ['no list of names', { names: 'main', ...range }, /^names: expected a list/],
  ['a number among the names', { names: ['a', 1], ...range }, /^names: expected a list/],
  [
    'too many names',
    { names: Array.from({ length: 100_001 }, () => ''), ...range },
    /^names: 100001, more than 100000/,
  ],
  ['no range', { names: [] }, /^from and until/],
  ['a range beyond all time', { names: [], from: -1e300, until: 1 }, /^from and until/],
  ['null', null, /expected a JSON object/],
] as const) {
  test(`${what} is refused and named`, async () => {
    expect(await ask(body)).toEqual([
      400,
      { code: 'invalid_argument', message: expect.stringMatching(message) as string },
    ]);
  });
}

test('what is no JSON is refused', async () => {
  const answer = await fetch(`${server.url}/api/v1/frame-types`, { method: 'POST', body: '{"names":' });
  expect(answer.status).toBe(400);
});
