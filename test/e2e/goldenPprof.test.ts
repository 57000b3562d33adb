/** Real profiles of many profilers through Push and back: the totals are those of their valid samples. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { findGolden } from '../golden.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

/** Refused by Push, and why (README of the recordings). */
const refused: Readonly<Record<string, RegExp>> = {
  'dotnet-function-id-0.pprof': /function id is 0/,
  'invalid-utf8.pb.gz': /UTF-8/,
};

const golden = findGolden();
const files =
  golden === undefined ? [] : readdirSync(join(golden, 'pprof')).filter((name) => /\.(pb\.gz|pprof)$/.test(name));
console.log(`golden pprof files: ${files.length} run`);

let server: TestServer;
beforeAll(async () => {
  const limits = { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity };
  server = await startTestServer({ store: 'chdb', limits });
});
afterAll(() => server.close());

test('the recordings are found or nothing is claimed', () =>
  expect(files.length === 0 || files.length > 30).toBe(true));

for (const file of files) {
  test(`${file} comes back with the totals of its samples`, async () => {
    const stored = readFileSync(join(golden ?? '', 'pprof', file));
    const bytes = stored[0] === 0x1f ? gunzipSync(stored) : stored;
    const pushedAt = Date.now();
    const answer = await call(
      server.url,
      'push.v1.PusherService/Push',
      pushMessage({ __name__: 'golden', service_name: file }, stored),
    );
    const why = refused[file];
    if (why !== undefined) {
      expect(answer).toMatchObject({ status: 400, json: { message: expect.stringMatching(why) as unknown } });
      return;
    }
    expect(answer).toMatchObject({ status: 200 });
    const { types, timeMillis } = expectedTotals(bytes, pushedAt);
    for (const { id, total } of types) {
      const range = { start: Math.max(1, timeMillis - 120_000), end: timeMillis + 120_000 };
      const question = { profileTypeID: id, labelSelector: `{service_name="${file}"}`, ...range };
      const graph = await call(server.url, 'querier.v1.QuerierService/SelectMergeStacktraces', question);
      const profile = await call(server.url, 'querier.v1.QuerierService/SelectMergeProfile', question);
      expect({ id, graph: graphTotal(graph.json), profile: profileTotal(profile.json) }).toEqual({
        id,
        graph: total,
        profile: total,
      });
    }
  });
}

interface Expected {
  readonly types: readonly { readonly id: string; readonly total: bigint }[];
  readonly timeMillis: number;
}

/** Read with another library: samples with a negative value are no samples, and a time of 0 is the time of the push. */
function expectedTotals(bytes: Uint8Array, pushedAt: number): Expected {
  const profile = Profile.decode(bytes);
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
  const period = profile.periodType;
  const periodPart = period === undefined ? ':' : `${text(period.type)}:${text(period.unit)}`;
  const valid = profile.sample.filter(({ value }) => value.every((one) => BigInt.asIntN(64, BigInt(one)) >= 0n));
  return {
    types: profile.sampleType.map(({ type, unit }, index) => ({
      id: `golden:${text(type)}:${text(unit)}:${periodPart}`,
      total: valid.reduce((sum, { value }) => sum + BigInt(value[index] ?? 0), 0n),
    })),
    timeMillis: profile.timeNanos === 0 ? pushedAt : Number(BigInt(profile.timeNanos) / 1_000_000n),
  };
}

const graphTotal = (json: unknown): bigint =>
  BigInt((json as { flamegraph?: { total?: string } }).flamegraph?.total ?? 0);

function profileTotal(json: unknown): bigint {
  const { sample = [] } = json as { sample?: readonly { value?: readonly string[] }[] };
  return sample.reduce((sum, { value }) => sum + BigInt(value?.[0] ?? 0), 0n);
}
