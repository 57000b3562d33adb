/** Random batches and questions: the store under test must answer as the one in memory does. */
import fc from 'fast-check';
import { assertStackIntegrity } from '../model/assertProfileIntegrity.ts';
import type { WriteBatch } from '../model/record.ts';
import { unixNanos } from '../model/time.ts';
import {
  dictionaryOf,
  functionRow,
  idOf,
  locationRow,
  madeUpRecord,
  nanosPerDay,
  noon,
  profilesAsText,
  seriesOf,
  stackRow,
  stacksAsText,
  sumsAsText,
  totalsAsText,
} from './madeUpRows.ts';
import { openMemoryStore } from './memory/openMemoryStore.ts';
import { sampleGroup, sliceNanos } from './profileSample.ts';
import type { SampleScope, Store } from './store.ts';
import { samplesAsText } from './storeContractSamples.ts';

const id = fc.bigInt({ min: 1n, max: 12n });
const time = fc.bigInt({ min: -2n * nanosPerDay, max: 2n * nanosPerDay }).map((offset) => noon + offset);
const sample = fc.record({
  stack: id,
  value: fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
  span: fc.option(fc.bigInt({ min: 0n, max: 3n }), { nil: undefined }),
  trace: fc.option(fc.nat(3), { nil: undefined }),
});
const record = fc.record({
  pod: fc.constantFrom('a', 'b', 'c', "d'"),
  type: fc.constantFrom('cpu', 'wall'),
  time,
  profile: fc.nat(4),
  samples: fc.array(sample, { maxLength: 6 }),
});

/** Rows are made of their id alone, as in a store of hashes: the same id always means the same content. */
const dictionary = fc.record({
  time,
  stacks: fc.uniqueArray(id),
  locations: fc.uniqueArray(id),
  functions: fc.uniqueArray(id),
});
const small = (value: bigint): bigint => 1n + (value % 12n);
const rowsOf = (made: typeof dictionary extends fc.Arbitrary<infer T> ? T : never) =>
  dictionaryOf(made.time, {
    stacks: made.stacks.map((one) => stackRow(one, ...[one, one + 3n, one * 5n].slice(0, Number(one % 4n)).map(small))),
    locations: made.locations.map((one) =>
      one % 3n === 0n
        ? locationRow(one, [], { address: one, buildId: one % 2n === 0n ? 'b' : '', file: `/lib/${one % 2n}` })
        : locationRow(one, [one, one * 7n].slice(0, Number(one % 3n)).map(small), { file: one > 6n ? '/bin/x' : '' }),
    ),
    functions: made.functions.map((one) =>
      functionRow(one, `f${one % 5n}`, { file: `${one % 2n}`, startLine: Number(one) }),
    ),
  });

const question = fc.record({
  start: time,
  end: time,
  seriesShare: fc.integer({ min: 1, max: 3 }),
  profiles: fc.option(fc.array(fc.nat(4), { maxLength: 3 }), { nil: undefined }),
  spans: fc.option(fc.array(fc.bigInt({ min: 0n, max: 3n }), { maxLength: 3 }), { nil: undefined }),
  traces: fc.option(fc.array(fc.nat(3), { maxLength: 3 }), { nil: undefined }),
  gridStart: time,
  stepMillis: fc.integer({ min: 1, max: 100_000_000 }),
  pointCount: fc.nat(20),
  share: fc.constantFrom(1, 0.7, 0.3, 1e-9),
  groupCount: fc.constantFrom(1, 2, 16),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

const traceOf = (first: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? first : 0));

async function answers(store: Store, tenant: string, asked: Question): Promise<unknown> {
  // Ids differ from store to store, so series are chosen by their labels.
  const chosen = store.catalog.select(tenant, []).filter(({ labels }) => {
    const pod = labels.map(({ value }) => value).join('');
    return pod.charCodeAt(pod.length - 1) % asked.seriesShare === 0;
  });
  const scope: SampleScope = {
    tenant,
    seriesIds: BigUint64Array.from(chosen, (one) => one.id),
    range: { start: unixNanos(asked.start), end: unixNanos(asked.end) },
    ...(asked.profiles && { profileIds: asked.profiles.map(idOf) }),
    ...(asked.spans && { spanIds: BigUint64Array.from(asked.spans) }),
    ...(asked.traces && { traceIds: asked.traces.map(traceOf) }),
  };
  const grid = { ...asked, startMillis: Number(asked.gridStart / 1_000_000n) };
  await checkSample(store, scope, asked);
  const stacks = await store.readStacks(
    tenant,
    scope.range,
    BigUint64Array.from({ length: 13 }, (_, i) => BigInt(i)),
  );
  assertStackIntegrity(stacks);
  return {
    series: seriesOf(store, tenant).length,
    sums: sumsAsText(await store.sumStacks(scope)),
    cost: Math.sign(await store.readingCost(scope)),
    totals: totalsAsText(store, tenant, await store.sumTotals(scope, grid)),
    profiles: [...profilesAsText(store, tenant, await store.profileTotals(scope, 1_000))].sort(),
    samples: samplesAsText(store, tenant, await store.readSamples(scope, { withStacks: true, mostProfiles: 1_000 })),
    stacks: stacksAsText(stacks),
    counts: [stacks.locations.count, stacks.functions.count, stacks.mappings.count, stacks.strings.starts.length],
  };
}

/** Series have other ids in every store, so samples differ: each is held against its own records. */
async function checkSample(store: Store, whole: SampleScope, { share, groupCount }: Question): Promise<void> {
  const scope = { ...whole, profileShare: share };
  const expected = new BigInt64Array(groupCount);
  const { seriesIds, timesNanos, totals } = await store.profileTotals(whole, 1_000);
  seriesIds.forEach((id, row) => {
    const group = sampleGroup(id, (timesNanos[row] ?? 0n) / sliceNanos(whole), share, groupCount);
    if (group !== undefined) expected[group] = (expected[group] ?? 0n) + (totals[row] ?? 0n);
  });
  const found = new BigInt64Array(groupCount);
  const { groups, values } = await store.sumGroups(scope, groupCount);
  values.forEach((value, row) => (found[groups[row] ?? 0] = (found[groups[row] ?? 0] ?? 0n) + value));
  expect(found).toEqual(expected);
  const sampled = await store.sumStacks(scope);
  expect(sampled.values.reduce((sum, value) => sum + value, 0n)).toBe(found.reduce((sum, value) => sum + value, 0n));
}

export function testRandomly(open: () => Store): void {
  test('random batches and questions are answered as the store in memory answers them', async () => {
    let run = 0;
    const batches = fc.array(
      fc.record({ records: fc.array(record, { maxLength: 12 }), dictionary: fc.array(dictionary, { maxLength: 3 }) }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(batches, fc.array(question, { minLength: 4, maxLength: 8 }), async (made, questions) => {
        const store = open();
        const twin = openMemoryStore();
        const tenant = `random ${run++}`;
        const written = made.map(({ records, dictionary: rows }): WriteBatch => ({
          tenant,
          records: records.map(madeUpRecord),
          dictionary: rows.map(rowsOf),
        }));
        for (const batch of written) await twin.write(batch);
        await Promise.all(written.map((batch) => store.write(batch)));
        for (const asked of questions) {
          expect(await answers(store, tenant, asked)).toEqual(await answers(twin, tenant, asked));
        }
      }),
      { numRuns: 15 },
    );
  });
}
