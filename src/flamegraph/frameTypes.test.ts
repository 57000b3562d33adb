import { click, coloursOf, drawingsForTests, find, settle } from './drawnForTests.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import type { FrameTypes } from './runtimeOf.ts';

const draw = drawingsForTests();
// By their names both are native.
const data = readFoldedStacks(['work 30', 'parse 70'].join('\n'), 'count');
const legendOf = (host: HTMLElement): string => find(host, '.plens-legend').textContent;
const colourOfLabel = (host: HTMLElement, label: string): string =>
  [...host.querySelectorAll<HTMLElement>('.plens-legend-entry')]
    .find(({ textContent }) => textContent === label)
    ?.querySelector<HTMLElement>('.plens-cell-colour')?.style.background ?? '';

async function drawTyped(types: FrameTypes | Error) {
  let asked = 0;
  const frameTypes = () => {
    asked++;
    return types instanceof Error ? Promise.reject(types) : Promise.resolve(types);
  };
  const drawn = draw({ colour: 'runtime' }, data, { frameTypes });
  await Promise.resolve();
  await Promise.resolve();
  settle();
  return { drawn, asked: () => asked };
}

test('what agents told colours the bars, names the rest, and the legend says how much is which', async () => {
  const { drawn, asked } = await drawTyped(new Map([['work', 'cpython']]));
  const [python, native] = ['Python', 'Native'].map((label) => colourOfLabel(drawn.host, label).replace(/[^\d,]/g, ''));
  expect(coloursOf(drawn, 1)).toEqual([python, native]);
  expect(legendOf(drawn.host)).toMatch(/30 % as the agents told, the rest guessed from names$/);
  expect(asked()).toBe(1);
});

test('all told, nothing told and nobody to ask are said as such', async () => {
  const all = await drawTyped(
    new Map([
      ['work', 'go'],
      ['parse', 'kernel'],
    ]),
  );
  expect(legendOf(all.drawn.host)).toMatch(/as the agents told$/);
  for (const answer of [new Map(), new Map([['work', 'a type of tomorrow']]), new Error('no such route')]) {
    expect(legendOf((await drawTyped(answer)).drawn.host)).toMatch(/guessed from names$/);
  }
  expect(legendOf(draw({ colour: 'runtime' }, data).host)).toMatch(/guessed from names$/);
});

test('types are asked for when runtimes are looked at, and anew with new data', async () => {
  let asked = 0;
  const frameTypes = () => {
    asked++;
    return Promise.resolve(new Map([['work', 'go']]));
  };
  const drawn = draw({}, data, { frameTypes });
  click(drawn, 'Table');
  expect(asked).toBe(0);
  drawn.handle.setState({ view: 'icicle', search: '', focus: [], colour: 'runtime' });
  drawn.handle.setState({ view: 'flame', search: '', focus: [], colour: 'runtime' });
  expect(asked).toBe(1);
  await Promise.resolve();
  drawn.handle.setData({ ...data });
  expect(asked).toBe(2);
  // Until the answer is there, what was told before holds.
  expect(legendOf(drawn.host)).toMatch(/30 % as the agents told/);
});
