import { jest } from '@jest/globals';
import {
  canvasOf,
  click,
  coloursOf,
  drawingsForTests,
  find,
  heightPixels as height,
  labels,
  point,
  press,
  rowsOf,
  settle,
  stretchesOf,
  tooltipOf,
  type,
  widthPixels as width,
} from './drawnForTests.ts';
import type { Drawn } from './drawnForTests.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { darkTheme } from './themesForTests.ts';

const data = readFoldedStacks(
  `
    main;http.Serve;json.Decode 20
    main;http.Serve;sql.Query 40
    main;http.Serve;json.Decode;json.Decode 20
    gc.Mark 20
  `,
  'bytes',
);
const drawData = drawingsForTests();
const draw: (...args: Partial<Parameters<typeof drawData>>) => Drawn = (state = {}, graph = data) =>
  drawData(state, graph);

test('bars stand level by level with name and share', () => {
  const drawn = draw();
  expect(labels(drawn)).toEqual([
    'total  100 %',
    'main  80 %',
    'gc.Mark  20 %',
    'http.Serve  80 %',
    'json.Decode  40 %',
    'sql.Query  40 %',
    'json.Decode  20 %',
  ]);
  expect(stretchesOf(drawn, 1)).toMatchObject([
    { x: 0, width: 799 },
    { x: 800, width: 199 },
  ]);
  // Rows are parted by a line of background.
  expect(drawn.context.stretchesAt(21)).toEqual([]);
  expect(drawn.context.stretchesAt(20)).toEqual(drawn.context.stretchesAt(0));
});

test('names are measured in the font they are drawn in, though a canvas forgets it with every new size', () => {
  const drawn = draw();
  drawn.context.font = '10px sans-serif';
  drawn.handle.setData(readFoldedStacks(`${'W'.repeat(150)} 1`));
  settle();
  expect(labels(drawn)[1]).toBe(`${'W'.repeat(140)}…`);
});

test('in the flame view the root is at the bottom', () => {
  const drawn = draw({ view: 'flame' });
  expect(drawn.context.texts.find(({ text }) => text.startsWith('total'))?.y).toBe(height - 22 + 11);
});

test('a click focuses, says so, and the bar fills the width', () => {
  const drawn = draw();
  point(drawn, 'click', 500, 3);
  expect(drawn.states).toEqual([{ view: 'icicle', search: '', focus: ['main', 'http.Serve', 'sql.Query'] }]);
  expect(labels(drawn)).toEqual(['total  100 %', 'main  80 %', 'http.Serve  80 %', 'sql.Query  40 %']);
});

test('the breadcrumb, Escape and reset go back', () => {
  const drawn = draw({ focus: ['main', 'http.Serve', 'sql.Query'] });
  expect(find(drawn.host, 'nav').textContent).toBe('total›main›http.Serve›sql.Query');
  click(drawn, 'main', 'nav');
  expect(drawn.states.at(-1)?.focus).toEqual(['main']);
  press(canvasOf(drawn), 'Escape');
  expect(drawn.states.at(-1)?.focus).toEqual([]);
  expect(find(drawn.host, 'nav').hidden).toBe(true);
  type(drawn, 'json');
  click(drawn, 'Reset');
  expect(drawn.states.at(-1)).toEqual({ view: 'icicle', search: '', focus: [] });
});

test('Escape with nothing to go back from is left to the surroundings', () => {
  const drawn = draw();
  expect(press(canvasOf(drawn), 'Escape').defaultPrevented).toBe(false);
});

test('a focus outlives a refresh, and what is gone of it comes back with the data', () => {
  const focus = ['main', 'http.Serve', 'sql.Query'];
  const drawn = draw({ focus });
  drawn.handle.setData(readFoldedStacks('main;http.Serve;xml 1'));
  settle();
  expect(labels(drawn)[2]).toBe('http.Serve  100 %');
  expect(find(drawn.host, 'nav').textContent).toBe('total›main›http.Serve');
  drawn.handle.setData(data);
  settle();
  expect(find(drawn.host, 'nav').textContent).toBe('total›main›http.Serve›sql.Query');
  expect(drawn.states).toEqual([]);
});

test('setState shows and does not echo', () => {
  const drawn = draw();
  drawn.handle.setState({ view: 'table', search: 'json', focus: [] });
  settle();
  expect(rowsOf(drawn)).toHaveLength(1);
  expect(drawn.host.querySelector('input')?.value).toBe('json');
  expect(drawn.states).toEqual([]);
});

test('a search says what it found, dims the rest and keeps the matches in their colour', () => {
  const drawn = draw();
  const before = coloursOf(drawn, 3);
  type(drawn, 'json');
  expect(find(drawn.host, '.plens-found').textContent).toBe('1 function · 40 % through · 40 % self');
  const after = coloursOf(drawn, 3);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(drawn.states).toEqual([{ view: 'icicle', search: 'json', focus: [] }]);
});

test('what is no regular expression is searched as plain text, and that is said', () => {
  const drawn = draw();
  type(drawn, 'json(');
  expect(find(drawn.host, '.plens-found').textContent).toContain('not a regular expression');
});

test('the table is sorted by self, by what is clicked, and the other way round', () => {
  const drawn = draw({ view: 'both' });
  expect(rowsOf(drawn)).toEqual([
    'json.Decode | 40 B | 40 B',
    'sql.Query | 40 B | 40 B',
    'gc.Mark | 20 B | 20 B',
    'http.Serve | 0 B | 80 B',
    'main | 0 B | 80 B',
  ]);
  const sorts = (): readonly (string | null)[] =>
    [...drawn.host.querySelectorAll('[role=columnheader]')].map((header) => header.getAttribute('aria-sort'));
  expect(sorts()).toEqual(['none', 'descending', 'none']);
  find(drawn.host, '[role=columnheader]:first-child button').click();
  settle();
  expect(rowsOf(drawn)[0]).toMatch(/^gc/);
  find(drawn.host, '[role=columnheader]:first-child button').click();
  settle();
  expect(rowsOf(drawn)[0]).toMatch(/^sql/);
  expect(sorts()).toEqual(['descending', 'none', 'none']);
});

test('a row searches for exactly its function, and gives the search back when chosen again', () => {
  const drawn = draw({ view: 'table' });
  find(drawn.host, '.plens-table-window .plens-row').click();
  settle();
  expect(drawn.states.at(-1)?.search).toBe('^json\\.Decode$');
  expect(find(drawn.host, '.plens-row[aria-selected=true]').textContent).toContain('json.Decode');
  find(drawn.host, '.plens-table-window .plens-row').click();
  expect(drawn.states.at(-1)?.search).toBe('');
});

test('a table of a hundred thousand functions has the rows in view alone', () => {
  const many = readFoldedStacks(Array.from({ length: 100_000 }, (_, i) => `f${i} ${i + 1}`).join('\n'));
  const drawn = draw({ view: 'table' }, many);
  expect(drawn.host.querySelectorAll('.plens-table-window .plens-row').length).toBeLessThan(20);
  expect(find(drawn.host, '.plens-table-content').style.height).toBe('2600000px');
  find(drawn.host, '.plens-table-body').scrollTop = 26 * 50_000;
  find(drawn.host, '.plens-table-body').dispatchEvent(new Event('scroll'));
  settle();
  expect(rowsOf(drawn)[0]).toMatch(/^f49999 /);
  press(find(drawn.host, '.plens-table-body'), 'End');
  press(find(drawn.host, '.plens-table-body'), 'Enter');
  expect(drawn.states.at(-1)?.search).toBe('^f0$');
});

test('five thousand levels make a canvas no larger than the view', () => {
  const deep = readFoldedStacks(`${Array.from({ length: 5_000 }, (_, i) => `f${i}`).join(';')} 1`);
  const drawn = draw({}, deep);
  expect(find(drawn.host, '.plens-main .plens-graph-content').style.height).toBe(`${5_001 * 22}px`);
  expect(canvasOf(drawn).style.height).toBe(`${height}px`);
  find(drawn.host, '.plens-main .plens-graph').scrollTop = 4_000 * 22;
  find(drawn.host, '.plens-main .plens-graph').dispatchEvent(new Event('scroll'));
  settle();
  expect(labels(drawn)[0]).toBe('f3999  100 %');
  expect(labels(drawn)).toHaveLength(11);
});

test('bars below a pixel are painted as a run in the tint of their parent', () => {
  const tiny = Array.from({ length: 5_000 }, (_, i) => `main;t${i} 1`).join('\n');
  const drawn = draw({}, readFoldedStacks(tiny));
  const [main] = stretchesOf(drawn, 1);
  const runs = stretchesOf(drawn, 2);
  expect(runs).toMatchObject([{ x: 0, width }]);
  expect(runs[0]?.colour).not.toBe(main?.colour);
});

test('a search shows at which pixels of a run its matches are', () => {
  const tiny = Array.from({ length: 5_000 }, (_, i) => `main;${i === 2_500 ? 'needle' : `t${i}`} 1`).join('\n');
  const drawn = draw({ search: 'needle' }, readFoldedStacks(tiny));
  expect(stretchesOf(drawn, 2)).toMatchObject([
    { x: 0, width: 500 },
    { x: 500, width: 1 },
    { x: 501, width: 499 },
  ]);
});

test('the tooltip tells name, package and figures as plain text, whatever the name', () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const drawn = draw({}, readFoldedStacks(`lib.${hostile} 3\ngithub.com/a/b.F;x 1`, 'nanoseconds'));
  point(drawn, 'pointermove', 10, 1);
  expect(tooltipOf(drawn).hidden).toBe(false);
  expect(tooltipOf(drawn).textContent).toContain(hostile);
  expect(drawn.host.querySelector('img')).toBeNull();
  point(drawn, 'pointermove', 900, 2);
  expect([...tooltipOf(drawn).children].map(({ textContent }) => textContent)).toEqual([
    'x',
    'Total1 ns25 %Self1 ns25 %Of its parent100 %',
    'Sample unit: nanoseconds',
  ]);
  const frame = find(drawn.host, '.plens-main .plens-mark-hovered');
  expect([frame.hidden, frame.style.left, frame.style.top, frame.style.width]).toEqual([
    false,
    '750px',
    '44px',
    '250px',
  ]);
  point(drawn, 'pointermove', 10, 3);
  expect(tooltipOf(drawn).hidden).toBe(true);
});

test('a moving pointer repaints nothing', () => {
  const drawn = draw();
  const { paintings } = drawn.context;
  for (const x of [10, 500, 900]) point(drawn, 'pointermove', x, 1);
  expect(drawn.context.paintings).toBe(paintings);
});

test('arrows walk by meaning in the flame view too, and each bar is told', () => {
  const drawn = draw({ view: 'flame' });
  const canvas = canvasOf(drawn);
  const current = (): string =>
    document.getElementById(canvas.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-label') ?? '';
  press(canvas, 'ArrowDown');
  expect(current()).toBe('total, 100 B, 100 %');
  press(canvas, 'ArrowDown');
  expect(current()).toBe('main, 80 B, 80 %');
  press(canvas, 'ArrowRight');
  expect(current()).toBe('gc.Mark, 20 B, 20 %');
  press(canvas, 'ArrowLeft');
  press(canvas, 'ArrowDown');
  press(canvas, 'Enter');
  expect(drawn.states.at(-1)?.focus).toEqual(['main', 'http.Serve']);
  press(canvas, 'ArrowUp');
  press(canvas, 'ArrowRight');
  expect(current()).toBe('main, 80 B, 80 %');
  expect(canvas.querySelectorAll('[role=treeitem][aria-selected=true]')).toHaveLength(1);
});

test('a slash goes to the search and a question mark lists the keys', () => {
  const drawn = draw();
  canvasOf(drawn).focus();
  press(canvasOf(drawn), '/');
  expect(document.activeElement?.tagName).toBe('INPUT');
  expect(press(find(drawn.host, 'input'), '?').defaultPrevented).toBe(false);
  canvasOf(drawn).focus();
  press(canvasOf(drawn), '?');
  expect(find(drawn.host, '[role=dialog]').hidden).toBe(false);
  press(find(drawn.host, '[role=dialog]'), 'Escape');
  expect(find(drawn.host, '[role=dialog]').hidden).toBe(true);
  expect(document.activeElement?.tagName).toBe('CANVAS');
});

test('the views are switched and told', () => {
  const drawn = draw();
  click(drawn, 'Table');
  expect(drawn.states.at(-1)?.view).toBe('table');
  expect(drawn.host.querySelector('canvas')).toBeNull();
  click(drawn, 'Both');
  expect(find(drawn.host, '.plens-main canvas')).toBeTruthy();
  expect(find(drawn.host, '.plens-table').hidden).toBe(false);
  const pressed = [...drawn.host.querySelectorAll('[aria-pressed=true]')].map(({ textContent }) => textContent);
  expect(pressed).toEqual(['Both']);
});

test('another theme paints in other colours', () => {
  const drawn = draw();
  const before = coloursOf(drawn, 1);
  drawn.handle.setTheme(darkTheme);
  settle();
  expect(coloursOf(drawn, 1)).not.toEqual(before);
  expect(find(drawn.host, '.plens-root').style.getPropertyValue('--plens-background')).toBe(darkTheme.background);
});

test('no data is said, and data that comes later is shown', () => {
  const drawn = draw();
  const empty = find(drawn.host, '.plens-root > .plens-empty');
  expect(empty.hidden).toBe(true);
  drawn.handle.setData(undefined);
  settle();
  expect(empty.hidden).toBe(false);
  expect(find(drawn.host, '.plens-panes').hidden).toBe(true);
  drawn.handle.setData(readFoldedStacks('later 1'));
  settle();
  expect(labels(drawn)).toEqual(['total  100 %', 'later  100 %']);
});

test('nothing is left after destroy: no element, no timer, no listener', () => {
  const drawn = draw({ view: 'both' });
  const canvas = canvasOf(drawn);
  const { context } = drawn;
  const input = find(drawn.host, 'input');
  drawn.handle.setState({ view: 'both', search: 'x', focus: [] });
  input.dispatchEvent(new Event('input', { bubbles: true }));
  drawn.handle.destroy();
  expect(drawn.host.childNodes).toHaveLength(0);
  expect(jest.getTimerCount()).toBe(0);
  const { paintings } = context;
  press(canvas, 'ArrowDown');
  press(canvas, 'Enter');
  canvas.dispatchEvent(new MouseEvent('click', { clientX: 500, clientY: 75 }));
  settle();
  expect(drawn.states).toEqual([]);
  expect(context.paintings).toBe(paintings);
});
