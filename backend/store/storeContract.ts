/**
 * What every store must do, as tests: one call per store. One store serves all tests of a file, each with a tenant of its
 * own, because the embedded engine takes its time to open.
 */
import { unixNanos } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import { assertStackIntegrity } from '../model/assertProfileIntegrity.ts';
import type { HashSeries } from './seriesCatalog.ts';
import {
  batchOf,
  dictionaryOf,
  firstDay,
  functionRow,
  idOf,
  ids,
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
import { testRandomly } from './storeContractRandom.ts';
import { testSamples } from './storeContractSamples.ts';
import { testSpans } from './storeContractSpans.ts';
import { testStacks, testTexts } from './storeContractStacks.ts';
import type { SampleScope, Store } from './store.ts';

export interface StoreSubject {
  /** A new and empty store. */
  open(options?: { readonly hashSeries?: HashSeries }): Promise<Store>;
  /** Closes a store and opens its directory again; undefined where nothing outlives the process. */
  readonly reopen?: (store: Store) => Promise<Store>;
}

const span = (start: bigint, end: bigint): TimeRange => ({ start: unixNanos(start), end: unixNanos(end) });
const allTime = span(-(10n ** 30n), 10n ** 30n);
const second = 1_000_000_000n;
const milli = 1_000_000n;

export function storeContract(name: string, subject: StoreSubject): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    const scopeOf = (tenant: string, rest: Partial<SampleScope> = {}): SampleScope => ({
      tenant,
      seriesIds: seriesOf(store, tenant),
      range: allTime,
      ...rest,
    });
    const stacksIn = async (tenant: string, rest: Partial<SampleScope> = {}) =>
      sumsAsText(await store.sumStacks(scopeOf(tenant, rest)));

    beforeAll(async () => {
      store = await subject.open();
    });
    afterAll(() => store.close());

    test('what was written answers every question', async () => {
      const samples = [
        { stack: 7n, value: 5n },
        { stack: 2n ** 64n - 1n, value: 6n },
      ];
      await store.write({
        ...batchOf('all', { samples }, { pod: 'b', profile: 2, time: noon + second, samples: samples.slice(0, 1) }),
        dictionary: [
          dictionaryOf(noon, {
            stacks: [stackRow(7n, 70n, 71n)],
            locations: [
              locationRow(70n, [700n, 701n], { lines: Int32Array.of(3, -1), columns: Int32Array.of(0, 9) }),
              locationRow(71n, [], { address: 2n ** 64n - 1n, file: '/bin/x', buildId: 'f00', mappingStart: 4096n }),
            ],
            functions: [
              functionRow(700n, 'inlined', { file: 'a.c', startLine: -1 }),
              functionRow(701n, 'caller', { systemName: '_Zcaller', file: 'a.c', startLine: 12 }),
            ],
          }),
        ],
      });
      expect(store.catalog.select('all', []).map(({ profileType }) => profileType)).toEqual(['cpu', 'cpu']);
      expect(store.catalog.bounds('all')).toEqual({ oldest: noon, newest: noon + second });
      expect(await stacksIn('all')).toEqual(['18446744073709551615 6', '7 10']);
      const grid = { startMillis: Number(noon / milli), stepMillis: 1_000, pointCount: 2 };
      const totals = await store.sumTotals(scopeOf('all'), grid);
      expect(totalsAsText(store, 'all', totals)).toEqual(['cpu/a @0 11 of 1', 'cpu/b @1 5 of 1']);
      expect(profilesAsText(store, 'all', await store.profileTotals(scopeOf('all'), 10))).toEqual([
        `cpu/a at ${noon}: 11 in 00000001${'0'.repeat(24)}`,
        `cpu/b at ${noon + second}: 5 in 00000002${'0'.repeat(24)}`,
      ]);
      const table = await store.readStacks('all', allTime, ids(7n));
      assertStackIntegrity(table);
      expect(stacksAsText(table)).toEqual([
        '[none 0 "inlined","inlined","a.c",-1@3:0 "caller","_Zcaller","a.c",12@-1:9];' +
          '["/bin/x","f00",4096,0,0 18446744073709551615 ]',
      ]);
      await store.probe();
    });

    test('a tenant sees only what is its own', async () => {
      const samples = [{ stack: 1n, value: 1n }];
      for (const tenant of ['mine', 'yours']) {
        await store.write({
          ...batchOf(tenant, { samples }),
          dictionary: tenant === 'mine' ? [dictionaryOf(noon, { stacks: [stackRow(1n, 5n)] })] : [],
        });
      }
      expect(await stacksIn('mine')).toEqual(['1 1']);
      expect(await stacksIn('mine', { seriesIds: seriesOf(store, 'yours') })).toEqual([]);
      expect(stacksAsText(await store.readStacks('mine', allTime, ids(1n)))).toEqual(['[none 0 ]']);
      expect(stacksAsText(await store.readStacks('yours', allTime, ids(1n)))).toEqual(['']);
      expect(store.catalog.select('nobody', [])).toEqual([]);
    });

    test('both ends of a range belong to it, also at midnight and before 1970', async () => {
      const midnight = BigInt(firstDay + 1) * nanosPerDay;
      const times = [-nanosPerDay - 1n, -1n, 0n, midnight - 1n, midnight, midnight + 1n];
      await store.write(
        batchOf('edges', ...times.map((time, i) => ({ time, samples: [{ stack: BigInt(i), value: 1n }] }))),
      );
      const found = async (start: bigint, end: bigint) =>
        (await stacksIn('edges', { range: span(start, end) })).map((row) => row.slice(0, 1)).join('');
      expect(await found(midnight, midnight)).toBe('4');
      expect(await found(midnight - 1n, midnight)).toBe('34');
      expect(await found(midnight + 1n, midnight + nanosPerDay)).toBe('5');
      expect(await found(-1n, 0n)).toBe('12');
      expect(await found(-2n * nanosPerDay, -2n)).toBe('0');
      expect(await found(midnight + 2n, allTime.end)).toBe('');
      expect(await found(midnight, midnight - 1n)).toBe('');
      expect(await found(allTime.start, allTime.end)).toBe('012345');
    });

    test('a point holds what lies before it, the first also all that is older, none what is newer', async () => {
      const start = 1_000n * milli;
      const times = [-1_500_001n, 0n, start, start + 1n, start + 999_999n, start + milli, start + 20n * milli];
      await store.write(
        batchOf(
          'grid',
          ...[...times, start + 21n * milli].map((time) => ({ time, samples: [{ stack: 1n, value: 1n }] })),
        ),
      );
      const grid = { startMillis: 1_000, stepMillis: 10, pointCount: 3 };
      const before = { startMillis: -1, stepMillis: 1, pointCount: 2 };
      expect(totalsAsText(store, 'grid', await store.sumTotals(scopeOf('grid'), grid))).toEqual([
        'cpu/a @0 5 of 5',
        'cpu/a @1 1 of 1',
        'cpu/a @2 1 of 1',
      ]);
      // Times are cut to milliseconds towards the past: -1.500001 ms lies in -2.
      expect(totalsAsText(store, 'grid', await store.sumTotals(scopeOf('grid'), before))).toEqual([
        'cpu/a @0 1 of 1',
        'cpu/a @1 1 of 1',
      ]);
      expect(await store.sumTotals(scopeOf('grid'), { ...grid, pointCount: 0 })).toMatchObject({
        points: new Uint32Array(0),
      });
    });

    test('spans and traces choose samples, and profiles without a chosen sample are out', async () => {
      await store.write(
        batchOf(
          'spans',
          {
            samples: [
              { stack: 1n, value: 1n, span: 11n, trace: 1 },
              { stack: 1n, value: 2n, span: 12n, trace: 1 },
              { stack: 2n, value: 4n, span: 0n, trace: 2 },
            ],
          },
          { pod: 'b', samples: [{ stack: 2n, value: 8n, span: 2n ** 64n - 1n }] },
          { pod: 'c', samples: [{ stack: 3n, value: 16n, trace: 1 }] },
          { pod: 'd', samples: [{ stack: 4n, value: 32n }] },
        ),
      );
      const trace = (first: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? first : 0));
      expect(await stacksIn('spans', { spanIds: ids(11n) })).toEqual(['1 1']);
      expect(await stacksIn('spans', { spanIds: ids(12n, 2n ** 64n - 1n, 99n) })).toEqual(['1 2', '2 8']);
      expect(await stacksIn('spans', { traceIds: [trace(1)] })).toEqual(['1 3', '3 16']);
      expect(await stacksIn('spans', { spanIds: ids(11n), traceIds: [trace(1), trace(2)] })).toEqual(['1 1']);
      for (const none of [{ spanIds: ids(0n) }, { traceIds: [trace(0)] }, { spanIds: ids() }, { traceIds: [] }]) {
        expect(await stacksIn('spans', none)).toEqual([]);
      }
      const grid = { startMillis: Number(noon / milli), stepMillis: 1, pointCount: 1 };
      const bySpan = scopeOf('spans', { spanIds: ids(11n, 12n) });
      expect(totalsAsText(store, 'spans', await store.sumTotals(bySpan, grid))).toEqual(['cpu/a @0 3 of 1']);
      const byTrace = scopeOf('spans', { traceIds: [trace(2)] });
      expect((await store.profileTotals(byTrace, 9)).totals).toEqual(BigInt64Array.of(4n));
    });

    test('profile ids choose profiles', async () => {
      const one = (profile: number, type = 'cpu') => ({
        profile,
        type,
        samples: [{ stack: BigInt(profile), value: 1n }],
      });
      await store.write(batchOf('profiles', one(1), one(2), one(2, 'wall'), one(3)));
      expect(await stacksIn('profiles', { profileIds: [idOf(2), idOf(9)] })).toEqual(['2 2']);
      expect(await stacksIn('profiles', { profileIds: [] })).toEqual([]);
    });

    test('lists of ids may be long', async () => {
      const many = Array.from({ length: 1_000 }, (_, i) => i + 1);
      await store.write(
        batchOf(
          'long',
          ...many.map((i) => ({
            pod: `${i}`,
            profile: i,
            samples: [{ stack: BigInt(i % 2), value: 1n, span: BigInt(i), trace: 1 + (i % 200) }],
          })),
        ),
      );
      const traceIds = many
        .slice(0, 400)
        .map((i) => Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? i % 256 : 0)));
      expect(await stacksIn('long')).toEqual(['0 500', '1 500']);
      expect(await stacksIn('long', { profileIds: many.slice(0, 400).map(idOf) })).toEqual(['0 200', '1 200']);
      expect(await stacksIn('long', { spanIds: BigUint64Array.from(many.slice(0, 401), BigInt) })).toEqual([
        '0 200',
        '1 201',
      ]);
      expect(await stacksIn('long', { traceIds, spanIds: ids(3n) })).toEqual(['1 1']);
      const wanted = BigUint64Array.from({ length: 2_000 }, (_, i) => BigInt(i));
      const table = await store.readStacks('long', allTime, wanted);
      expect([table.stackCount, table.stackLocations.length]).toEqual([2_000, 0]);
    });

    test('the oldest profiles come first, and no more than asked for', async () => {
      const times = [5n, 3n, 4n, 1n, 2n].map((i) => noon + i * second);
      await store.write(batchOf('limit', ...times.map((time) => ({ time, samples: [{ stack: 1n, value: 1n }] }))));
      const { timesNanos } = await store.profileTotals(scopeOf('limit'), 3);
      expect([...timesNanos]).toEqual([1n, 2n, 3n].map((i) => noon + i * second));
      expect((await store.profileTotals(scopeOf('limit'), 0)).timesNanos).toHaveLength(0);
    });

    test('sums keep all 64 bits and wrap beyond them', async () => {
      const most = 2n ** 63n - 1n;
      const one = (value: bigint) => ({
        samples: [
          { stack: 1n, value },
          { stack: 2n, value: -1n },
        ],
      });
      await store.write(batchOf('large', one(most), one(1n)));
      expect(await stacksIn('large')).toEqual([`1 ${-most - 1n}`, '2 -2']);
      expect([...(await store.profileTotals(scopeOf('large'), 9)).totals].sort()).toEqual([0n, most - 1n].sort());
    });

    test('one batch may bring more than a hundred days', async () => {
      const days = Array.from({ length: 230 }, (_, i) => noon - BigInt(i) * nanosPerDay);
      await store.write({
        ...batchOf('many days', ...days.map((time) => ({ time, samples: [{ stack: 1n, value: 1n }] }))),
        dictionary: days.map((time) => dictionaryOf(time, { stacks: [stackRow(1n, 2n)] })),
      });
      expect(await stacksIn('many days')).toEqual(['1 230']);
      expect(
        stacksAsText(await store.readStacks('many days', span(days[229] ?? 0n, days[229] ?? 0n), ids(1n))),
      ).toEqual(['[none 0 ]']);
    });

    test('empty batches, profiles without samples and questions about nothing are answered', async () => {
      await store.write(batchOf('empty'));
      expect(store.catalog.select('empty', [])).toEqual([]);
      await store.write(batchOf('empty', {}));
      expect(await stacksIn('empty')).toEqual([]);
      const { totals, profileIds } = await store.profileTotals(scopeOf('empty'), 9);
      expect([totals, profileIds.length]).toEqual([BigInt64Array.of(0n), 16]);
      const grid = { startMillis: 0, stepMillis: 1, pointCount: 1 };
      for (const scope of [scopeOf('empty', { seriesIds: ids() }), scopeOf('empty', { seriesIds: ids(4n) })]) {
        expect(sumsAsText(await store.sumStacks(scope))).toEqual([]);
        expect((await store.sumTotals(scope, grid)).points).toHaveLength(0);
        expect((await store.profileTotals(scope, 9)).profileIds).toHaveLength(0);
      }
    });

    test('a batch whose columns do not fit leaves nothing behind', async () => {
      const good = madeUpRecord({ samples: [{ stack: 1n, value: 1n }] });
      const records = [good, { ...good, values: new BigInt64Array(2) }];
      await expect(store.write({ tenant: 'broken', records, dictionary: [] })).rejects.toThrow(
        'a value for each stack',
      );
      expect(store.catalog.select('broken', [])).toEqual([]);
    });

    test('a question that was given up is canceled, also when nothing would have to be asked', async () => {
      const scope = scopeOf('all', { seriesIds: ids() });
      const signal = AbortSignal.abort();
      const grid = { startMillis: 0, stepMillis: 1, pointCount: 1 };
      for (const answer of [
        store.sumStacks(scope, signal),
        store.sumStacks(scopeOf('all'), signal),
        store.sumTotals(scope, grid, signal),
        store.profileTotals(scope, 1, signal),
        store.readStacks('all', allTime, ids(), signal),
      ]) {
        await expect(answer).rejects.toMatchObject({ code: 'canceled' });
      }
    });

    test('writers at the same time all find their rows afterwards', async () => {
      const pods = Array.from({ length: 40 }, (_, i) => `${i}`);
      await Promise.all(pods.map((pod) => store.write(batchOf('crowd', { pod, samples: [{ stack: 1n, value: 1n }] }))));
      expect(await stacksIn('crowd')).toEqual(['1 40']);
      expect(store.catalog.select('crowd', [])).toHaveLength(40);
    });

    testSamples(() => store);
    testSpans(() => store);
    testStacks(() => store);
    testTexts(() => store);
    testRandomly(() => store);
  });

  test(`in the ${name} store, series whose hashes collide stay apart, also when it is opened again`, async () => {
    const options = { hashSeries: () => 2n ** 64n - 1n };
    let store = await subject.open(options);
    const scope = (seriesIds: BigUint64Array) => ({ tenant: 't', seriesIds, range: allTime });
    const check = async () => {
      const sums = await Promise.all([2n ** 64n - 1n, 0n, 1n].map((id) => store.sumStacks(scope(ids(id)))));
      expect(sums.map(sumsAsText)).toEqual([['1 1'], ['1 2'], ['1 4']]);
    };
    try {
      for (const [pod, value] of [
        ['a', 1n],
        ['b', 2n],
        ['c', 4n],
      ] as const) {
        await store.write(batchOf('t', { pod, samples: [{ stack: 1n, value }] }));
      }
      await check();
      if (subject.reopen !== undefined) store = await subject.reopen(store);
      await check();
    } finally {
      await store.close();
    }
  });
}
