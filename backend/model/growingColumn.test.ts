import { GrowingUint32 } from './growingColumn.ts';
import { TableBuilder } from './profileBuilder.ts';

test('a column takes numbers one by one and many at once, past any room it had', () => {
  const column = new GrowingUint32(16);
  const expected: number[] = [];
  for (const count of [0, 1, 15, 16, 17, 100, 3]) {
    const values = Array.from({ length: count }, (_, i) => expected.length + i);
    column.pushAll(count % 2 === 0 ? values : Uint32Array.from(values));
    column.push(4_294_967_295);
    expected.push(...values, 4_294_967_295);
  }
  expect([...column.finish()]).toEqual(expected);
  expect(column.length).toBe(expected.length);
});

test('a location may have 200,000 lines', () => {
  const table = new TableBuilder();
  table.location(Array.from({ length: 200_000 }, (_, line) => ({ name: 'inlined', line })));
  const { locations } = table.finish();
  expect([...locations.lineStart]).toEqual([0, 200_000]);
  expect(locations.lineNumber[199_999]).toBe(199_999);
});
