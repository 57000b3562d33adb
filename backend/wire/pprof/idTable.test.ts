import fc from 'fast-check';
import { IdTable } from './idTable.ts';

const word = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.nat(4_095).map((high) => high * 2 ** 20),
);
const id = fc.tuple(word, fc.oneof(fc.constant(0), word));

test('ids lead to the first row that has them, as in a map', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), fc.array(id), (rows, others) => {
      const table = new IdTable(rows.length);
      const twin = new Map<string, number>();
      rows.forEach(([low, high], place) => {
        table.add(low, high);
        if (!twin.has(`${high}/${low}`)) twin.set(`${high}/${low}`, place);
      });
      for (const [low, high] of [...rows, ...others])
        expect(table.find(low, high)).toBe(twin.get(`${high}/${low}`) ?? -1);
    }),
  );
});

test('ids from 1 in order are places themselves, and nothing else is there', () => {
  const table = new IdTable(3);
  for (let low = 1; low <= 3; low++) table.add(low, 0);
  expect([1, 2, 3].map((low) => table.find(low, 0))).toEqual([0, 1, 2]);
  expect([table.find(0, 0), table.find(4, 0), table.find(1, 1), table.find(2 ** 32 - 1, 0)]).toEqual([-1, -1, -1, -1]);
});

test('a table without rows has nothing', () => {
  expect(new IdTable(0).find(0, 0)).toBe(-1);
  expect(new IdTable(0).find(1, 0)).toBe(-1);
});

test('a hundred thousand ids that share their low bits are all found', () => {
  const count = 100_000;
  const table = new IdTable(count);
  for (let i = 0; i < count; i++) table.add(((i % 4_096) * 2 ** 20) >>> 0, i >>> 12);
  for (let i = 0; i < count; i++)
    if (table.find(((i % 4_096) * 2 ** 20) >>> 0, i >>> 12) !== i) throw new Error(`id ${i} is lost`);
  expect(table.find(1, 0)).toBe(-1);
});
