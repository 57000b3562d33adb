/** Profiles that people upload to look at. */
import { foldedPprof } from '../foldedPprof.ts';
import { call, startTestServer } from '../testServer.ts';
import type { Answer, TestServer } from '../testServer.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { adhocProfiles: 20, adhocBytes: 10_000 } });
});
afterAll(() => server.close());

const ask = (method: string, message: unknown): Promise<Answer> =>
  call(server.url, `adhocprofiles.v1.AdHocProfileService/${method}`, message);
const upload = (name: string, file: Uint8Array | string, more: object = {}): Promise<Answer> =>
  ask('Upload', { name, profile: Buffer.from(file).toString('base64'), ...more });

interface Shown {
  readonly id: string;
  readonly profileType?: string;
  readonly profileTypes: readonly string[];
  readonly flamebearerProfile: string;
}
const shown = ({ json }: Answer): Shown => json as Shown;
const flamebearerOf = (answer: Answer): unknown => JSON.parse(shown(answer).flamebearerProfile);

test('an upload is drawn at once, and comes back by its id', async () => {
  const before = Date.now();
  const sent = await upload('my stacks.txt', 'a;b 3\na;c 4\n');
  expect(shown(sent)).toMatchObject({ name: 'my stacks.txt', profileTypes: ['my stacks.txt'] });
  expect(shown(sent).id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}-my_stacks\.txt$/);
  expect(Number((sent.json as { readonly uploadedAt: string }).uploadedAt)).toBeGreaterThanOrEqual(before);
  expect(flamebearerOf(sent)).toMatchObject({
    flamebearer: { names: ['total', 'a', 'c', 'b'], numTicks: 7, maxSelf: 4 },
    metadata: { format: 'single', spyName: 'unknown', units: '' },
  });
  expect((await ask('Get', { id: shown(sent).id })).json).toEqual(sent.json);
});

test('the list has the newest first, with names as they were given', async () => {
  await upload('ä/1', 'x 1');
  await new Promise((resolve) => setTimeout(resolve, 2));
  await upload('ä/2', 'x 1');
  const { profiles } = (await ask('List', {})).json as { readonly profiles: readonly { readonly name: string }[] };
  expect(profiles.slice(0, 2).map(({ name }) => name)).toEqual(['ä/2', 'ä/1']);
});

test('a profile type is picked by name, and the first one stands in for unknown ones', async () => {
  const types = ['one', 'two'].map((name, i) => ({
    type: 'sampled',
    name,
    unit: 'bytes',
    startValue: 0,
    endValue: 9,
    samples: [[0]],
    weights: [i + 1],
  }));
  const sent = await upload('x.json', JSON.stringify({ shared: { frames: [{ name: 'f' }] }, profiles: types }));
  const { id, profileTypes } = shown(sent);
  expect(profileTypes).toHaveLength(2);
  const picked = await ask('Get', { id, profileType: profileTypes[1] });
  expect(shown(picked).profileType).toBe(profileTypes[1]);
  expect(flamebearerOf(picked)).toMatchObject({ flamebearer: { numTicks: 2 } });
  expect(shown(await ask('Get', { id, profileType: 'nope' })).profileType).toBe(profileTypes[0]);
});

test('max nodes cut the flame graph; the limits of questions hold', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `a;f${i} ${i + 1}`).join('\n');
  const { id } = shown(await upload('many', lines));
  const small = JSON.stringify(flamebearerOf(await ask('Get', { id, maxNodes: 3 })));
  expect(small).toContain('other');
  expect(small).not.toContain('f1"');
  expect((await ask('Get', { id, maxNodes: -1 })).status).toBe(400);
  expect((await ask('Get', { id, maxNodes: 2 ** 40 })).status).toBe(400);
});

test('two files are compared on the types that they share', async () => {
  const timeNanos = 1n;
  const left = shown(await upload('l', foldedPprof({ folded: ['a;b 1', 'a;c 2'], timeNanos }))).id;
  const right = shown(await upload('r', foldedPprof({ folded: ['a;b 4', 'a;c 8'], timeNanos }))).id;
  const diff = await ask('Diff', { leftId: left, rightId: right });
  expect(shown(diff).profileTypes).toEqual(['cpu']);
  expect(flamebearerOf(diff)).toMatchObject({
    flamebearer: {
      names: ['total', 'a', 'c', 'b'],
      levels: [
        [0, 3, 0, 0, 12, 0, 0],
        [0, 3, 0, 0, 12, 0, 1],
        [0, 1, 1, 0, 4, 4, 3, 0, 2, 2, 0, 8, 8, 2],
      ],
      numTicks: 15,
      maxSelf: 8,
    },
    metadata: { format: 'double', units: 'samples', name: 'cpu' },
    leftTicks: 3,
    rightTicks: 12,
  });
  const saved = shown(await upload('saved.json', shown(diff).flamebearerProfile));
  expect(JSON.parse(saved.flamebearerProfile)).toMatchObject({ leftTicks: 3, rightTicks: 12 });
});

describe('what is refused', () => {
  test('a file that is no profile is not kept', async () => {
    const count = async (): Promise<number> =>
      ((await ask('List', {})).json as { readonly profiles: readonly unknown[] }).profiles.length;
    const before = await count();
    expect((await upload('prose', 'no profile here')).status).toBe(400);
    expect(await count()).toBe(before);
  });

  for (const [what, profile] of [
    ['nothing', ''],
    ['no base64', '!!!'],
    ['base64 that ends too early', 'YTtiIDEK='],
    ['base64 with something behind', 'YTtiIDEK=a=='],
  ] as const) {
    test(`${what} is no file`, async () => {
      expect((await ask('Upload', { name: 'x', profile })).status).toBe(400);
    });
  }

  for (const [id, status] of [
    ['', 400],
    ['../../etc/passwd', 400],
    ['..', 404],
    ['.', 404],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV-nope', 404],
    ['x'.repeat(10_000), 404],
  ] as const) {
    test(`"${id.slice(0, 30)}" is ${status}`, async () => {
      expect((await ask('Get', { id })).status).toBe(status);
      expect((await ask('Diff', { leftId: id, rightId: id })).status).toBe(status);
    });
  }

  test('too much of it, naming the flag', async () => {
    const large = await upload('large', `a ${'1'.repeat(3)}\n`.repeat(2_000));
    expect([large.status, large.text]).toEqual([429, expect.stringContaining('--max-adhoc-size')]);
    let last = large;
    for (let i = 0; i < 20; i++) last = await upload(`n${i}`, 'x 1');
    expect([last.status, last.text]).toEqual([429, expect.stringContaining('--max-adhoc-profiles')]);
  });
});
