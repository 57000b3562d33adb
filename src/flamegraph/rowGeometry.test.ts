import fc from 'fast-check';
import type { Rows } from './rowGeometry.ts';
import {
  contentPixels,
  elementPixels,
  levelAt,
  levelsInView,
  offsetOf,
  offsetShowing,
  scrollTopOf,
  topOfLevel,
} from './rowGeometry.ts';

const rows = (count: number, viewportPixels = 400): Rows => ({ count, rowPixels: 22, viewportPixels });
const anyRows = fc.tuple(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 2_000 }));

test('five thousand levels scroll pixel by pixel', () => {
  expect(elementPixels(rows(5_000))).toBe(110_000);
  expect(offsetOf(rows(5_000), 1_234)).toBe(1_234);
});

test('no element is taller than browsers take, and the last row is still reached', () => {
  const tall = rows(2_000_000);
  expect(elementPixels(tall)).toBeLessThan(17_000_000);
  expect(offsetOf(tall, elementPixels(tall) - 400)).toBeCloseTo(contentPixels(tall) - 400, 3);
  expect(scrollTopOf(tall, offsetOf(tall, 5_000_000))).toBeCloseTo(5_000_000, 3);
});

test('the root stands on top, or at the very bottom of the viewport', () => {
  expect(topOfLevel(rows(3), false, 0)).toBe(0);
  expect(topOfLevel(rows(3), true, 0)).toBe(400 - 22);
  expect(topOfLevel(rows(100), true, 0)).toBe(2_200 - 22);
});

test('every point of a row is in its level, either way up', () => {
  fc.assert(
    fc.property(anyRows, fc.nat(), fc.boolean(), ([count, viewport], pick, isRootBelow) => {
      const all = rows(count, viewport);
      const top = topOfLevel(all, isRootBelow, pick % count);
      for (const y of [top, top + 11, top + 21.9]) expect(levelAt(all, isRootBelow, y)).toBe(pick % count);
    }),
  );
});

test('levels in view are those of which a part shows', () => {
  expect(levelsInView(rows(100), false, 0)).toEqual([0, 18]);
  expect(levelsInView(rows(100), false, 50)).toEqual([2, 20]);
  expect(levelsInView(rows(100), true, 1_800)[0]).toBe(0);
  expect(levelsInView(rows(3), true, 0)).toEqual([0, 2]);
});

test('a row is brought into view and the place stays when it is there', () => {
  fc.assert(
    fc.property(fc.nat({ max: 99 }), fc.nat({ max: 1_800 }), (row, offset) => {
      const next = offsetShowing(rows(100), row * 22, offset);
      expect(next).toBeLessThanOrEqual(row * 22);
      expect(next + 400).toBeGreaterThanOrEqual(row * 22 + 22);
      if (row * 22 >= offset && row * 22 + 22 <= offset + 400) expect(next).toBe(offset);
    }),
  );
});
