import { defaultLimits } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { Label } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import { SampleBuilder, TableBuilder } from '../model/profileBuilder.ts';
import { textAt } from '../model/stackTable.ts';
import { unixNanos } from '../model/time.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import type { Store } from '../store/store.ts';
import { createIngest } from './accept.ts';

const nowMillis = 1_700_000_000_000;
const time = BigInt(nowMillis) * 1_000_000n;

interface Sample {
  /** "a;b;c", root first. A frame "0x10@lib" has no symbol. */
  readonly stack: string;
  readonly values: readonly bigint[];
  readonly labels?: Readonly<Record<string, string>>;
}

function profileOf(samples: readonly Sample[], change: Partial<Profile> = {}): Profile {
  const table = new TableBuilder();
  const builder = new SampleBuilder(2);
  const mapping = table.mapping({ file: '/usr/lib/lib.so', buildId: 'b1', start: 0x1000n, limit: 0x9000n, offset: 0n });
  for (const { stack, values, labels = {} } of samples) {
    const frames = stack === '' ? [] : stack.split(';').toReversed();
    const locations = frames.map((name) =>
      name.startsWith('0x') ? table.location([], mapping, BigInt(name)) : table.location([{ name }]),
    );
    const pairs = Object.entries(labels).map(([name, text]) => [table.string(name), table.string(text)] as const);
    builder.add(locations, values, pairs);
  }
  return {
    ...builder.finish(table.finish(), {
      sampleTypes: [
        { type: 'samples', unit: 'count' },
        { type: 'cpu', unit: 'nanoseconds' },
      ],
      periodType: { type: 'cpu', unit: 'nanoseconds' },
      period: 10_000_000n,
      timeNanos: unixNanos(time),
      durationNanos: 0n,
    }),
    ...change,
  };
}

const service: readonly Label[] = [
  { name: '__name__', value: 'process_cpu' },
  { name: 'service_name', value: 'a' },
];

function ingestInto(store: Store, limits: Partial<Limits> = {}) {
  const discarded: string[] = [];
  const ingest = createIngest({
    store,
    limits: { ...defaultLimits, ...limits },
    now: () => nowMillis,
    onDiscard: (reason, samples) => discarded.push(`${reason} ${samples}`),
  });
  return {
    discarded,
    accept: (profile: Profile, labels: readonly Label[] = service) =>
      ingest.accept({ tenant: 't', labels, profile, rawBytes: 1_000 }),
  };
}

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const range = { start: unixNanos(0n), end: unixNanos(2n * time) };

/** What the store holds of the cpu type: "labels: stack value", sorted. */
async function contentOf(store: Store, spanIds?: BigUint64Array): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { id, labels, profileType } of store.catalog.select('t', [])) {
    if (profileType !== cpu) continue;
    const own = labels.filter(({ name }) => !name.startsWith('__') && name !== 'service_name');
    const scope = { tenant: 't', seriesIds: BigUint64Array.of(id), range, ...(spanIds && { spanIds }) };
    const { stackIds, values } = await store.sumStacks(scope);
    const stacks = await store.readStacks('t', range, stackIds);
    stackIds.forEach((_, stack) => {
      const locations = stacks.stackLocations.subarray(stacks.stackStart[stack], stacks.stackStart[stack + 1]);
      const names = Array.from(locations, (location) => {
        const line = stacks.locations.lineStart[location] ?? 0;
        if (line === stacks.locations.lineStart[location + 1])
          return `0x${stacks.locations.address[location]?.toString(16)}`;
        return textAt(stacks.strings, stacks.functions.name[stacks.locations.lineFunction[line] ?? 0] ?? 0);
      });
      const pairs = own.map(({ name, value }) => `${name}=${value} `).join('');
      lines.push(`${pairs}${names.toReversed().join(';')} ${values[stack]}`);
    });
  }
  return lines.sort();
}

test('samples of equal stacks are one, types are series of their own', async () => {
  const store = openMemoryStore();
  await ingestInto(store).accept(
    profileOf([
      { stack: 'main;work', values: [1n, 10n] },
      { stack: 'main;rest', values: [0n, 5n] },
      { stack: 'main;work', values: [2n, 20n] },
    ]),
  );
  expect(await contentOf(store)).toEqual(['main;rest 5', 'main;work 30']);
  const labels = store.catalog
    .select('t', [])
    .map((series) => series.labels.map(({ name, value }) => `${name}=${value}`));
  expect(labels[1]).toEqual([
    '__name__=process_cpu',
    '__period_type__=cpu',
    '__period_unit__=nanoseconds',
    `__profile_type__=${cpu}`,
    '__service_name__=a',
    '__type__=cpu',
    '__unit__=nanoseconds',
    'service_name=a',
  ]);
  expect(labels).toHaveLength(2);
});

test('names of a Go program lose their type parameters, those of others do not', async () => {
  const profile = profileOf([
    { stack: 'main;sort[go.shape.int]', values: [1n, 10n] },
    { stack: 'main;sort[go.shape.string]', values: [1n, 5n] },
  ]);
  const store = openMemoryStore();
  const { accept } = ingestInto(store);
  await accept(profile, [...service, { name: 'pyroscope_spy', value: 'gospy' }]);
  await accept(profile, [...service, { name: 'pyroscope_spy', value: 'rbspy' }]);
  expect(await contentOf(store)).toEqual([
    'pyroscope_spy=gospy main;sort 15',
    'pyroscope_spy=rbspy main;sort[go.shape.int] 10',
    'pyroscope_spy=rbspy main;sort[go.shape.string] 5',
  ]);
});

test('the same stack has the same id in every profile, and is written once', async () => {
  const store = openMemoryStore();
  const batches: number[] = [];
  const write = store.write.bind(store);
  store.write = (batch) => {
    batches.push(batch.dictionary.reduce((sum, { stacks }) => sum + stacks.length, 0));
    return write(batch);
  };
  const { accept } = ingestInto(store);
  const profile = profileOf([{ stack: 'main;work', values: [1n, 10n] }]);
  await accept(profile);
  await accept(profile);
  expect(batches).toEqual([1, 0]);
  expect(await contentOf(store)).toEqual(['main;work 20']);
});

test('what a failed commit should have written is written again', async () => {
  const store = openMemoryStore();
  const write = store.write.bind(store);
  let fails = true;
  store.write = (batch) => (fails ? Promise.reject(new Error('disk full')) : write(batch));
  const { accept } = ingestInto(store);
  const profile = profileOf([{ stack: 'main;work', values: [1n, 10n] }]);
  await expect(accept(profile)).rejects.toThrow('disk full');
  fails = false;
  await accept(profile);
  expect(await contentOf(store)).toEqual(['main;work 10']);
});

test('samples with a negative value are dropped and counted, those of nothing but 0 are dropped', async () => {
  const store = openMemoryStore();
  const { accept, discarded } = ingestInto(store);
  await accept(
    profileOf([
      { stack: 'a', values: [1n, -1n] },
      { stack: 'b', values: [0n, 0n] },
      { stack: 'c', values: [1n, 1n] },
    ]),
  );
  expect(await contentOf(store)).toEqual(['c 1']);
  expect(discarded).toEqual(['negative_value 1']);
});

test('a profile of which nothing is left is taken and leaves no trace', async () => {
  const store = openMemoryStore();
  await ingestInto(store).accept(profileOf([{ stack: 'a', values: [0n, 0n] }]));
  expect(store.catalog.seriesCount()).toBe(0);
});

test('labels of samples become labels of series; the series has the last word', async () => {
  const store = openMemoryStore();
  await ingestInto(store).accept(
    profileOf([
      { stack: 'a', values: [1n, 1n], labels: { thread: 'x', service_name: 'other' } },
      { stack: 'a', values: [1n, 2n], labels: { thread: 'y' } },
      { stack: 'a', values: [1n, 4n] },
    ]),
  );
  expect(await contentOf(store)).toEqual(['a 4', 'thread=x a 1', 'thread=y a 2']);
});

test('a sample label that cannot stay is dropped and counted and costs nothing else', async () => {
  const store = openMemoryStore();
  const { accept, discarded } = ingestInto(store, { labelValueBytes: 11, labelNamesPerSeries: 4, labelsPerSample: 3 });
  await accept(
    profileOf([
      { stack: 'a', values: [1n, 1n], labels: { ok: 'x', long: 'abcdefghijkl' } },
      { stack: 'b', values: [1n, 2n], labels: { k1: '1', k2: '2', k3: '3' } },
      { stack: 'c', values: [1n, 4n], labels: { k1: '1', ok: 'x', k2: '2', k3: '3' } },
      { stack: 'd', values: [1n, 8n], labels: { __type__: 'x', __delta__: '1' } },
    ]),
  );
  expect(await contentOf(store)).toEqual(['d 8', 'k1=1 k2=2 b 2', 'k1=1 ok=x c 4', 'ok=x a 1']);
  expect(discarded).toEqual([
    'invalid_sample_label 1',
    'invalid_sample_label 1',
    'sample_labels_limit 1',
    'invalid_sample_label 1',
    'invalid_sample_label 1',
  ]);
});

test('spans stay with their samples, and a bad span id costs only itself', async () => {
  const store = openMemoryStore();
  const { accept, discarded } = ingestInto(store);
  await accept(
    profileOf([
      { stack: 'a', values: [1n, 1n], labels: { span_id: '00000000000000ff' } },
      { stack: 'a', values: [1n, 2n], labels: { profile_id: '00000000000000ff' } },
      { stack: 'a', values: [1n, 4n], labels: { span_id: '239' } },
      { stack: 'a', values: [1n, 8n], labels: { span_id: '0000000000000001', profile_id: '00000000000000ff' } },
    ]),
  );
  expect(await contentOf(store)).toEqual(['a 15']);
  expect(await contentOf(store, BigUint64Array.of(0xffn))).toEqual(['a 3']);
  expect(discarded).toEqual(['invalid_span_id 1']);
});

test('frames without symbols keep their address; a deep stack keeps its root', async () => {
  const store = openMemoryStore();
  await ingestInto(store, { stackDepth: 2 }).accept(
    profileOf([
      { stack: 'main;0x1234', values: [1n, 1n] },
      { stack: 'main;a;b;c', values: [1n, 2n] },
    ]),
  );
  expect(await contentOf(store)).toEqual(['main;0x1234 1', 'main;a 2']);
});

test('a symbol that is too long keeps its tail, at the border of a character', async () => {
  const store = openMemoryStore();
  await ingestInto(store, { symbolBytes: 5 }).accept(profileOf([{ stack: 'xxéabcd', values: [1n, 1n] }]));
  expect(await contentOf(store)).toEqual(['abcd 1']);
});

for (const [what, change, message] of [
  [
    'too old',
    { timeNanos: unixNanos(time - 3_600_000_000_000n) },
    /outside of ingestion window.*starts at 2023-11-14T21:13:20.000Z/,
  ],
  ['too new', { timeNanos: unixNanos(time + 600_000_000_000n) }, /outside of ingestion window/],
  ['without types', { sampleTypes: [] }, /empty profile/],
  ['of a type with a hyphen', { sampleTypes: [{ type: 'a-b', unit: '' }] }, /sample type contains -: "a-b"/],
] as const) {
  test(`a profile ${what} is refused`, async () => {
    const profile = profileOf([{ stack: 'a', values: [1n, 1n] }], change);
    await expect(ingestInto(openMemoryStore()).accept(profile)).rejects.toThrow(message);
  });
}

test('limits are named with their value and what came', async () => {
  const profile = profileOf([
    { stack: 'a', values: [1n, 1n] },
    { stack: 'b', values: [1n, 1n] },
  ]);
  const store = openMemoryStore();
  await expect(ingestInto(store, { samplesPerProfile: 1 }).accept(profile)).rejects.toThrow(
    /--max-profile-samples, actual: 2, limit: 1/,
  );
  await expect(ingestInto(store, { profileBytes: 999 }).accept(profile)).rejects.toThrow(
    /--max-profile-size, actual: 1000, limit: 999/,
  );
});

test('a profile without a time is of now', async () => {
  const store = openMemoryStore();
  await ingestInto(store).accept(profileOf([{ stack: 'a', values: [1n, 1n] }], { timeNanos: unixNanos(0n) }));
  expect(store.catalog.bounds('t')?.newest).toBe(time);
});
