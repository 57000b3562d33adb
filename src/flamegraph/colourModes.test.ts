import { changeStep, diffColour, makePalette, ownShareColour } from './barColours.ts';
import { colourModeOf, colouringOf } from './colourModes.ts';
import { readDiff } from './diffStacks.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { sandwichOf } from './sandwich.ts';
import { darkTheme, lightTheme } from './themesForTests.ts';
import { layoutTree } from './treeLayout.ts';

test('a diff is coloured by change unless asked otherwise; what is no diff never is', () => {
  expect(colourModeOf(undefined, true)).toBe('diff');
  expect(colourModeOf('runtime', true)).toBe('runtime');
  expect(colourModeOf('diff', false)).toBe('package');
});

for (const [change, step] of [
  [0, 0],
  [0.0009, 0],
  [0.001, 1],
  [-0.02, -2],
  [0.03, 3],
  [-0.5, -4],
] as const) {
  test(`a change of ${change * 100} points is of strength ${step}`, () => expect(changeStep(change)).toBe(step));
}

test('bars are compared by share, and those of one side alone are hatched', () => {
  // 10 of 100 before, 40 of 200 now: 10 points more.
  const data = readDiff('a 10\nb 70\ngone 20', 'a 40\nb 140\nnew 20');
  const { ofBar } = colouringOf(data, 'diff');
  const colourOf = (name: string): number => ofBar([...data.name].findIndex((each) => data.names[each] === name));
  expect(colourOf('total')).toBe(diffColour(0, false));
  expect(colourOf('a')).toBe(diffColour(4, false));
  expect(colourOf('b')).toBe(diffColour(0, false));
  expect(colourOf('gone')).toBe(diffColour(-4, true));
  expect(colourOf('new')).toBe(diffColour(4, true));
});

test('own value colours by what a bar does itself', () => {
  const { ofBar } = colouringOf(readFoldedStacks('a;b 99\na 1'), 'value');
  expect([0, 1, 2].map(ofBar)).toEqual([ownShareColour(0), ownShareColour(0.01), ownShareColour(0.99)]);
});

test('the root is grey but where it is a function', () => {
  const data = readFoldedStacks('f;g 1');
  expect(colouringOf(data, 'package').ofBar(0)).toBe(0);
  const callees = sandwichOf(layoutTree(data), data.names.indexOf('f'))?.callees;
  expect(colouringOf(callees ?? data, 'package').ofBar(0)).toBeGreaterThan(0);
});

test('names without a binary are grey when binaries are shown', () => {
  const { ofBar } = colouringOf(readFoldedStacks('main.main;libc.so!f 1'), 'binary');
  expect([ofBar(1), ofBar(2) > 0]).toEqual([0, true]);
});

for (const theme of [lightTheme, darkTheme]) {
  test(`every colour of every mode is in the palette, ${theme.isDark ? 'dark' : 'light'}, and only diffs are hatched`, () => {
    const { full } = makePalette(theme);
    for (let step = -4; step <= 4; step++) {
      expect(full[diffColour(step, false)]).toMatchObject({ hatchPixel: undefined });
      expect(full[diffColour(step, true)]?.hatchPixel).toEqual(expect.any(Number));
    }
    expect(full[ownShareColour(1)]?.hatchPixel).toBeUndefined();
  });
}
