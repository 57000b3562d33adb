import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import type { MergeQuestion, SeriesQuestion } from '../model/question.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { watchWrites } from '../store/writeWatch.ts';
import { bytesOfHeld, heldMillis, noRows, splitRows } from './heldSlice.ts';
import type { HeldRows } from './heldSlice.ts';
import { KnownStacks } from './knownStacks.ts';
import { mergeCallTree } from './mergeStacks.ts';
import type { QuestionContext } from './questionContext.ts';
import { SampleMemory } from './sampleMemory.ts';
import { selectSeries } from './selectSeries.ts';
import { asking, cpuType, writeFolded } from './testStore.ts';
import type { FoldedProfile } from './testStore.ts';

const noon = 1_795_176_000_000;
const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n;

const noted = new Set(['sumStacks', 'sumTotals', 'readSamples']);

interface Room {
  readonly kept: QuestionContext;
  readonly asked: QuestionContext;
  readonly samples: SampleMemory;
  /** What the store was asked about samples. */
  readonly readings: string[];
  /** What reading profiles one by one does from now on. */
  refusal: (() => Error) | undefined;
  readonly write: (profile: FoldedProfile) => Promise<void>;
}

function roomOf({ nowMillis = noon + 86_400_000, budgetBytes = 2 ** 24 } = {}): Room {
  const whole = openMemoryStore();
  const { store: watched, writes } = watchWrites(whole);
  const readings: string[] = [];
  const counting = new Proxy(whole, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (noted.has(String(name))) readings.push(String(name));
        if (name === 'readSamples' && room.refusal !== undefined) return Promise.reject(room.refusal());
        return Reflect.apply(value, target, given);
      };
    },
  });
  const asked = asking(whole);
  const kept = asking(counting);
  const closing = new AbortController().signal;
  const options = { store: counting, stacks: kept.memory, writes, budgetBytes, now: () => nowMillis, closing };
  const samples = new SampleMemory(options);
  let written = 0;
  const write = (profile: FoldedProfile) => writeFolded(watched, profile, written++);
  const room: Room = { asked, kept: { ...kept, samples }, samples, readings, write, refusal: undefined };
  return room;
}

const profileAt = (millis: number, ...folded: readonly string[]): FoldedProfile => ({
  timeNanos: nanos(millis),
  labels: { pod: 'p1' },
  folded,
});

const question = (startMillis: number, endMillis: number, pod = '.*'): MergeQuestion => ({
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [{ name: 'pod', op: '=~', value: pod }],
  startMillis,
  endMillis,
  callSite: [],
});

async function treeOf(context: QuestionContext, asks: MergeQuestion): Promise<readonly string[]> {
  const { count, parent, name, names, total, self } = await mergeCallTree(context, asks, 10_000);
  const pathOf = (node: number): string =>
    node <= 0 ? '' : `${pathOf(parent[node] ?? 0)};${names[name[node] ?? 0] ?? ''}`;
  return Array.from({ length: count }, (_, node) => `${pathOf(node)} ${self[node]} ${total[node]}`).sort();
}

test('what was asked twice is answered from memory, and the same', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main;a 3', 'main;b 5'));
  await room.write(profileAt(noon + heldMillis, 'main;a 4'));
  const asks = question(noon - 1_000, noon + 2 * heldMillis);
  const first = await treeOf(room.kept, asks);
  expect(first).toContain(';main;a 7 7');
  expect(await treeOf(room.kept, asks)).toEqual(first);
  expect(await treeOf(room.kept, asks)).toEqual(first);
  expect(room.readings).toEqual(['sumStacks', 'readSamples']);
});

test('a profile that comes into a slice in memory is in the next answer', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main 3'));
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, asks)).toContain(';main 3 3');
  await room.write(profileAt(noon + 1, 'main 4'));
  expect(await treeOf(room.kept, asks)).toContain(';main 7 7');
});

test("minutes that profiles still come into are the store's", async () => {
  const room = roomOf({ nowMillis: noon + heldMillis });
  await room.write(profileAt(noon - heldMillis, 'main 3'));
  await room.write(profileAt(noon + 1, 'main 4'));
  const asks = question(noon - heldMillis - 1_000, noon + heldMillis);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, asks)).toContain(';main 7 7');
  expect(room.readings).toEqual(['sumStacks', 'readSamples', 'sumStacks', 'sumStacks']);
});

test('stacks that were forgotten are read again', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main 3'));
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) {
    expect(await treeOf(room.kept, asks)).toContain(';main 3 3');
    room.kept.memory.forget('anonymous');
  }
  expect(room.readings).toEqual(['sumStacks', 'readSamples', 'readSamples']);
});

test('what is larger than half the budget is not kept, nor measured again', async () => {
  const room = roomOf({ budgetBytes: 1_000 });
  await room.write(profileAt(noon, ...Array.from({ length: 60 }, (_, i) => `main;f${i} 3`)));
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, asks)).toContain(';main 0 180');
  expect(room.readings).toEqual(['sumStacks', 'sumStacks', 'sumStacks']);
});

test('a long range that is too large to keep leaves a short one of the same series its place', async () => {
  const room = roomOf({ budgetBytes: 20_000 });
  for (let i = 0; i < 12; i++)
    await room.write(profileAt(noon + i * heldMillis, ...Array.from({ length: 100 }, (_, f) => `main;f${f} 3`)));
  const long = question(noon - 1_000, noon + 12 * heldMillis);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, long)).toContain(';main 0 3600');
  room.readings.length = 0;
  const short = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, short)).toContain(';main 0 300');
  expect(room.readings).toEqual(['readSamples']);
  expect(await treeOf(room.kept, long)).toContain(';main 0 3600');
  expect(room.readings).toEqual(['readSamples', 'sumStacks']);
});

test('what cannot be read one by one is summed by the store, and not tried again', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main 3'));
  room.refusal = () => new InputError('resource_exhausted', 'memory limit exceeded');
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, asks)).toContain(';main 3 3');
  expect(room.readings).toEqual(['sumStacks', 'readSamples', 'sumStacks', 'sumStacks']);
});

test('a question that was given up while its samples are read ends, and says nothing of others', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main 3'));
  const asks = question(noon - 1_000, noon + 1_000);
  await treeOf(room.kept, asks);
  const asker = new AbortController();
  const canceled = new InputError('canceled', 'given up');
  room.refusal = () => {
    asker.abort();
    return canceled;
  };
  await expect(treeOf({ ...room.kept, signal: asker.signal }, asks)).rejects.toBe(canceled);
  room.refusal = undefined;
  room.readings.length = 0;
  for (let i = 0; i < 2; i++) expect(await treeOf(room.kept, asks)).toContain(';main 3 3');
  expect(room.readings).toEqual(['readSamples']);
});

/** Resolves behind all that is under way, with nothing left that is not held. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  // Buffers are only let go behind the collection that found them.
  for (let i = 0; i < 3; i++) {
    runInNewContext('gc()');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('stacks that were forgotten take no room: their samples do not keep them', async () => {
  const room = roomOf();
  await room.write(profileAt(noon, 'main 3'));
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) await treeOf(room.kept, asks);
  const forgotten = new WeakRef(room.kept.memory.knownOf('anonymous'));
  room.kept.memory.forget('anonymous');
  await collectGarbage();
  expect(forgotten.deref()).toBeUndefined();
  expect(await treeOf(room.kept, asks)).toContain(';main 3 3');
});

function heldOf(known: KnownStacks, profiles: number, samplesPerProfile: number | undefined): HeldRows {
  const ids = new BigUint64Array(profiles * (samplesPerProfile ?? 0));
  const stored = {
    seriesIds: new BigUint64Array(profiles),
    timesNanos: BigInt64Array.from({ length: profiles }, (_, i) => nanos(noon + 1 + i)),
    durationsNanos: new BigInt64Array(profiles),
    periods: new BigInt64Array(profiles),
    totals: new BigInt64Array(profiles),
    sampleStart: Uint32Array.from({ length: profiles + 1 }, (_, i) => i * (samplesPerProfile ?? 0)),
    stackIds: ids,
    values: new BigInt64Array(ids.length),
  };
  const located = { known, places: new Int32Array(ids.length) };
  const slices = splitRows(stored, samplesPerProfile === undefined ? undefined : located).get(0n);
  return [...(slices?.values() ?? [])][0] ?? noRows;
}

for (const [profiles, samples, count] of [
  [1, 10, 5_000],
  [5, undefined, 5_000],
  [20, 100, 2_000],
] as const) {
  test(`${profiles} profiles of ${samples ?? 'no'} samples take no more room than is counted`, async () => {
    const used = async (): Promise<number> => {
      await collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const known = new KnownStacks();
    const before = await used();
    const held = new Map(
      Array.from({ length: count }, (_, i) => [`5983920/${i}/anonymous`, heldOf(known, profiles, samples)]),
    );
    const room = (await used()) - before;
    const counted = [...held.values()].reduce((sum, rows) => sum + bytesOfHeld(rows), 0);
    expect(room).toBeGreaterThan(counted / 3);
    expect(room).toBeLessThan(1.3 * counted);
  });
}

test('sums past 2^53 stay exact, because the store makes them', async () => {
  const room = roomOf();
  const half = 2n ** 52n + 1n;
  await room.write(profileAt(noon, `main ${half}`));
  await room.write(profileAt(noon + 1, `main ${half}`));
  const asks = question(noon - 1_000, noon + 1_000);
  for (let i = 0; i < 3; i++) expect(await treeOf(room.kept, asks)).toContain(`;main ${2n * half} ${2n * half}`);
});

test('many slices are read in the background, and then are there', async () => {
  const room = roomOf();
  for (const hours of [0, 3, 6]) await room.write(profileAt(noon + hours * 3_600_000, 'main 3'));
  const asks = question(noon - 1_000, noon + 6 * 3_600_000);
  await room.write(profileAt(noon + 1_000, 'main 1'));
  for (let i = 0; i < 3; i++) await treeOf(room.kept, asks);
  // One slice in the middle is written to: what is missing is two runs.
  await room.write(profileAt(noon + 1_000, 'main 1'));
  await room.write(profileAt(noon + 3 * 3_600_000, 'main 1'));
  room.readings.length = 0;
  expect(await treeOf(room.kept, asks)).toContain(';main 12 12');
  await room.samples.settled();
  expect(await treeOf(room.kept, asks)).toContain(';main 12 12');
  expect(room.readings).toEqual(['readSamples', 'sumStacks', 'readSamples']);
});

const times = fc.integer({ min: -3 * heldMillis, max: 3 * heldMillis });
const profiles = fc.array(
  fc.record({
    at: times,
    pod: fc.constantFrom('p1', 'p2', 'p3'),
    folded: fc.uniqueArray(fc.constantFrom('main;a', 'main;b', 'main;a;c', 'idle'), { minLength: 1 }),
    value: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  { minLength: 1, maxLength: 12 },
);
const asked = fc.array(fc.record({ from: times, length: times, pod: fc.constantFrom('p1', 'p2|p3', '.*') }), {
  minLength: 1,
  maxLength: 4,
});

test('any questions in any order, with writes between them, are answered as the store answers', async () => {
  await fc.assert(
    fc.asyncProperty(profiles, profiles, asked, times, async (before, after, asks, nowOffset) => {
      const room = roomOf({ nowMillis: noon + nowOffset });
      const writeAll = async (list: typeof before): Promise<void> => {
        for (const { at, pod, folded, value } of list) {
          const lines = folded.map((stack) => `${stack} ${value}`);
          await room.write({ timeNanos: nanos(noon + at) + BigInt(value), labels: { pod }, folded: lines });
        }
      };
      const askAll = async (): Promise<void> => {
        for (const { from, length, pod } of asks) {
          const start = noon + from;
          const merge = question(start, start + Math.abs(length), pod);
          expect(await treeOf(room.kept, merge)).toEqual(await treeOf(room.asked, merge));
          const series: SeriesQuestion = {
            ...question(start, start + Math.abs(length), pod),
            ...{ groupBy: ['pod'], stepSeconds: 60, aggregation: 'sum', limit: undefined, exemplars: false },
          };
          expect(await selectSeries(room.kept, series)).toEqual(await selectSeries(room.asked, series));
        }
      };
      await writeAll(before);
      for (let i = 0; i < 3; i++) await askAll();
      await writeAll(after);
      await askAll();
    }),
    { numRuns: 60 },
  );
});
