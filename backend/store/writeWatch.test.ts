import { InputError } from '../errors.ts';
import { nanosOfMillis, unixNanos } from '../model/time.ts';
import { openMemoryStore } from './memory/openMemoryStore.ts';
import { batchOf, noonMillis } from '../metrics/testProfiles.ts';
import { sliceMillis, sliceOf, watchWrites } from './writeWatch.ts';

const noon = noonMillis / sliceMillis;

for (const [millis, slice] of [
  [noonMillis, noon - 1],
  [noonMillis + 1, noon],
  [noonMillis + sliceMillis, noon],
  [noonMillis + sliceMillis + 1, noon + 1],
] as const) {
  test(`${millis - noonMillis} ms after noon lie in slice ${slice - noon}, with the fraction of their last millisecond`, () => {
    const nanos = nanosOfMillis(millis);
    expect(sliceOf(nanos)).toBe(slice);
    expect(sliceOf(unixNanos(nanos + 999_999n))).toBe(slice);
  });
}

test('only slices that are written into get another version', async () => {
  const { store, writes } = watchWrites(openMemoryStore());
  const before = [noon - 1, noon, noon + 1].map((slice) => writes.versionOf(slice));
  await store.write(batchOf({ seconds: 1, folded: ['a 1'] }));
  const after = [noon - 1, noon, noon + 1].map((slice) => writes.versionOf(slice));
  expect(after.map((version, i) => version !== before[i])).toEqual([false, true, false]);
  await store.write(batchOf({ seconds: 2, folded: ['a 1'] }));
  expect(writes.versionOf(noon)).not.toBe(after[1]);
});

test('a write that fails may have been seen, so it counts', async () => {
  const broken = {
    hashKey: new Uint8Array(8),
    write: () => Promise.reject(new InputError('unavailable', 'no disk')),
  };
  const { store, writes } = watchWrites(broken);
  const before = writes.versionOf(noon);
  await expect(store.write(batchOf({ seconds: 1, folded: ['a 1'] }))).rejects.toThrow('no disk');
  expect(writes.versionOf(noon)).not.toBe(before);
});

test('what is forgotten of old slices never makes an old version good again', async () => {
  const { store, writes } = watchWrites({ hashKey: new Uint8Array(8), write: () => Promise.resolve() });
  const [record] = batchOf({ seconds: 1, folded: ['a 1'] }).records;
  if (record === undefined) throw new Error('a record');
  const untouched = writes.versionOf(5);
  const records = Array.from({ length: 40_321 }, (_, i) => ({
    ...record,
    timeNanos: nanosOfMillis((noon + i) * sliceMillis + 1),
  }));
  await store.write({ tenant: 'a', records, dictionary: [] });
  const versions = [5, noon, noon + 40_320].map((slice) => writes.versionOf(slice));
  for (const version of versions) expect(version).not.toBe(untouched);
});
