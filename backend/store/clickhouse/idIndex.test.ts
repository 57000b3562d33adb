import fc from 'fast-check';
import { wordsOf } from '../../model/int64Column.ts';
import { IdIndex, wordsOfId } from './idIndex.ts';

test('ids get dense indexes in the order in which they come, as a Map would give them', () => {
  const id = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), fc.array(id), fc.nat(50), (added, asked, expected) => {
      const index = new IdIndex(expected);
      const twin = new Map<bigint, number>();
      const words = wordsOf(BigUint64Array.from(added));
      added.forEach((one, at) => {
        if (!twin.has(one)) twin.set(one, twin.size);
        expect(index.add(words, at)).toBe(twin.get(one));
      });
      expect(index.count).toBe(twin.size);
      expect([...index.ids()]).toEqual([...twin.keys()]);
      for (const one of [...added, ...asked]) expect(index.find(wordsOfId(one), 0)).toBe(twin.get(one) ?? -1);
    }),
  );
});

test('ids that differ only in their high word stay apart', () => {
  const ids = BigUint64Array.from({ length: 2_000 }, (_, i) => (BigInt(i) << 32n) + 7n);
  const index = new IdIndex(0);
  expect([...ids].map((_, at) => index.add(wordsOf(ids), at))).toEqual([...ids].map((_, at) => at));
});
