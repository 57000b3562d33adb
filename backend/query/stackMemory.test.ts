import { dayOfNanos } from '../model/time.ts';
import { assertStackIntegrity } from '../model/assertProfileIntegrity.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { functionRow, ids, locationRow, noon, stackRow, stacksAsText } from '../store/madeUpRows.ts';
import type { Store } from '../store/store.ts';
import { selectStacks } from './selectStacks.ts';
import { StackMemory } from './stackMemory.ts';

const range = { start: noon, end: noon };

/** Stacks 1 .. count of two frames each, the root's alike, the leaves' with inlined calls and without symbols. */
async function storeWith(tenant: string, count: number, store: Store = openMemoryStore()): Promise<Store> {
  const numbers = Array.from({ length: count }, (_, i) => BigInt(i + 1));
  const binary = { file: '/bin/app', buildId: 'b1', address: 2n ** 63n + 5n, mappingLimit: 2n ** 64n - 1n };
  await store.write({
    tenant,
    records: [],
    dictionary: [
      {
        day: dayOfNanos(noon),
        stacks: numbers.map((n) => stackRow(n, 1000n + n, 1000n)),
        locations: [
          locationRow(1000n, [5000n]),
          ...numbers.map((n) =>
            n % 3n === 0n ? locationRow(1000n + n, [], binary) : locationRow(1000n + n, [6000n + n, 5000n]),
          ),
        ],
        functions: [
          functionRow(5000n, 'main', { file: 'main.go', startLine: 3 }),
          ...numbers.map((n) => functionRow(6000n + n, `f${n}`, { startLine: -1 })),
        ],
      },
    ],
  });
  return store;
}

/** Counts what the store is asked for. */
function countReadings(store: Store): { store: Store; readings: number[] } {
  const readings: number[] = [];
  return {
    readings,
    store: {
      ...store,
      catalog: store.catalog,
      hashKey: store.hashKey,
      readStacks: (tenant, within, stackIds, signal) => {
        readings.push(stackIds.length);
        return store.readStacks(tenant, within, stackIds, signal);
      },
    },
  };
}

test('what is remembered is what the store says, also when it comes in pieces', async () => {
  const store = await storeWith('t', 9);
  const memory = new StackMemory(2 ** 26);
  for (const wanted of [ids(3n, 1n), ids(9n, 3n, 2n), ids(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n)]) {
    const recalled = await memory.recall(store, 't', range, wanted);
    const { stacks } = selectStacks(recalled, new BigInt64Array(wanted.length), []);
    assertStackIntegrity(stacks);
    expect(stacksAsText(stacks)).toEqual(stacksAsText(await store.readStacks('t', range, wanted)));
  }
});

test('a stack is read once, however often it is asked for, and by each tenant', async () => {
  const { store, readings } = countReadings(await storeWith('b', 5, await storeWith('a', 5)));
  const memory = new StackMemory(2 ** 26);
  await memory.recall(store, 'a', range, ids(1n, 2n));
  await memory.recall(store, 'a', range, ids(2n, 1n, 3n));
  await memory.recall(store, 'a', range, ids(3n));
  await memory.recall(store, 'b', range, ids(3n));
  expect(readings).toEqual([2, 1, 1]);
});

test('a stack that nobody knows is asked for again, since it may come later', async () => {
  const empty = openMemoryStore();
  const memory = new StackMemory(2 ** 26);
  expect([...(await memory.recall(empty, 't', range, ids(1n))).places]).toEqual([-1]);
  await storeWith('t', 1, empty);
  expect([...(await memory.recall(empty, 't', range, ids(1n))).places]).toEqual([0]);
});

test('two questions at once that miss the same stack remember it once', async () => {
  const store = await storeWith('t', 4);
  const memory = new StackMemory(2 ** 26);
  const [a, b] = await Promise.all(
    [ids(1n, 2n, 3n), ids(3n, 2n, 4n)].map((wanted) => memory.recall(store, 't', range, wanted)),
  );
  expect(a?.known.table().stackCount).toBe(4);
  expect([...(b?.places ?? [])].map((place) => place >= 0)).toEqual([true, true, true]);
});

test('over its budget the tenant asked longest ago is forgotten, and one that is larger alone is answered still', async () => {
  const store = await storeWith('c', 2_000, await storeWith('b', 50, await storeWith('a', 50)));
  const { store: counted, readings } = countReadings(store);
  const memory = new StackMemory(400_000);
  await memory.recall(counted, 'a', range, ids(1n));
  await memory.recall(counted, 'b', range, ids(1n));
  const all = BigUint64Array.from({ length: 2_000 }, (_, i) => BigInt(i + 1));
  const large = await memory.recall(counted, 'c', range, all);
  expect(large.places.every((place) => place >= 0)).toBe(true);
  expect(memory.bytes()).toBeLessThanOrEqual(400_000);
  await memory.recall(counted, 'a', range, ids(1n));
  expect(readings).toEqual([1, 1, 2_000, 1]);
});

test('what is forgotten is read again', async () => {
  const { store, readings } = countReadings(await storeWith('t', 1));
  const memory = new StackMemory(2 ** 26);
  await memory.recall(store, 't', range, ids(1n));
  memory.forget('t');
  await memory.recall(store, 't', range, ids(1n));
  expect(readings).toEqual([1, 1]);
});
