/** With --multitenancy every request says whose data it is about; without it the header means nothing. */
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { Answer, TestServer } from '../testServer.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const querier = 'querier.v1.QuerierService';
const tenant = (name: string): Record<string, string> => ({ 'x-scope-orgid': name });
const now = Date.now();
const range = { start: now - 60_000, end: now + 60_000 };

function push(server: TestServer, headers: Record<string, string>, ...folded: readonly string[]): Promise<Answer> {
  const profile = foldedPprof({ folded, timeNanos: BigInt(now) * 1_000_000n });
  const message = pushMessage({ __name__: 'process_cpu', service_name: 'shop' }, profile);
  return call(server.url, 'push.v1.PusherService/Push', message, headers);
}

const services = async (server: TestServer, headers: Record<string, string>): Promise<Answer> =>
  call(server.url, `${querier}/LabelValues`, { name: 'service_name', ...range }, headers);

async function total(server: TestServer, headers: Record<string, string>): Promise<unknown> {
  const question = { profileTypeID: cpu, labelSelector: '{}', ...range };
  const { json } = await call(server.url, `${querier}/SelectMergeStacktraces`, question, headers);
  return (json as { readonly flamegraph?: { readonly total?: string } }).flamegraph?.total ?? json;
}

for (const store of ['memory', 'chdb'] as const) {
  describe(`with tenants, store ${store}`, () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startTestServer({ store, multitenancy: true });
      await push(server, tenant('a'), 'main;shared 3');
      await push(server, tenant('b'), 'main;shared 10', 'main;own 100');
    }, 30_000);
    afterAll(() => server.close());

    test('each sees its own profiles', async () => {
      expect([await total(server, tenant('a')), await total(server, tenant('b'))]).toEqual(['3', '110']);
      expect((await services(server, tenant('c'))).json).toEqual({});
    });

    test('a question about two adds them up', async () => {
      expect(await total(server, tenant('b|a'))).toBe('113');
      expect((await services(server, tenant('a|c'))).json).toEqual({ names: ['shop'] });
      const question = { profileTypeID: cpu, labelSelector: '{}', ...range, format: 'PROFILE_FORMAT_FLAMEGRAPH' };
      const { text } = await call(server.url, `${querier}/SelectMergeStacktraces`, question, tenant('a|b'));
      expect(text).toContain('"own"');
      expect(text).toContain('"shared"');
      const series = { profileTypeID: cpu, labelSelector: '{}', ...range, step: 120 };
      const { json } = await call(server.url, `${querier}/SelectSeries`, series, tenant('a|b'));
      const [line] = (
        json as { readonly series: readonly { readonly points: readonly { readonly value: number }[] }[] }
      ).series;
      expect(line?.points.reduce((sum, { value }) => sum + value, 0)).toBe(113);
    });
  });
}

describe('with tenants', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ multitenancy: true });
  });
  afterAll(() => server.close());

  const asked: readonly (readonly [string, unknown])[] = [
    [`${querier}/LabelNames`, {}],
    [`${querier}/ProfileTypes`, {}],
    ['settings.v1.SettingsService/Get', {}],
    ['settings.v1.RecordingRulesService/ListRecordingRules', {}],
    ['adhocprofiles.v1.AdHocProfileService/List', {}],
    ['capabilities.v1.FeatureFlagsService/GetFeatureFlags', {}],
    ['push.v1.PusherService/Push', {}],
  ];
  for (const [procedure, message] of asked) {
    for (const [what, headers] of [
      ['without a tenant', {}],
      ['with an empty one', tenant('')],
    ] as const) {
      test(`${procedure} ${what} is 401`, async () => {
        const { status, json, text } = await call(server.url, procedure, message, headers);
        expect(json).toMatchObject({ code: 'unauthenticated' });
        expect([status, text]).toEqual([401, expect.stringContaining('no org id')]);
      });
    }
  }

  test('uploads, OpenTelemetry and drawings without a tenant are 401 too', async () => {
    const upload = await fetch(`${server.url}/ingest?name=x`, { method: 'POST', body: 'a;b 1\n' });
    const otlp = await fetch(`${server.url}/v1development/profiles`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const render = await fetch(`${server.url}/pyroscope/render?query=${cpu}{}&from=now-1h`);
    expect([upload.status, otlp.status, render.status]).toEqual([401, 401, 401]);
  });

  test('an upload belongs to its tenant', async () => {
    const upload = await fetch(`${server.url}/ingest?name=up`, {
      method: 'POST',
      headers: tenant('up'),
      body: 'a;b 1\n',
    });
    expect(upload.status).toBe(200);
    expect((await services(server, tenant('up'))).json).toEqual({ names: ['up'] });
    expect((await services(server, tenant('a'))).json).toEqual({});
  });

  test('the version is nobody’s', async () => {
    expect((await call(server.url, 'version.v1.Version/Version', {})).status).toBe(200);
  });

  test('settings are kept for each', async () => {
    const set = { setting: { name: 'x', value: 'of a', modifiedAt: 1 } };
    await call(server.url, 'settings.v1.SettingsService/Set', set, tenant('a'));
    const get = (name: string) => call(server.url, 'settings.v1.SettingsService/Get', {}, tenant(name));
    expect([(await get('a')).text, (await get('b')).json]).toEqual([expect.stringContaining('of a'), {}]);
  });

  // What belongs to one cannot be asked of two, and nothing can be written to two.
  for (const [procedure, message] of [
    ['settings.v1.SettingsService/Get', {}],
    [`${querier}/GetProfileStats`, {}],
    ['adhocprofiles.v1.AdHocProfileService/List', {}],
  ] as const) {
    test(`${procedure} of two tenants is refused`, async () => {
      const { status, text } = await call(server.url, procedure, message, tenant('a|b'));
      expect([status, text]).toEqual([400, expect.stringContaining('multiple org IDs present')]);
    });
  }

  test('a push to two tenants is refused', async () => {
    const { status, text } = await push(server, tenant('a|b'), 'x 1');
    expect([status, text]).toEqual([400, expect.stringContaining('multiple org IDs present')]);
  });

  test('a name that is no tenant is refused and quoted', async () => {
    const { status, text } = await services(server, tenant('../x'));
    expect([status, text]).toEqual([400, expect.stringContaining('tenant ID')]);
  });
});

test('without --multitenancy the header means nothing, whatever it says', async () => {
  const server = await startTestServer();
  try {
    await push(server, tenant('a'), 'x 1');
    for (const headers of [{}, tenant('b'), tenant('a|b'), tenant('../x')])
      expect((await services(server, headers)).json).toEqual({ names: ['shop'] });
  } finally {
    await server.close();
  }
});
