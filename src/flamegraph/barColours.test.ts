import { changeSteps, colourByName, colourOfName, diffColour, makePalette, parseColour } from './barColours.ts';
import { darkTheme, lightTheme } from './themesForTests.ts';

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

const allColours: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
// Full protanopia and deuteranopia on linear light: Machado, Oliveira, Fernandes, 2009.
const sights: Readonly<Record<string, Matrix>> = {
  'all colours': allColours,
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};
const rgbOf = (fill: string): Rgb => parseColour(fill) ?? [NaN, NaN, NaN];
const linear = (part: number): number => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const times = ([a, b, c]: Rgb, [x, y, z]: Rgb): number => a * x + b * y + c * z;
const through = (matrix: Matrix, [r, g, b]: Rgb): Rgb => {
  const light: Rgb = [linear(r), linear(g), linear(b)];
  return [times(matrix[0], light), times(matrix[1], light), times(matrix[2], light)];
};
/** CIE L*a*b* of linear sRGB under D65. */
function lab(light: Rgb): Rgb {
  const root = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = root(times([0.4124, 0.3576, 0.1805], light) / 0.9505);
  const y = root(times([0.2126, 0.7152, 0.0722], light));
  const z = root(times([0.0193, 0.1192, 0.9505], light) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const luminance = (fill: string): number => times([0.2126, 0.7152, 0.0722], through(allColours, rgbOf(fill)));
const textLuminance: Readonly<Record<string, number>> = { '#000': 0, '#fff': 1 };

for (const theme of [lightTheme, darkTheme]) {
  const palette = makePalette(theme);
  const kind = theme.isDark ? 'dark' : 'light';

  for (const tone of ['full', 'faded'] as const) {
    test(`${kind}: text on ${tone} bars has a contrast of 4.5 at least`, () => {
      for (const { fill, text } of palette[tone]) {
        const [bar, letters] = [luminance(fill) + 0.05, (textLuminance[text] ?? NaN) + 0.05];
        expect(Math.max(bar, letters) / Math.min(bar, letters)).toBeGreaterThanOrEqual(4.5);
      }
    });
  }

  for (const [sight, matrix] of Object.entries(sights)) {
    test(`${kind}: the eight hues stay apart for eyes that see ${sight}`, () => {
      const seen = palette.full.slice(1, 9).map(({ fill }) => lab(through(matrix, rgbOf(fill))));
      const distances = seen.flatMap((a, i) =>
        seen.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
      );
      expect(Math.min(...distances)).toBeGreaterThan(6);
    });
  }
}

for (const theme of [lightTheme, darkTheme]) {
  for (const [sight, matrix] of Object.entries(sights)) {
    test(`${theme.isDark ? 'dark' : 'light'}: less and more stay apart for eyes that see ${sight}, and each step grows`, () => {
      const { full } = makePalette(theme);
      const seen = (step: number): Rgb => lab(through(matrix, rgbOf(full[diffColour(step, false)]?.fill ?? '')));
      const apart = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      for (let step = 1; step <= changeSteps.length; step++) {
        expect(apart(seen(-step), seen(step))).toBeGreaterThan(15);
        for (const sign of [-1, 1]) {
          expect(apart(seen(0), seen(sign * step))).toBeGreaterThan(apart(seen(0), seen(sign * (step - 1))));
        }
      }
    });
  }
}

test('functions of one package have one colour, in every graph', () => {
  expect(colourOfName('github.com/a/b.(*T).M')).toBe(colourOfName('github.com/a/b.F'));
  // Held, so that a colour stays the same from version to version.
  expect(['runtime.GC', 'net/http.Serve', 'malloc', 'a.b.C.m'].map(colourOfName)).toMatchInlineSnapshot(`
   [
     12,
     11,
     6,
     12,
   ]
  `);
});

test('sixty packages use nearly all colours', () => {
  const used = new Set(Array.from({ length: 60 }, (_, i) => colourOfName(`example.com/p${i}.F`)));
  expect(used.size).toBeGreaterThanOrEqual(14);
  expect(Math.min(...used)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...used)).toBeLessThanOrEqual(16);
});

test('colours by index are those by name', () => {
  const names = ['a.F', 'b.F', ''];
  const colour = colourByName(names);
  const byIndex = (): readonly number[] => names.map((_name, i) => colour(i));
  expect(byIndex()).toEqual(names.map(colourOfName));
  expect(byIndex()).toEqual(names.map(colourOfName));
});

for (const [text, rgb] of [
  ['#fff', [255, 255, 255]],
  ['#181b1f', [24, 27, 31]],
  ['#181b1fcc', [24, 27, 31]],
  ['rgb(1, 2, 3)', [1, 2, 3]],
  ['rgba(204, 204, 220, 0.07)', [204, 204, 220]],
  ['hsl(1 2% 3%)', undefined],
  ['', undefined],
] as const) {
  test(`the colour "${text}" is read`, () => expect(parseColour(text)).toEqual(rgb));
}
