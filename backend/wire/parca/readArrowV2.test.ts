/** Made-up uploads of the Parca agent's v2 schema: right ones, odd ones, and ones that no agent would send. */
import type { Column } from '../../../test/bench/arrowWriter.mjs';
import * as arrow from '../../../test/bench/arrowWriter.mjs';
import { dictionaryOf, inRuns, madeUpArrowV2, periodNanos, startNanos } from '../../../test/bench/madeUpArrow.mjs';
import { summaryOf } from '../../../test/parcaSummary.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { frameTypeName } from '../../model/frameType.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { labelValue } from '../../model/labels.ts';
import { textAt } from '../../model/stackTable.ts';
import { readArrowV2 } from './readArrowV2.ts';

type Columns = Readonly<Record<string, Column>>;

function read(bytes: Uint8Array): WireReading {
  const reading = readArrowV2(bytes, defaultLimits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
}
const small = { rows: 12, stacks: 4, functions: 8, depth: 3, processes: 2 };
const readChanged = (change: (columns: Columns) => Columns): WireReading => read(madeUpArrowV2({ ...small, change }));
const totalOf = ({ profiles }: WireReading): bigint =>
  profiles.reduce((sum, { profile }) => profile.values.reduce((all, value) => all + value, sum), 0n);
const int64s = (...values: readonly bigint[]): Column => arrow.int64(BigInt64Array.from(values));
const everyRow = <T>(value: T): readonly T[] => Array.from({ length: small.rows }, () => value);

test('what runs a function is told by the locations that are in it', () => {
  const typesOf = ({ profiles }: WireReading): readonly string[] =>
    profiles.flatMap(({ profile: { stacks } }) =>
      Array.from({ length: stacks.functions.count }, (_, fn) => frameTypeName(stacks.functions.frameType?.[fn] ?? 0)),
    );
  const types = typesOf(read(madeUpArrowV2(small)));
  expect([types.length > 0, new Set(types)]).toEqual([true, new Set(['go'])]);
});

test('every tick is worth a period, whoever it belongs to', () => {
  const reading = read(madeUpArrowV2({ rows: 5_000 }));
  expect(totalOf(reading)).toBe(5_000n * periodNanos);
  expect(reading.leftOut).toEqual([]);
  expect(reading.profiles).toHaveLength(20);
});

test('compressed or not, at whatever offset in memory, the same profiles come out', () => {
  const plain = madeUpArrowV2({ ...small, compress: undefined });
  const shifted = new Uint8Array(plain.length + 3);
  shifted.set(plain, 3);
  const expected = summaryOf(read(madeUpArrowV2(small)));
  expect(summaryOf(read(plain))).toEqual(expected);
  expect(summaryOf(read(shifted.subarray(3)))).toEqual(expected);
});

test('locations without lines keep build id and address, those with lines function, file and line', () => {
  const { stacks } = summaryOf(read(madeUpArrowV2({ rows: 500, stacks: 50, functions: 8 })));
  const frames = new Set(stacks.flatMap((stack) => stack.split('\n')));
  expect(frames).toContain('0x400030|lib3.so|b1943|||0|0');
  expect(frames).toContain('0x400010||b1941|github.com/example/pkg1.Function1|/src/pkg1/file.go|11|0');
});

test('stacks are the same by offset and size: one without frames begins where its neighbour does', () => {
  const reading = readChanged((columns) => ({
    ...columns,
    stacktrace: arrow.listView(everyRow(0), [2, 0, 2, 0, ...everyRow(2).slice(4)], frames(['main', 'work'])),
  }));
  const { byStack } = summaryOf(reading);
  const type = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
  expect(byStack).toEqual({ '': { [type]: 2n * periodNanos }, 'work;main': { [type]: 10n * periodNanos } });
});

/** Locations with a line each, without dictionaries around them: a form that the reader takes too. */
function frames(names: readonly string[], keys = names.map((_, i) => i)): Column {
  const zeros = arrow.uint64(new BigUint64Array(names.length));
  const fn = arrow.struct(names.length, {
    system_name: arrow.textViews(names),
    filename: dictionaryOf(names),
    start_line: zeros,
  });
  const line = arrow.struct(names.length, { line: zeros, column: zeros, function: arrow.dictionary(keys, fn) });
  return arrow.struct(names.length, {
    address: zeros,
    mapping_file: dictionaryOf(names.map(() => null)),
    mapping_build_id: dictionaryOf(names.map(() => null)),
    lines: arrow.listView(
      names.map((_, i) => i),
      names.map(() => 1),
      line,
    ),
  });
}

test('rows of several types in one upload become a profile for each type', () => {
  const types: Columns = {
    producer: inRuns(['parca_agent', ...everyRow('memory').slice(1)], arrow.texts),
    sample_type: inRuns(['wallclock', ...everyRow('inuse_space').slice(1)], arrow.texts),
    sample_unit: inRuns(['nanoseconds', ...everyRow('bytes').slice(1)], arrow.texts),
    period_type: inRuns(['samples', ...everyRow('space').slice(1)], arrow.texts),
    period_unit: inRuns(['count', ...everyRow('bytes').slice(1)], arrow.texts),
    period: inRuns([0n, ...everyRow(524_288n).slice(1)], (values) => int64s(...values)),
  };
  const { profiles } = readChanged((columns) => ({ ...columns, ...types }));
  const found = profiles.map(({ labels, profile: { sampleTypes, periodType, period } }) => [
    labelValue(labels, '__name__'),
    sampleTypes,
    periodType,
    period,
  ]);
  expect(found).toContainEqual(['off_cpu', [{ type: 'off_cpu', unit: 'nanoseconds' }], undefined, 0n]);
  const space = { type: 'space', unit: 'bytes' };
  expect(found).toContainEqual(['memory', [{ type: 'inuse_space', unit: 'bytes' }], space, 524_288n]);
  expect(profiles.length).toBeGreaterThanOrEqual(2);
});

test('span ids that a process sets stay with its samples and make no series', () => {
  const { profiles } = readChanged((columns) => ({
    ...columns,
    labels: arrow.struct(small.rows, {
      comm: inRuns(everyRow('checkout'), dictionaryOf),
      span_id: inRuns(['00000000000000a1', null, ...everyRow('00000000000000a2').slice(2)], dictionaryOf),
    }),
    stacktrace: arrow.listView(everyRow(0), everyRow(1), frames(['main'])),
  }));
  expect(profiles).toHaveLength(1);
  const [{ profile } = { profile: undefined }] = profiles;
  expect(profile?.sampleCount).toBe(3);
  const texts = Array.from(profile?.labelText ?? [], (index) => profile && textAt(profile.stacks.strings, index));
  expect(texts).toEqual(['00000000000000a1', '00000000000000a2']);
  expect([...(profile?.labelStart ?? [])]).toEqual([0, 1, 1, 2]);
});

test('a column of a later agent is passed over, whatever its type', () => {
  const reading = readChanged((columns) => ({
    later: arrow.runs([12], arrow.listView([0], [0], arrow.fixedSizeBinary(3, new Uint8Array(0)))),
    ...columns,
  }));
  expect(totalOf(reading)).toBe(12n * periodNanos);
});

test('values below 0 are left out and counted; the rest stays', () => {
  const values = everyRow(1n).map((value, row) => (row < 3 ? -5n : value));
  const reading = readChanged((columns) => ({ ...columns, value: int64s(...values) }));
  expect(totalOf(reading)).toBe(9n * periodNanos);
  expect(reading.leftOut).toEqual([
    { reason: 'negative_value', samples: 3, message: '3 samples with a value below 0' },
  ]);
});

test('values of 2^53 and more are exact', () => {
  const reading = readChanged((columns) => ({
    ...columns,
    sample_type: inRuns(everyRow('inuse_space'), arrow.texts),
    value: int64s(2n ** 60n + 1n, ...everyRow(0n).slice(1)),
  }));
  expect(totalOf(reading)).toBe(2n ** 60n + 1n);
  const ticks = readChanged((columns) => ({ ...columns, value: int64s(2n ** 31n + 7n, ...everyRow(0n).slice(1)) }));
  expect(totalOf(ticks)).toBe((2n ** 31n + 7n) * periodNanos);
});

test('an upload with more label sets than anybody has keeps the first and says what it left out', () => {
  const rows = 17_000;
  const each = Array.from({ length: rows }, (_, row) => String(row));
  const all = <T>(value: T): readonly T[] => each.map(() => value);
  const bytes = arrow.arrowStream(
    {
      labels: arrow.struct(rows, { request: inRuns(each, dictionaryOf) }),
      stacktrace: arrow.listView(all(0), all(1), frames(['main'])),
      value: arrow.int64(new BigInt64Array(rows).fill(1n)),
      producer: inRuns(all('parca_agent'), arrow.texts),
      sample_type: inRuns(all('samples'), arrow.texts),
      sample_unit: inRuns(all('count'), arrow.texts),
      period_type: inRuns(all('cpu'), arrow.texts),
      period_unit: inRuns(all('nanoseconds'), arrow.texts),
      period: inRuns(all(periodNanos), (values) => int64s(...values)),
      duration: inRuns(all(0n), (values) => int64s(...values)),
      timestamp: arrow.timestamps(new BigInt64Array(rows).fill(startNanos)),
    },
    { rows, compress: 'lz4' },
  );
  const reading = readArrowV2(bytes, defaultLimits);
  expect(reading.profiles).toHaveLength(16_384);
  expect(reading.leftOut).toMatchObject([{ reason: 'samples_limit', samples: rows - 16_384 }]);
});

/** What no agent sends: the part of the upload that is replaced, and what the refusal says. */
const wrong: readonly (readonly [string, (columns: Columns) => Columns, string])[] = [
  ['run ends that descend', (c) => ({ ...c, period: arrow.runs([9, 5, 12], int64s(1n, 2n, 3n)) }), 'do not ascend'],
  ['run ends that stop early', (c) => ({ ...c, period: arrow.runs([5], int64s(1n), 12) }), 'runs end at 5'],
  ['more runs than values', (c) => ({ ...c, period: arrow.runs([5, 12], int64s(1n)) }), 'more runs than values'],
  [
    'a key outside its dictionary',
    (c) => ({ ...c, labels: arrow.struct(12, { pod: arrow.dictionary(everyRow(7), arrow.texts(['a'])) }) }),
    'key 7 into a dictionary of 1',
  ],
  [
    'a stack outside the frames',
    (c) => ({ ...c, stacktrace: arrow.listView(everyRow(0), everyRow(2 ** 30), frames(['main'])) }),
    'leads outside its 1 items',
  ],
  [
    'a stack that begins before the frames',
    (c) => ({ ...c, stacktrace: arrow.listView(everyRow(-1), everyRow(1), frames(['main'])) }),
    'leads outside its 1 items',
  ],
  [
    'a function outside its dictionary',
    (c) => ({ ...c, stacktrace: arrow.listView(everyRow(0), everyRow(1), frames(['main'], [3])) }),
    'key 3 into a dictionary of 1',
  ],
  [
    'text whose offsets descend',
    (c) => ({ ...c, producer: inRuns(everyRow('x'), (values) => arrow.texts(values, 5, () => Int32Array.of(1, 0))) }),
    'offsets do not ascend',
  ],
  [
    'text past the end of its bytes',
    (c) => ({ ...c, producer: inRuns(everyRow('x'), (values) => arrow.texts(values, 5, () => Int32Array.of(0, 99))) }),
    'leads past 1',
  ],
  [
    'a view outside its buffer',
    (c) => ({
      ...c,
      producer: inRuns(everyRow('longer than twelve'), (values) =>
        arrow.textViews(values, (views) => views.writeInt32LE(1_000, 12)),
      ),
    }),
    'a view leads outside its buffers',
  ],
  ['a column that is too short', (c) => ({ ...c, value: int64s(1n) }), 'has 1 rows, not 12'],
  ['a column of another type', (c) => ({ ...c, value: arrow.texts(everyRow('1')) }), 'holds no integers'],
  ['labels that are no struct', (c) => ({ ...c, labels: int64s(...everyRow(1n)) }), '"labels" is no struct'],
  [
    'a column that is missing',
    (c) => Object.fromEntries(Object.entries(c).filter(([name]) => name !== 'timestamp')),
    'column "timestamp" is not there',
  ],
  ['a time before 1970', (c) => ({ ...c, timestamp: arrow.timestamps(BigInt64Array.from(everyRow(-1n))) }), '1970'],
  ['sums past 64 bits', (c) => ({ ...c, value: int64s(...everyRow(2n ** 63n - 1n)) }), 'more than 64 bits'],
  ['ticks past 64 bits', (c) => ({ ...c, value: int64s(2n ** 62n, ...everyRow(0n).slice(1)) }), 'more than 64 bits'],
];

for (const [what, change, message] of wrong) {
  test(`${what}: the upload is refused, and says why`, () => {
    expect(() => readChanged(change)).toThrow(InputError);
    expect(() => readChanged(change)).toThrow(message);
  });
}

test('a few bytes that unfold into many are refused before the memory is taken', () => {
  const rows = 1_000_000;
  const zeros = new BigInt64Array(rows);
  const all = Array.from({ length: rows }, () => 0);
  const change = (columns: Columns): Columns => ({
    ...columns,
    stacktrace: arrow.listView(all, all, frames(['main'])),
    value: arrow.int64(zeros),
    timestamp: arrow.timestamps(zeros),
  });
  const bytes = madeUpArrowV2({ ...small, change });
  expect(bytes.length).toBeLessThan(200_000);
  const before = process.memoryUsage().arrayBuffers;
  expect(() => readArrowV2(bytes, { bodyBytes: 2 ** 20 })).toThrow('more than 1048576 bytes in all');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 21);
});

test('stacks that overlap a million times cost no more than the limit', () => {
  const rows = 20_000;
  const all = <T>(value: T): readonly T[] => Array.from({ length: rows }, () => value);
  const depth = 30_000;
  const names = Array.from({ length: depth }, () => 'f');
  const bytes = madeUpArrowV2({
    rows,
    stacks: 4,
    change: (columns) => ({
      ...columns,
      stacktrace: arrow.listView(
        Array.from({ length: rows }, (_, row) => row % 10_000),
        all(20_000),
        frames(names),
      ),
    }),
  });
  expect(() => readArrowV2(bytes, { bodyBytes: 64 * 2 ** 20 })).toThrow('stacks would take more than 67108864 bytes');
});

for (const [what, bytes, message] of [
  ['nothing', '', 'ends before the schema'],
  ['text', Buffer.from('{"a": 1, "b": 2}').toString('hex'), 'no Arrow message begins here'],
  ['metadata past the end', 'ffffffff' + 'ffffff7f' + '00'.repeat(16), 'ends inside the metadata'],
  ['metadata that points outside itself', 'ffffffff' + '08000000' + 'ffffff7f00000000', 'points outside itself'],
] as const) {
  test(`${what} is refused`, () => {
    expect(() => readArrowV2(new Uint8Array(Buffer.from(bytes, 'hex')), defaultLimits)).toThrow(message);
  });
}

test('an upload of the other schema is named so', () => {
  const bytes = arrow.arrowStream({}, { rows: 0, metadata: { parca_write_schema_version: 'v1' } });
  expect(() => readArrowV2(bytes, defaultLimits)).toThrow('schema "v1" where "v2" belongs');
});
