/** The engine behind its interface: real statements on a real directory. */
import fc from 'fast-check';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixed16List, int64Literal, intLiteral, quoteText, textList, uint64List, uuidList } from './dialect.ts';
import { loadChdb } from './loadChdb.ts';
import type { NativeBlock, NativeColumn } from './nativeColumns.ts';
import { columnOf, int64Column, ofKind, textColumn, textsOf, uint64Column } from './nativeColumns.ts';
import { EmbeddedSessions } from './sessions.ts';

const directory = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
let sessions: EmbeddedSessions;
beforeAll(async () => {
  sessions = new EmbeddedSessions(await loadChdb(), directory, undefined, 2);
});
afterAll(async () => {
  await sessions.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (sql: string, signal?: AbortSignal) => sessions.ask({ sql: () => sql }, signal);
const textOf = async (expression: string) =>
  textsOf(columnOf(await ask(`SELECT ${expression} AS a`), 'a', 'String'))[0] ?? '';
/** Never ends by itself within the test's time. */
const endless = 'SELECT sum(cityHash64(number)) AS a FROM system.numbers';

describe('literals', () => {
  for (const text of [
    '',
    "it's",
    '\\',
    "\\'",
    "a\\'b'c\\\\",
    'nul\0after',
    '\n\t\r\b\x1a',
    '%_',
    'ü漢🔥',
    '"`{a:String}',
  ]) {
    test(`${JSON.stringify(text)} reaches the engine as it is`, async () => {
      expect(await textOf(quoteText(text))).toBe(text);
    });
  }

  test('random text reaches the engine as it is and never ends its literal', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom("'", '\\', '\0', 'n', 'x', '0') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const answer = await ask(`SELECT arrayJoin([${textList(texts)}]) AS a`);
        expect(textsOf(columnOf(answer, 'a', 'String'))).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });

  test('numbers keep all their bits', async () => {
    const most = 2n ** 63n - 1n;
    const signed = [0n, -1n, most, -most];
    const answer = await ask(`SELECT arrayJoin([${signed.map((one) => `toInt64(${int64Literal(one)})`).join()}]) AS a`);
    expect([...columnOf(answer, 'a', 'Int64').values]).toEqual(signed);
    const ids = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n];
    const unsigned = await ask(`SELECT arrayJoin([${uint64List(ids)}]::Array(UInt64)) AS a`);
    expect([...columnOf(unsigned, 'a', 'UInt64').values]).toEqual(ids);
    expect([int64Literal(10n ** 30n), int64Literal(-(10n ** 30n))]).toEqual([`${most}`, `${-most}`]);
  });

  test('ids of 16 bytes keep their order of bytes', async () => {
    const id = Uint8Array.from({ length: 16 }, (_, i) => 16 * i + i);
    const answer = await ask(`SELECT ${uuidList([id])} AS a, ${fixed16List([id])} AS b, toString(a) AS c`);
    expect([...columnOf(answer, 'a', 'UUID').bytes]).toEqual([...id]);
    expect([...columnOf(answer, 'b', 'FixedString(16)').bytes]).toEqual([...id]);
    expect(textsOf(columnOf(answer, 'c', 'String'))).toEqual(['00112233-4455-6677-8899-aabbccddeeff']);
  });

  test('what no literal can hold is our own mistake', () => {
    for (const wrong of [
      () => intLiteral(0.5),
      () => intLiteral(NaN),
      () => intLiteral(2 ** 53),
      () => uint64List([-1n]),
      () => uint64List([2n ** 64n]),
      () => uuidList([new Uint8Array(15)]),
      () => fixed16List([new Uint8Array(17)]),
    ]) {
      expect(wrong).toThrow('invariant');
    }
  });
});

test('blocks come back from a table as they were sent, in any of the types', async () => {
  const id = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
  const array = (items: NativeColumn): NativeColumn => ({ kind: 'Array', starts: Uint32Array.of(0, 2, 2), items });
  const block: NativeBlock = {
    rowCount: 2,
    columns: [
      ['a', uint64Column(BigUint64Array.of(1n, 2n ** 64n - 1n))],
      ['b', int64Column(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n))],
      ['c', { kind: 'UInt32', values: Uint32Array.of(0, 0xffffffff) }],
      ['d', { kind: 'Int32', values: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) }],
      ['e', { kind: 'UUID', bytes: id }],
      ['f', { kind: 'FixedString(16)', bytes: id }],
      ['g', textColumn(['x\0\n\n', 'ü'])],
      ['h', array(uint64Column(BigUint64Array.of(5n, 6n)))],
      ['i', array(textColumn(['', 'y']))],
      ['j', array({ kind: 'FixedString(16)', bytes: id })],
    ],
  };
  await sessions.run(
    'CREATE TABLE types (a UInt64, b Int64, c UInt32, d Int32, e UUID, f FixedString(16), g String, h Array(UInt64),' +
      ' i Array(String), j Array(FixedString(16))) ENGINE = MergeTree ORDER BY a',
  );
  await sessions.insert('types', block);
  const answer = await ask('SELECT * FROM types ORDER BY a');
  expect(answer.rowCount).toBe(2);
  for (const [name, sent] of block.columns) {
    const read = answer.columns.get(name);
    if (sent.kind === 'String') expect(textsOf(ofKind(read, 'String'))).toEqual(textsOf(sent));
    else if (name === 'i') {
      const { starts, items } = ofKind(read, 'Array');
      expect([[...starts], textsOf(ofKind(items, 'String'))]).toEqual([
        [0, 2, 2],
        ['', 'y'],
      ]);
    } else expect(read).toEqual(sent);
  }
});

test('an answer of many blocks is one table', async () => {
  const answer = await ask(
    'SELECT number AS a, range(toUInt64(number % 3)) AS b, toString(number) AS c FROM numbers(200000) ORDER BY a',
  );
  expect(answer.rowCount).toBe(200_000);
  const { starts, items } = columnOf(answer, 'b', 'Array');
  expect(columnOf(answer, 'a', 'UInt64').values[199_999]).toBe(199_999n);
  expect([starts[200_000], items.kind === 'UInt64' ? items.values.length : 0]).toEqual([199_999, 199_999]);
  expect(textsOf(columnOf(answer, 'c', 'String'))[150_000]).toBe('150000');
});

test('a question that was given up is stopped, and its session is free for the next', async () => {
  // Both sessions are taken, so the next question shows when one is free.
  const given = [new AbortController(), new AbortController()];
  const answers = given.map(({ signal }) => ask(endless, signal).catch((error: unknown) => error));
  const waiting = new AbortController();
  const impatient = ask('SELECT 1::UInt64 AS a', waiting.signal).catch((error: unknown) => error);
  const next = ask("SELECT 'free' AS a");
  await new Promise((resolve) => setTimeout(resolve, 200));
  waiting.abort();
  expect(await impatient).toMatchObject({ code: 'canceled' });
  given[0]?.abort();
  expect(await answers[0]).toMatchObject({ code: 'canceled' });
  expect(textsOf(columnOf(await next, 'a', 'String'))).toEqual(['free']);
  given[1]?.abort();
  expect(await answers[1]).toMatchObject({ code: 'canceled' });
  const left = "SELECT query AS a FROM system.processes WHERE query LIKE 'SELECT sum(%'";
  // Else the test's time is over.
  while ((await ask(left)).rowCount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});

test('a signal that fires at once, or after the end, does no harm', async () => {
  await expect(ask('SELECT 1::UInt64 AS a', AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
  const late = new AbortController();
  await ask('SELECT 1::UInt64 AS a', late.signal);
  late.abort();
  for (let i = 0; i < 5; i++) {
    const soon = new AbortController();
    const answer = ask('SELECT toUInt64(sleep(0.01)) AS a', soon.signal).catch((error: unknown) => error);
    soon.abort();
    expect(await answer).toMatchObject({ code: 'canceled' });
  }
  await ask('SELECT 1::UInt64 AS a');
});

test('inserts and questions do not wait for a long question', async () => {
  const long = new AbortController();
  const answer = ask(endless, long.signal).catch((error: unknown) => error);
  await sessions.run('CREATE TABLE beside (a UInt64) ENGINE = MergeTree ORDER BY a');
  await sessions.insert('beside', { rowCount: 1, columns: [['a', uint64Column(BigUint64Array.of(3n))]] });
  expect([...columnOf(await ask('SELECT a FROM beside'), 'a', 'UInt64').values]).toEqual([3n]);
  long.abort();
  await answer;
});

test('a failed insert or statement does not stop those behind it', async () => {
  const block = { rowCount: 1, columns: [['a', uint64Column(BigUint64Array.of(3n))] as const] };
  const failed = sessions.insert('nowhere', block);
  const behind = sessions.insert('beside', block);
  await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
  await behind;
  const wrong = sessions.run('CREATE NONSENSE');
  await expect(wrong).rejects.toMatchObject({ code: 'unavailable' });
  await sessions.run('SELECT 1');
});

test("the engine's failures carry our codes", async () => {
  await expect(ask('SELECT * FROM nowhere')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(ask("SELECT throwIf(1, 'wrong') AS a")).rejects.toThrow('the storage engine says: ');
});

test('no block files stay behind', () => {
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const own = readdirSync(root).filter((name) => name.startsWith(`pyrolens-${process.pid}-`));
  expect(own.length).toBeGreaterThan(0);
  expect(own.flatMap((name) => readdirSync(join(root, name)))).toEqual([]);
});

test('a question may hold so much and take so long; what refuses it names the setting', async () => {
  const limits = { questionBytes: 16 * 2 ** 20, questionMillis: 1_000 };
  const bounded = new EmbeddedSessions(await loadChdb(), directory, limits, 1);
  const refused = (sql: string) => expect(bounded.ask({ sql: () => sql })).rejects;
  try {
    await refused('SELECT groupArray(number) AS a FROM numbers(10000000)').toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringContaining('(--max-question-memory)') as string,
    });
    await refused('SELECT number AS a FROM numbers(10000000)').toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringContaining('(--max-question-memory)') as string,
    });
    await refused(endless).toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('(--max-question-time)') as string,
    });
  } finally {
    await bounded.close();
  }
});
