import fc from 'fast-check';
import { readFoldedStacks } from './foldedStacks.ts';
import { randomStacks } from './randomStacks.ts';
import type { TreeLayout } from './treeLayout.ts';
import { layoutTree } from './treeLayout.ts';
import type { Zoom } from './visibleBars.ts';
import { barAt, visitLevel } from './visibleBars.ts';

interface Item {
  readonly bars: readonly number[];
  readonly x: number;
  readonly width: number;
  readonly isRun: boolean;
}

function itemsOf(layout: TreeLayout, zoom: Zoom, level: number): readonly Item[] {
  const items: Item[] = [];
  visitLevel(layout, zoom, level, (first, last, x, width, isRun) => {
    items.push({ bars: [...layout.byLevel.subarray(first, last)], x, width, isRun });
  });
  return items;
}

/** The slow twin: looks at every bar of the tree, one by one, and knows no search. */
function slowItems(layout: TreeLayout, { focus, widthPixels }: Zoom, level: number): readonly Item[] {
  const { data, start, stop, parent } = layout;
  const isBelow = (bar: number): boolean => bar === focus || (bar > 0 && isBelow(parent[bar] ?? 0));
  const isAbove = (bar: number): boolean => focus >= bar && focus < (layout.end[bar] ?? 0);
  const origin = start[focus] ?? 0;
  const pixel = ((stop[focus] ?? 0) - origin) / widthPixels;
  const items: { bars: number[]; x: number; width: number; isRun: boolean }[] = [];
  for (let bar = 0; bar < data.count; bar++) {
    if (data.level[bar] !== level) continue;
    const [left, right] = [start[bar] ?? 0, stop[bar] ?? 0];
    if (isAbove(bar)) {
      items.push({ bars: [bar], x: 0, width: widthPixels, isRun: false });
    } else if (isBelow(bar) && pixel > 0) {
      const last = items[items.length - 1];
      const isRun = right - left < pixel;
      if (last?.isRun === true && right < (start[last.bars[0] ?? 0] ?? 0) + pixel) last.bars.push(bar);
      else items.push({ bars: [bar], x: (left - origin) / pixel, width: isRun ? 1 : (right - left) / pixel, isRun });
    }
  }
  return items;
}

/** A focus and a width at which a pixel is a whole number of values, so that rounding plays no part. */
const zooms = fc.tuple(randomStacks, fc.nat(), fc.constantFrom(0.5, 1, 2, 8, 64)).map(([data, pick, pixel]) => {
  const layout = layoutTree(data);
  const focus = pick % data.count;
  const span = (layout.stop[focus] ?? 0) - (layout.start[focus] ?? 0);
  return { layout, zoom: { focus, widthPixels: Math.max(1, span / pixel) } };
});

test('what is drawn is what the slow twin draws', () => {
  fc.assert(
    fc.property(zooms, ({ layout, zoom }) => {
      for (let level = 0; level < layout.levelCount; level++) {
        expect(itemsOf(layout, zoom, level)).toEqual(slowItems(layout, zoom, level));
      }
    }),
  );
});

test('no bar in view vanishes: each is in exactly one bar or run, and under the pointer there', () => {
  fc.assert(
    fc.property(zooms, ({ layout, zoom }) => {
      for (let level = (layout.data.level[zoom.focus] ?? 0) + 1; level < layout.levelCount; level++) {
        const items = itemsOf(layout, zoom, level);
        for (const { bars, x, width } of items) {
          const middle = Math.min(x + width / 2, zoom.widthPixels - 0.01);
          const found = barAt(layout, zoom, level, middle);
          if (bars.length === 1 && width > 1) expect(found).toBe(bars[0]);
          else expect(found).toBeDefined();
        }
        const all = items.flatMap(({ bars }) => bars);
        expect(new Set(all).size).toBe(all.length);
      }
    }),
  );
});

test('bars above the focus fill the width and keep their place', () => {
  const layout = layoutTree(readFoldedStacks('main;read;json 2\nmain;write 6\ngc 2'));
  const zoom = { focus: 2, widthPixels: 100 };
  expect(itemsOf(layout, zoom, 0)).toEqual([{ bars: [0], x: 0, width: 100, isRun: false }]);
  expect(itemsOf(layout, zoom, 1)).toEqual([{ bars: [1], x: 0, width: 100, isRun: false }]);
  expect(itemsOf(layout, zoom, 3)).toEqual([{ bars: [3], x: 0, width: 100, isRun: false }]);
  expect(barAt(layout, zoom, 1, 99)).toBe(1);
});

test('a thousand bars in three pixels are a pixel each third', () => {
  const stacks = Array.from({ length: 1000 }, (_, i) => `tiny${i} 1`).join('\n');
  const layout = layoutTree(readFoldedStacks(`big 99000\n${stacks}`));
  const [big, ...runs] = itemsOf(layout, { focus: 0, widthPixels: 300 }, 1);
  expect(big).toEqual({ bars: [1], x: 0, width: 297, isRun: false });
  expect(runs.every(({ isRun, width }) => isRun && width === 1)).toBe(true);
  expect(runs.length).toBeLessThanOrEqual(6);
  expect(runs.flatMap(({ bars }) => bars)).toHaveLength(1000);
});

test('a run asks the search once a pixel, not once a bar', () => {
  const stacks = Array.from({ length: 50_000 }, (_, i) => `tiny${i} 1`).join('\n');
  const layout = layoutTree(readFoldedStacks(stacks));
  let reads = 0;
  const stop = new Proxy(layout.stop, { get: (bars, key): unknown => (reads++, Reflect.get(bars, key)) });
  visitLevel({ ...layout, stop }, { focus: 0, widthPixels: 100 }, 1, () => undefined);
  expect(reads).toBeLessThan(100 * 2 * 20);
});

test('a point beside everything is on no bar', () => {
  const layout = layoutTree(readFoldedStacks('main;read 1\nmain 9'));
  const zoom = { focus: 0, widthPixels: 100 };
  expect(barAt(layout, zoom, 2, 5)).toBe(2);
  expect(barAt(layout, zoom, 2, 10.5)).toBe(2);
  expect(barAt(layout, zoom, 2, 50)).toBeUndefined();
  expect(barAt(layout, zoom, 3, 5)).toBeUndefined();
  expect(barAt(layout, zoom, 0, 100)).toBeUndefined();
});

test('a point on a border belongs to the right bar', () => {
  const layout = layoutTree(readFoldedStacks('a 5\nb 5'));
  expect(barAt(layout, { focus: 0, widthPixels: 100 }, 1, 50)).toBe(2);
});

test('a graph without any value shows its root', () => {
  const layout = layoutTree(readFoldedStacks('a 0'));
  const zoom = { focus: 0, widthPixels: 100 };
  expect(itemsOf(layout, zoom, 0)).toHaveLength(1);
  expect(itemsOf(layout, zoom, 1)).toEqual([]);
  expect(barAt(layout, zoom, 1, 50)).toBeUndefined();
});
