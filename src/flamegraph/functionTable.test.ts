import fc from 'fast-check';
import type { FlameGraphData } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { filterRows, sortRows, sumFunctions } from './functionTable.ts';
import { randomStacks } from './randomStacks.ts';
import { layoutTree } from './treeLayout.ts';

/** The slow twin: stack by stack, with a set of the names in it. */
function slowSums({ count, level, name, self }: FlameGraphData): ReadonlyMap<number, readonly [number, number]> {
  const sums = new Map<number, readonly [number, number]>();
  const stack: number[] = [];
  for (let bar = 0; bar < count; bar++) {
    const depth = level[bar] ?? 0;
    stack.length = depth;
    stack[depth] = name[bar] ?? 0;
    if (depth === 0) continue;
    for (const each of new Set(stack.slice(1))) {
      const [own, total] = sums.get(each) ?? [0, 0];
      sums.set(each, [own + (each === stack[depth] ? (self[bar] ?? 0) : 0), total + (self[bar] ?? 0)]);
    }
  }
  return sums;
}

test('self and total are what the slow twin sums', () => {
  fc.assert(
    fc.property(randomStacks, (data) => {
      const table = sumFunctions(layoutTree(data));
      const fast = new Map([...table.rows].map((row) => [row, [table.self[row] ?? 0, table.total[row] ?? 0]]));
      expect(fast).toEqual(new Map([...slowSums(data)].sort(([a], [b]) => a - b)));
    }),
  );
});

const table = sumFunctions(layoutTree(readFoldedStacks('f;g;f;g 5\nf 1\nh;g 2\nidle 2')));
const named = (rows: Uint32Array): readonly string[] => [...rows].map((row) => table.names[row] ?? '');

test('recursion counts once a stack', () => {
  const totals = [...table.rows].map((row) => `${table.names[row] ?? ''} ${table.total[row] ?? 0}`);
  expect(totals.sort()).toEqual(['f 6', 'g 7', 'h 2', 'idle 2']);
});
test('the root is no function', () => expect(named(table.rows)).not.toContain('total'));

test('rows are sorted by any column; equals by the other value, then by name', () => {
  expect(named(sortRows(table, { column: 'self', isDescending: true }))).toEqual(['g', 'idle', 'f', 'h']);
  expect(named(sortRows(table, { column: 'self', isDescending: false }))).toEqual(['h', 'f', 'idle', 'g']);
  expect(named(sortRows(table, { column: 'total', isDescending: true }))).toEqual(['g', 'f', 'idle', 'h']);
  expect(named(sortRows(table, { column: 'name', isDescending: false }))).toEqual(['f', 'g', 'h', 'idle']);
  expect(named(sortRows(table, { column: 'name', isDescending: true }))).toEqual(['idle', 'h', 'g', 'f']);
});

test('the filter keeps the order', () => {
  const rows = sortRows(table, { column: 'name', isDescending: true });
  const matches = Uint8Array.from(table.names, (name) => (/[fh]/.test(name) ? 1 : 0));
  expect(named(filterRows(rows, matches))).toEqual(['h', 'f']);
  expect(filterRows(rows, undefined)).toBe(rows);
});
