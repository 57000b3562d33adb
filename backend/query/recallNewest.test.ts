import type { Store } from '../store/store.ts';
import { mergeCallTree } from './mergeStacks.ts';
import { recallNewest } from './recallNewest.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

const noon = 1_795_176_000_000;
const hour = 3_600_000;

function watchStacks(store: Store): { readonly store: Store; readonly reads: number[] } {
  const reads: number[] = [];
  const readStacks: Store['readStacks'] = (tenant, range, ids, signal) => {
    reads.push(ids.length);
    return store.readStacks(tenant, range, ids, signal);
  };
  const get = (target: Store, name: string | symbol): unknown => {
    if (name === 'readStacks') return readStacks;
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return { store: new Proxy(store, { get }), reads };
}

const profileAt = (millis: number, folded: string) => ({
  timeNanos: BigInt(millis) * 1_000_000n,
  labels: { pod: 'p1' },
  folded: [folded],
});

test('stacks of the newest hour are there before the first question, older ones are not', async () => {
  const { store, reads } = watchStacks(
    await storeOf([
      profileAt(noon - 24 * hour, 'main;old 1'),
      profileAt(noon - hour / 2, 'main;new 2'),
      profileAt(noon, 'main 3'),
    ]),
  );
  const context = asking(store);
  await recallNewest(context);
  expect(reads).toEqual([2]);
  const question = { tenant: 'anonymous', profileType: cpuType, matchers: [], callSite: [] };
  await mergeCallTree(context, { ...question, startMillis: noon - hour, endMillis: noon }, undefined);
  expect(reads).toEqual([2]);
  await mergeCallTree(context, { ...question, startMillis: noon - 25 * hour, endMillis: noon }, undefined);
  expect(reads).toEqual([2, 1]);
});

test('a store that fails is left to the first question', async () => {
  const { store } = watchStacks(await storeOf([profileAt(noon, 'main 3')]));
  const failing = new Proxy(store, {
    get: (target, name): unknown =>
      name === 'sumStacks' ? () => Promise.reject(new Error('the disk is gone')) : Reflect.get(target, name, target),
  });
  await expect(recallNewest(asking(failing))).resolves.toBeUndefined();
});
