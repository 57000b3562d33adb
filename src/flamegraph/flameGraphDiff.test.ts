import { readDiff } from './diffStacks.ts';
import {
  drawingsForTests,
  find,
  labels,
  point,
  rowsOf,
  settle,
  stretchesOf,
  tooltipOf,
  type,
} from './drawnForTests.ts';
import { readFoldedStacks } from './foldedStacks.ts';

const draw = drawingsForTests();
const data = readFoldedStacks('main;json.Decode 40\nmain;sql.Query 40\ngc.Mark 20', 'bytes');
const diff = readDiff('main;json 30\nmain;old 10\nmain;sql 60', 'main;json 120\nmain;new 20\nmain;sql 60');

test('in a diff bars tell by how many points they changed, and are as wide as the mean of both shares', () => {
  const drawn = draw({}, diff);
  expect(labels(drawn)).toEqual([
    'total  0 points',
    'main  0 points',
    'json  +30 points',
    'old',
    'sql  −30 points',
    'new',
  ]);
  expect(stretchesOf(drawn, 2)[0]).toMatchObject({ x: 0, width: 449 });
});

test('new and vanished bars are hatched, others are of one colour', () => {
  const drawn = draw({}, diff);
  const colours = (from: number, to: number): number =>
    new Set(
      stretchesOf(drawn, 2)
        .filter(({ x }) => x >= from && x < to)
        .map(({ colour }) => colour),
    ).size;
  expect([colours(0, 440), colours(455, 495), colours(500, 940), colours(955, 995)]).toEqual([1, 2, 1, 2]);
});

test('the tooltip of a diff tells both sides and the change in points and percent', () => {
  const drawn = draw({}, diff);
  point(drawn, 'pointermove', 100, 2);
  const cells = [...tooltipOf(drawn).querySelectorAll('.plens-tooltip-figures span')].map(
    ({ textContent }) => textContent,
  );
  expect(cells).toEqual([
    ...['', 'Baseline', 'Comparison', 'Change'],
    ...['Total', '30 %', '60 %', '+30 points (+100 %)'],
    ...['', '30', '120', '+300 %'],
    ...['Self', '30 %', '60 %', '+30 points (+100 %)'],
    ...['', '30', '120', '+300 %'],
  ]);
});

test('the table of a diff has both sides and is sorted by what grew most, or by what is clicked', () => {
  const drawn = draw({ view: 'table' }, diff);
  expect(rowsOf(drawn)).toEqual([
    'json | 30 % | 60 % | +30 | +30',
    'new | 0 % | 10 % | +10 | +10',
    'main | 100 % | 100 % | 0 | 0',
    'old | 10 % | 0 % | −10 | −10',
    'sql | 60 % | 30 % | −30 | −30',
  ]);
  find(drawn.host, '[role=columnheader]:nth-child(4) button').click();
  find(drawn.host, '[role=columnheader]:nth-child(4) button').click();
  settle();
  expect(rowsOf(drawn)[0]).toMatch(/^sql/);
  drawn.handle.setData(data);
  settle();
  expect(rowsOf(drawn)[0]).toBe('json.Decode | 40 B | 40 B');
});

test('a search in a diff tells the shares of both sides', () => {
  const drawn = draw({}, diff);
  type(drawn, 'json|new');
  expect(find(drawn.host, '.plens-found').textContent).toBe('2 functions · 30 % → 70 % through · 30 % → 70 % self');
});

test('a legend names points for a diff and runtimes for runtimes; packages are too many', () => {
  const drawn = draw({}, diff);
  const legend = find(drawn.host, '.plens-legend');
  expect(legend.textContent).toBe('Change in points:−10−3−1−0.10+0.1+1+3+10new or gone');
  const colour = find(drawn.host, 'select');
  if (!(colour instanceof HTMLSelectElement)) throw new Error('no select');
  expect([...colour.options].map(({ text }) => text)).toEqual(['Package', 'Binary', 'Runtime', 'Own value', 'Change']);
  colour.value = 'runtime';
  colour.dispatchEvent(new Event('change'));
  settle();
  expect(drawn.states.at(-1)?.colour).toBe('runtime');
  expect(legend.textContent).toContain('Python');
  drawn.handle.setState({ view: 'icicle', search: '', focus: [], colour: 'package' });
  expect(legend.hidden).toBe(true);
  drawn.handle.setData(data);
  expect([...colour.options].map(({ text }) => text)).not.toContain('Change');
});
