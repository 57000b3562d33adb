/** What only the store on disk does: opening, refusing, failing, coming back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { createLog } from '../../log.ts';
import { formatLabels } from '../../model/labels.ts';
import { unixNanos } from '../../model/time.ts';
import {
  batchOf,
  dictionaryOf,
  functionRow,
  ids,
  locationRow,
  nanosPerDay,
  noon,
  seriesOf,
  stackRow,
  stacksAsText,
  sumsAsText,
} from '../madeUpRows.ts';
import type { Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { columnOf, textsOf } from './nativeColumns.ts';
import { openClickHouseStore } from './openClickHouseStore.ts';
import { rollUpTables } from './rollUpTables.ts';
import { firstTables, metaTable } from './schema.ts';

const root = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const newDirectory = () => join(root, `${count++}`);

const allTime = { start: unixNanos(-(10n ** 30n)), end: unixNanos(10n ** 30n) };
const sample = { stack: 1n, value: 1n };

/** The engine, with its inserts counted and failing when the test says so. */
class Watched {
  engine: Engine | undefined;
  inserts: string[] = [];
  statements: string[] = [];
  /** Thrown after the insert into this table, as when the engine fails after some of its parts are written. */
  failAfter: string | undefined;
  failBefore: string | undefined;

  readonly wrap = (inner: Engine): Engine => {
    this.engine = {
      ask: (question, signal) => inner.ask(question, signal),
      insert: async (table, block) => {
        const failure = new InputError('unavailable', 'the disk is full');
        if (this.failBefore === table) throw failure;
        this.inserts.push(table);
        await inner.insert(table, block);
        if (this.failAfter === table) throw failure;
      },
      run: (statement) => {
        this.statements.push(statement);
        return inner.run(statement);
      },
      inBackground: (statement, settings, signal) => inner.inBackground(statement, settings, signal),
      close: () => inner.close(),
    };
    return this.engine;
  };

  async rows(table: string): Promise<number> {
    const answer = await this.engine?.ask({ sql: () => `SELECT count() AS a FROM ${table}` });
    return answer === undefined ? -1 : Number(columnOf(answer, 'a', 'UInt64').values[0]);
  }
}

async function withStore<T>(
  dataDir: string,
  use: (store: Store, watched: Watched) => Promise<T>,
  watched = new Watched(),
): Promise<T> {
  const store = await openClickHouseStore({ dataDir, log: createLog(() => undefined), wrapEngine: watched.wrap });
  try {
    return await use(store, watched);
  } finally {
    await store.close();
  }
}
const sumsOf = async (store: Store, tenant = 't') =>
  sumsAsText(await store.sumStacks({ tenant, seriesIds: seriesOf(store, tenant), range: allTime }));

const seriesAsText = (store: Store) =>
  ['t', 'u'].flatMap((tenant) =>
    store.catalog
      .select(tenant, [])
      .map((one) => `${tenant} ${one.id} ${one.profileType} ${formatLabels(one.labels)}`)
      .sort(),
  );

test('opened again, a store has its series, hours, samples, names and hash key', async () => {
  const dataDir = newDirectory();
  const later = noon + nanosPerDay + 3_600_000_000_000n;
  const before = await withStore(dataDir, async (store) => {
    await store.write({
      ...batchOf(
        't',
        { samples: [sample] },
        { time: later, samples: [sample] },
        { pod: 'b', type: 'wall', samples: [sample] },
      ),
      dictionary: [dictionaryOf(noon, { stacks: [stackRow(1n, 2n)] })],
    });
    await store.write(batchOf('u', { samples: [sample] }));
    return { key: [...store.hashKey], series: seriesAsText(store) };
  });
  await withStore(dataDir, async (store, watched) => {
    expect([...store.hashKey]).toEqual(before.key);
    expect(seriesAsText(store)).toEqual(before.series);
    expect(store.catalog.seriesCount()).toBe(3);
    const active = (time: bigint) =>
      store.catalog.select('t', [], { start: unixNanos(time), end: unixNanos(time) }).length;
    expect([active(noon), active(later), active(later - 3_600_000_000_000n), active(noon - 1n)]).toEqual([2, 1, 0, 0]);
    expect(store.catalog.bounds('t')).toEqual({ oldest: noon, newest: later + 3_599_999_999_999n });
    expect(await sumsOf(store)).toEqual(['1 3']);
    expect(stacksAsText(await store.readStacks('t', allTime, ids(1n)))).toEqual(['[none 0 ]']);
    // What is known from the disk is not written once more.
    watched.inserts = [];
    await store.write(batchOf('t', { samples: [sample] }));
    expect(watched.inserts).toEqual(['profiles']);
    expect(await sumsOf(store)).toEqual(['1 4']);
  });
});

test('writers at the same time share commits, and dictionary rows are written once', async () => {
  await withStore(newDirectory(), async (store, watched) => {
    watched.inserts = [];
    const dictionary = [dictionaryOf(noon, { stacks: [stackRow(1n, 2n)] })];
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        store.write({ ...batchOf('t', { pod: `${i}`, samples: [sample] }), dictionary }),
      ),
    );
    expect(watched.inserts).toEqual(['stacks', 'series', 'series_days', 'profiles']);
    expect([await watched.rows('stacks'), await watched.rows('profiles')]).toEqual([1, 50]);
  });
});

test('a failed commit leaves nothing visible, is cleaned up by the next, and may be sent again', async () => {
  await withStore(newDirectory(), async (store, watched) => {
    await store.write(batchOf('t', { samples: [sample] }));
    const batch = batchOf(
      't',
      { samples: [sample] },
      { time: noon + nanosPerDay, samples: [sample] },
      { pod: 'new', samples: [sample] },
    );
    watched.failAfter = 'profiles';
    await expect(store.write(batch)).rejects.toMatchObject({ code: 'unavailable', message: 'the disk is full' });
    expect(await watched.rows('profiles')).toBe(4);
    expect(await sumsOf(store)).toEqual(['1 1']);
    expect(store.catalog.select('t', [])).toHaveLength(1);
    watched.failAfter = undefined;
    await store.write(batch);
    expect(await sumsOf(store)).toEqual(['1 4']);
    expect(await watched.rows('profiles')).toBe(4);
    const dictionary = [
      dictionaryOf(noon, {
        stacks: [stackRow(8n, 2n)],
        locations: [locationRow(2n, [3n])],
        functions: [functionRow(3n, 'f')],
      }),
    ];
    for (const table of ['functions', 'locations', 'stacks', 'series', 'series_days', 'profiles']) {
      watched.failBefore = table;
      const fresh = { ...batchOf('t', { pod: table, samples: [sample] }), dictionary };
      await expect(store.write(fresh)).rejects.toMatchObject({ code: 'unavailable' });
    }
    watched.failBefore = undefined;
    expect(await sumsOf(store)).toEqual(['1 4']);
  });
});

test('rows of a failed commit are gone after closing', async () => {
  const dataDir = newDirectory();
  await withStore(dataDir, async (store, watched) => {
    watched.failAfter = 'profiles';
    await expect(store.write(batchOf('t', { samples: [sample] }))).rejects.toMatchObject({ code: 'unavailable' });
    watched.failAfter = undefined;
  });
  await withStore(dataDir, async (store, watched) => {
    expect(await watched.rows('profiles')).toBe(0);
    expect(await sumsOf(store)).toEqual([]);
  });
});

test('a directory is for one store; closed, it is free for the next', async () => {
  const dataDir = newDirectory();
  await withStore(dataDir, async (store) => {
    await expect(openClickHouseStore({ dataDir, log: createLog(() => undefined) })).rejects.toMatchObject({
      code: 'failed_precondition',
      message: `the data directory ${dataDir} is in use by process ${process.pid}`,
    });
    await store.probe();
  });
  expect(existsSync(join(dataDir, 'pyrolens.lock'))).toBe(false);
  await withStore(dataDir, (store) => store.probe());
});

test('an owner whose lock file is not seen, as in another container, is found by the engine', async () => {
  const dataDir = newDirectory();
  const chdb = createRequire(import.meta.url).resolve('chdb/connection');
  const program =
    `const c = require(${JSON.stringify(chdb)}).createChdbConnection({ path: ${JSON.stringify(dataDir)} });` +
    `c.chdb.queryAsync('SELECT 1', { format: 'Native' }).then(() => console.log('open')); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(owner.stdout, 'data');
    await expect(openClickHouseStore({ dataDir, log: createLog(() => undefined) })).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining(`does not open the data directory ${dataDir}: another process`) as string,
    });
  } finally {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  }
  // The refusal left nothing behind, and the owner is dead now.
  await withStore(dataDir, (store) => store.probe());
});

test('a directory of a newer format is refused, and of the same one is left as it is', async () => {
  const dataDir = newDirectory();
  await withStore(dataDir, async (_, { engine }) => {
    await engine?.insert('schema_versions', {
      rowCount: 1,
      columns: [
        ['version', { kind: 'UInt32', values: Uint32Array.of(99) }],
        ['applied_micros', { kind: 'Int64', values: BigInt64Array.of(0n) }],
      ],
    });
  });
  const opening = openClickHouseStore({ dataDir, log: createLog(() => undefined) });
  await expect(opening).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringContaining('has storage format 99, written by a newer version of Pyrolens') as string,
  });
  expect(existsSync(join(dataDir, 'pyrolens.lock'))).toBe(false);
});

test('a store whose making was cut off between any two statements opens the next time', async () => {
  const dataDir = newDirectory();
  // Format 1 and its row, with the table of versions before; then format 2, its row and the hash key.
  const cuts = [firstTables.length + 3, rollUpTables.length + 2, 2].flatMap((most) =>
    Array.from({ length: most }, (_, i) => i + 1),
  );
  for (const cut of cuts) {
    let statements = 0;
    const crash = (inner: Engine): Engine => ({
      ask: (question, signal) => inner.ask(question, signal),
      insert: (table, block) => (++statements > cut ? Promise.reject(new Error('crash')) : inner.insert(table, block)),
      run: (statement) => (++statements > cut ? Promise.reject(new Error('crash')) : inner.run(statement)),
      inBackground: () => Promise.resolve(),
      close: () => inner.close(),
    });
    await expect(openClickHouseStore({ dataDir, log: createLog(() => undefined), wrapEngine: crash })).rejects.toThrow(
      'crash',
    );
  }
  await withStore(dataDir, async (store, watched) => {
    await store.write(batchOf('t', { samples: [sample] }));
    expect(await sumsOf(store)).toEqual(['1 1']);
    expect(await watched.rows('schema_versions')).toBe(3);
  });
});

test('every table syncs inserts, directories and merged parts', async () => {
  await withStore(newDirectory(), async (_, { engine }) => {
    const names = [metaTable, ...firstTables].map((sql) => /EXISTS (\w+)/.exec(sql)?.[1] ?? '');
    expect(names).toHaveLength(7);
    for (const name of [...names, 'schema_versions']) {
      const answer = await engine?.ask({
        sql: () => `SELECT create_table_query AS a FROM system.tables WHERE name = '${name}'`,
      });
      const [text = ''] = answer === undefined ? [] : textsOf(columnOf(answer, 'a', 'String'));
      for (const setting of ['fsync_after_insert = 1', 'fsync_part_directory = 1']) expect(text).toContain(setting);
      expect(text).toContain('min_rows_to_fsync_after_merge = 1');
    }
  });
});

test('probing asks the disk: a store that cannot write says so', async () => {
  await withStore(newDirectory(), async (store, watched) => {
    await Promise.all([store.probe(), store.probe(), store.probe()]);
    watched.failBefore = 'meta';
    await expect(store.probe()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('closing commits what waits, and a closed store takes nothing more', async () => {
  const dataDir = newDirectory();
  await withStore(dataDir, async (store) => {
    const waiting = store.write(batchOf('t', { samples: [sample] }));
    await store.close();
    await waiting;
    await expect(store.write(batchOf('t', { samples: [sample] }))).rejects.toMatchObject({ code: 'unavailable' });
  });
  await withStore(dataDir, async (store) => expect(await sumsOf(store)).toEqual(['1 1']));
});
