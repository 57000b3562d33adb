import { assertStackIntegrity } from '../model/assertProfileIntegrity.ts';
import { unixNanos } from '../model/time.ts';
import {
  batchOf,
  dictionaryOf,
  functionRow,
  ids,
  locationRow,
  noon,
  profilesAsText,
  seriesOf,
  stackRow,
  stacksAsText,
  sumsAsText,
  totalsAsText,
} from './madeUpRows.ts';
import { openMemoryStore } from './memory/openMemoryStore.ts';
import { storeContract } from './storeContract.ts';
import type { SampleScope, Store } from './store.ts';
import { tenantUnion } from './tenantUnion.ts';

// For one tenant the union is the store itself.
storeContract('union of one tenant', { open: (options) => Promise.resolve(tenantUnion(openMemoryStore(options))) });

const range = { start: unixNanos(0n), end: unixNanos(10n ** 30n) };

describe('a question about two tenants', () => {
  let store: Store;
  const both = (): SampleScope => ({ tenant: 'a|b', seriesIds: seriesOf(store, 'a|b'), range });

  beforeAll(async () => {
    const plain = openMemoryStore();
    store = tenantUnion(plain);
    const shared = stackRow(1n, 10n);
    await plain.write({
      ...batchOf('a', { pod: 'x', samples: [{ stack: 1n, value: 5n }] }),
      dictionary: [
        dictionaryOf(noon, {
          stacks: [shared],
          locations: [locationRow(10n, [100n])],
          functions: [functionRow(100n, 'shared')],
        }),
      ],
    });
    await plain.write({
      ...batchOf('b', {
        pod: 'x',
        profile: 2,
        time: noon + 1_000_000_000n,
        samples: [
          { stack: 1n, value: 7n },
          { stack: 2n, value: 30n },
        ],
      }),
      dictionary: [
        dictionaryOf(noon, {
          stacks: [shared, stackRow(2n, 20n, 10n)],
          locations: [
            locationRow(10n, [100n]),
            locationRow(20n, [200n, 201n], { file: '/bin/b', buildId: 'b1', address: 64n }),
          ],
          functions: [functionRow(100n, 'shared'), functionRow(200n, 'only', { file: 'b.c' }), functionRow(201n, 'b')],
        }),
      ],
    });
    await plain.write(batchOf('c', { pod: 'x', samples: [{ stack: 1n, value: 1_000n }] }));
  });
  afterAll(() => store.close());

  test('adds up equal stacks and leaves other tenants out', async () => {
    expect(sumsAsText(await store.sumStacks(both()))).toEqual(['1 12', '2 30']);
  });

  test('finds every stack in the tenant that has it', async () => {
    const one = await store.readStacks('b', range, ids(2n, 1n, 9n));
    const two = await store.readStacks('a|b', range, ids(2n, 1n, 9n));
    assertStackIntegrity(two);
    expect(stacksAsText(two)).toEqual(stacksAsText(one));
    expect(stacksAsText(two)).not.toEqual(stacksAsText(await store.readStacks('a', range, ids(2n, 1n, 9n))));
  });

  test('has the totals and the profiles of both', async () => {
    const grid = { startMillis: Number(noon / 1_000_000n), stepMillis: 1_000, pointCount: 3 };
    expect(totalsAsText(store, 'a|b', await store.sumTotals(both(), grid))).toEqual([
      'cpu/x @0 5 of 1',
      'cpu/x @1 37 of 1',
    ]);
    expect(profilesAsText(store, 'a|b', await store.profileTotals(both(), 10))).toHaveLength(2);
    expect(profilesAsText(store, 'a|b', await store.profileTotals(both(), 1))).toHaveLength(1);
  });

  test('spans the time of both', () => {
    expect(store.catalog.bounds('a|b')).toEqual({ oldest: noon, newest: noon + 1_000_000_000n });
    expect(store.catalog.bounds('nobody|none')).toBeUndefined();
  });

  test('cannot be written to', async () => {
    const write = async (): Promise<void> => store.write(batchOf('a|b', {}));
    await expect(write()).rejects.toThrow('one tenant');
  });
});
