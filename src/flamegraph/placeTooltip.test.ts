import fc from 'fast-check';
import { placeTooltip } from './placeTooltip.ts';

const bounds = { left: 0, top: 0, width: 800, height: 600 };
const size = { width: 200, height: 100 };

test('it stands below the bar, beside the pointer', () => {
  expect(placeTooltip({ left: 0, top: 100, width: 800, height: 22 }, 300, size, bounds)).toMatchObject({
    left: 306,
    top: 128,
  });
});
test('it stands above the bar when there is no room below', () => {
  expect(placeTooltip({ left: 0, top: 570, width: 800, height: 22 }, 300, size, bounds).top).toBe(464);
});
test('it stays inside at the right edge', () => {
  expect(placeTooltip({ left: 0, top: 0, width: 800, height: 22 }, 790, size, bounds).left).toBe(600);
});

test('it never covers the bar and never leaves the window, whatever the sizes', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 578 }),
      fc.nat({ max: 800 }),
      fc.record({ width: fc.integer({ min: 1, max: 790 }), height: fc.integer({ min: 1, max: 2_000 }) }),
      (top, x, box) => {
        const place = placeTooltip({ left: 0, top, width: 800, height: 22 }, x, box, bounds);
        const bottom = place.top + Math.min(box.height, place.maxHeight);
        expect(bottom <= top || place.top >= top + 22).toBe(true);
        expect(place.left).toBeGreaterThanOrEqual(0);
        expect(place.left + box.width).toBeLessThanOrEqual(800);
        expect(Math.max(0, -place.top)).toBe(0);
        expect(bottom).toBeLessThanOrEqual(Math.max(600, place.top));
      },
    ),
  );
});
