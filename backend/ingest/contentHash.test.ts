import { ContentHash, bigId } from './contentHash.ts';
import { IdSet } from './idSet.ts';
import { KnownIds } from './knownIds.ts';

const key = Uint8Array.from({ length: 8 }, (_, i) => i);

function hashOf(...words: readonly number[]): bigint {
  const hash = new ContentHash(key);
  hash.start();
  for (const word of words) hash.word(word);
  hash.finish();
  return bigId(hash.low, hash.high);
}

// vectors_hsip64 of the reference implementation, key 00 01 .. 07, input 00 01 02 ..: lengths 0, 4 and 8.
for (const [length, expected] of [
  [0, '218d1f59b9b83cc8'],
  [4, 'd5e78a175be52ea1'],
  [8, 'edfee820bce4858c'],
] as const) {
  test(`HalfSipHash-2-4 of ${length} bytes is as the reference has it`, () => {
    const words = Array.from({ length: length / 4 }, (_, i) => 0x03020100 + i * 0x04040404);
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(hashOf(...words));
    expect(bytes.toString('hex')).toBe(expected);
  });
}

test('a border between texts cannot be moved', () => {
  const of = (...texts: readonly string[]) => {
    const hash = new ContentHash(key);
    hash.start();
    for (const text of texts) hash.text(Buffer.from(text), 0, text.length);
    hash.finish();
    return bigId(hash.low, hash.high);
  };
  const all = [of('ab', 'c'), of('a', 'bc'), of('abc', ''), of('', 'abc'), of('abc')];
  expect(new Set(all).size).toBe(all.length);
});

test('an id set numbers ids in the order of adding, however many', () => {
  const set = new IdSet(1);
  for (let i = 0; i < 5_000; i++) expect(set.add(i * 7, i % 3)).toBe(i);
  for (let i = 0; i < 5_000; i++) expect(set.find(i * 7, i % 3)).toBe(i);
  expect(set.has(1, 0)).toBe(false);
});

test('known ids forget the oldest when there are too many, never what was just used', () => {
  const known = new KnownIds(10);
  const add = (id: number): void => {
    const ids = new IdSet();
    ids.add(id, 0);
    known.add('t', 1, ids);
  };
  add(1);
  for (let id = 2; id < 40; id++) {
    add(id);
    expect(known.has('t', 1, 1, 0)).toBe(true);
  }
  expect([known.has('t', 1, 2, 0), known.has('t', 2, 1, 0), known.has('u', 1, 1, 0)]).toEqual([false, false, false]);
});
