/** Sums of hours and days must never tell anything else than the samples: late profiles, crashes and failures included. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { InputError } from '../../errors.ts';
import { createLog } from '../../log.ts';
import { unixNanos } from '../../model/time.ts';
import { batchOf, nanosPerDay, noon, seriesOf, sumsAsText } from '../madeUpRows.ts';
import type { MadeUpRecord } from '../madeUpRows.ts';
import { openMemoryStore } from '../memory/openMemoryStore.ts';
import type { Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import { openClickHouseStore } from './openClickHouseStore.ts';
import type { SummingStore } from './openClickHouseStore.ts';

const root = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const newDirectory = () => join(root, `${count++}`);

const hour = 3_600_000_000_000n;
const midnight = noon - nanosPerDay / 2n;
const later = Number((noon + 9n * nanosPerDay) / 1_000_000n);
const allTime = { start: unixNanos(-(10n ** 30n)), end: unixNanos(10n ** 30n) };

/** Counts what questions read, and fails or waits where a test says so. */
class Watched {
  engine: Engine | undefined;
  questions: string[] = [];
  before: (statement: string) => Promise<void> = () => Promise.resolve();

  readonly wrap = (inner: Engine): Engine => {
    this.engine = {
      ask: (question, signal) =>
        inner.ask(
          {
            ...question,
            sql: (sources) => {
              const sql = question.sql(sources);
              this.questions.push(sql);
              return sql;
            },
          },
          signal,
        ),
      insert: async (table, block) => {
        await this.before(`INSERT ${table}`);
        await inner.insert(table, block);
      },
      run: (statement) => inner.run(statement),
      inBackground: async (statement, settings, signal) => {
        await this.before(statement);
        await inner.inBackground(statement, settings, signal);
      },
      close: () => inner.close(),
    };
    return this.engine;
  };

  /** Which of the tables the last question about samples read. */
  lastRead(): readonly string[] {
    const last =
      this.questions.findLast((sql) => sql.includes(' FROM daily_sums ') || sql.includes('ARRAY JOIN')) ?? '';
    return ['profiles', 'hourly_sums', 'daily_sums'].filter((table) => last.includes(`FROM ${table} `));
  }

  async rows(table: string): Promise<number> {
    const answer = await this.engine?.ask({ sql: () => `SELECT count() AS a FROM ${table}` });
    return answer === undefined ? -1 : Number(columnOf(answer, 'a', 'UInt64').values[0]);
  }
}

let opened: SummingStore | undefined;
/** One at a time, as the engine has it; a test that failed leaves none open. */
afterEach(() => opened?.close());

async function openStore(dataDir: string, watched = new Watched()): Promise<SummingStore> {
  const wrapEngine = watched.wrap;
  opened = await openClickHouseStore({ dataDir, log: createLog(() => undefined), rollUpMillis: Infinity, wrapEngine });
  return opened;
}

async function sums(store: Store, tenant: string, range = allTime): Promise<readonly string[]> {
  return sumsAsText(await store.sumStacks({ tenant, seriesIds: seriesOf(store, tenant), range }));
}

const time = fc
  .tuple(fc.constantFrom(-1n, 0n, 5n, 23n, 24n, 25n, 47n, 48n), fc.constantFrom(0n, 1n, hour / 2n, hour - 1n))
  .map(([hours, rest]) => midnight + hours * hour + rest);
const record: fc.Arbitrary<MadeUpRecord> = fc.record({
  pod: fc.constantFrom('a', 'b', 'c'),
  type: fc.constantFrom('cpu', 'wall'),
  time,
  samples: fc.uniqueArray(
    fc.record({ stack: fc.bigInt({ min: 1n, max: 6n }), value: fc.bigInt({ min: -9n, max: 2n ** 62n }) }),
    { maxLength: 4, selector: ({ stack }) => stack },
  ),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), records: fc.array(record, { minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('sum' as const) }),
  fc.record({ kind: fc.constant('ask' as const), start: time, end: time, pods: fc.nat(2) }),
  fc.record({ kind: fc.constant('ask' as const), start: time, end: time, pods: fc.nat(2) }),
);

test('whatever was summed and came late, answers are those of the samples, also after a restart', async () => {
  const dataDir = newDirectory();
  const watched = new Watched();
  let store = await openStore(dataDir, watched);
  let run = 0;
  const read = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 12 }), async (steps) => {
      const twin = openMemoryStore();
      const tenant = `random ${run++}`;
      const ask = async (start: bigint, end: bigint, pods: number): Promise<void> => {
        const answers = [store, twin].map((one) => {
          const all = one.catalog.select(tenant, []);
          const wanted = all.filter(
            ({ labels }) => (labels.find(({ name }) => name === 'pod')?.value ?? '') >= 'abc'.charAt(pods),
          );
          const seriesIds = BigUint64Array.from(wanted, ({ id }) => id);
          return one.sumStacks({ tenant, seriesIds, range: { start: unixNanos(start), end: unixNanos(end) } });
        });
        const [own, slow] = await Promise.all(answers);
        watched.lastRead().forEach((table) => read.add(table));
        expect(own && sumsAsText(own)).toEqual(slow && sumsAsText(slow));
      };
      for (const one of steps) {
        if (one.kind === 'write') for (const each of [store, twin]) await each.write(batchOf(tenant, ...one.records));
        else if (one.kind === 'sum') await store.rollUp(later, 0);
        else await ask(one.start, one.end, one.pods);
      }
      await ask(allTime.start, allTime.end, 0);
      if (run % 4 === 0) {
        await store.close();
        store = await openStore(dataDir, watched);
        await ask(allTime.start, allTime.end, 0);
      }
    }),
    { numRuns: 10 },
  );
  await store.close();
  expect([...read].sort()).toEqual(['daily_sums', 'hourly_sums', 'profiles']);
}, 120_000);

const one = { stack: 1n, value: 1n };
const at = (...times: readonly bigint[]) => batchOf('t', ...times.map((each) => ({ time: each, samples: [one] })));

test('whole days are read from days, whole hours from hours, the rest from samples', async () => {
  const watched = new Watched();
  const store = await openStore(newDirectory(), watched);
  const hours = [0n, 5n, 23n, 24n, 47n, 48n].map((each) => midnight + each * hour);
  await store.write(at(...hours));
  expect(await store.rollUp(Number((midnight + 49n * hour) / 1_000_000n), 0)).toBe(6 + 2);
  const ask = async (start: bigint, end: bigint) => [
    await sums(store, 't', { start: unixNanos(start), end: unixNanos(end) }),
    watched.lastRead(),
  ];
  expect(await ask(midnight, midnight + 48n * hour - 1n)).toEqual([['1 5'], ['daily_sums']]);
  expect(await ask(midnight, midnight + 48n * hour)).toEqual([['1 6'], ['profiles', 'daily_sums']]);
  expect(await ask(midnight + 1n, midnight + 49n * hour)).toEqual([['1 5'], ['profiles', 'hourly_sums', 'daily_sums']]);
  expect(await ask(midnight + hour, midnight + 49n * hour)).toEqual([['1 5'], ['hourly_sums', 'daily_sums']]);
  expect(await ask(midnight + 1n, midnight + 24n * hour)).toEqual([['1 3'], ['profiles', 'hourly_sums']]);
  expect(await ask(midnight + 5n * hour + 1n, midnight + 5n * hour + 2n)).toEqual([[], ['profiles']]);
  await store.close();
});

test('an hour that is not over, or was written to lately, is left to its samples', async () => {
  const store = await openStore(newDirectory());
  await store.write(at(midnight));
  const end = Number((midnight + hour) / 1_000_000n);
  expect(await store.rollUp(end + 59_999, 60_000)).toBe(0);
  expect(await store.rollUp(end + 60_000, 0)).toBe(1);
  await store.write(at(midnight + 1n));
  expect(await store.rollUp(later, 60_000)).toBe(0);
  expect(await sums(store, 't')).toEqual(['1 2']);
  await store.close();
});

test('a late profile is in the next answer, and old sums are deleted once they were done anew', async () => {
  const watched = new Watched();
  const dataDir = newDirectory();
  const store = await openStore(dataDir, watched);
  await store.write(at(midnight, midnight + 3n * hour));
  await store.rollUp(later, 0);
  expect(await store.rollUp(later, 0)).toBe(0);
  await store.write(at(midnight + 1n));
  expect(await sums(store, 't')).toEqual(['1 3']);
  expect(watched.lastRead()).toEqual(['profiles', 'hourly_sums']);
  expect(await store.rollUp(later, 0)).toBe(2);
  expect(await sums(store, 't')).toEqual(['1 3']);
  expect(watched.lastRead()).toEqual(['daily_sums']);
  await store.rollUp(later, 0);
  expect([await watched.rows('hourly_sums'), await watched.rows('daily_sums')]).toEqual([2, 1]);
  await store.close();
});

test('a profile that is committed while its hour is summed makes these sums void, on disk too', async () => {
  for (const moment of ['INSERT INTO hourly_sums', 'INSERT rollups']) {
    const watched = new Watched();
    const dataDir = newDirectory();
    const store = await openStore(dataDir, watched);
    await store.write(at(midnight));
    let late: Promise<void> | undefined;
    watched.before = async (statement) => {
      if (!statement.startsWith(moment) || late !== undefined) return;
      late = store.write(at(midnight + 1n));
      // The commit begins after its window; by then its hour is marked.
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    await store.rollUp(later, 0);
    await late;
    expect(await sums(store, 't')).toEqual(['1 2']);
    await store.close();
    const again = await openStore(dataDir);
    expect(await sums(again, 't')).toEqual(['1 2']);
    await again.close();
  }
});

test('sums that failed, or whose word did not reach the disk, count for nothing and are swept up', async () => {
  for (const moment of ['INSERT INTO hourly_sums', 'INSERT INTO daily_sums', 'INSERT rollups']) {
    const watched = new Watched();
    const dataDir = newDirectory();
    const store = await openStore(dataDir, watched);
    await store.write(at(midnight, midnight + 2n * hour));
    watched.before = (statement) =>
      statement.startsWith(moment)
        ? Promise.reject(new InputError('unavailable', 'the disk is full'))
        : Promise.resolve();
    await store.rollUp(later, 0);
    expect(await sums(store, 't')).toEqual(['1 2']);
    await store.close();
    const next = new Watched();
    const again = await openStore(dataDir, next);
    expect(await sums(again, 't')).toEqual(['1 2']);
    await again.rollUp(later, 0);
    await again.rollUp(later, 0);
    expect(await sums(again, 't')).toEqual(['1 2']);
    expect(next.lastRead()).toEqual(['daily_sums']);
    expect([await next.rows('hourly_sums'), await next.rows('daily_sums')]).toEqual([2, 1]);
    await again.close();
  }
});

test('a late commit that fails leaves sums and samples as they were', async () => {
  const watched = new Watched();
  const dataDir = newDirectory();
  const store = await openStore(dataDir, watched);
  await store.write(at(midnight));
  await store.rollUp(later, 0);
  for (const moment of ['INSERT rollups', 'INSERT profiles']) {
    watched.before = (statement) =>
      statement === moment ? Promise.reject(new InputError('unavailable', 'the disk is full')) : Promise.resolve();
    await expect(store.write(at(midnight + 1n))).rejects.toThrow('the disk is full');
    expect(await sums(store, 't')).toEqual(['1 1']);
    await store.rollUp(later, 0);
    expect(await sums(store, 't')).toEqual(['1 1']);
  }
  await store.close();
  const again = await openStore(dataDir);
  expect(await sums(again, 't')).toEqual(['1 1']);
  await again.close();
});
