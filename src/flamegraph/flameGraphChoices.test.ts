import { jest } from '@jest/globals';
import type { Drawn } from './drawnForTests.ts';
import { canvasOf, click, drawingsForTests, find, labels, press, settle } from './drawnForTests.ts';
import type { ExportFile } from './export/exportGraph.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import type { FrameInfo } from './mountFlameGraph.types.ts';

const draw = drawingsForTests();
const data = readFoldedStacks(
  `
    main;http.Serve;json.Decode 20
    main;http.Serve;sql.Query 40
    main;http.Serve;json.Decode;json.Decode 20
    gc.Mark 20
  `,
  'bytes',
);

const menuOf = ({ host }: Drawn): readonly string[] =>
  [...host.querySelectorAll('[role=menu]:not([hidden]) [role=menuitem]')].map(({ textContent }) => textContent);
const choose = (drawn: Drawn, text: string): void => click(drawn, text, '[role=menu]');
const openMenu = (drawn: Drawn, x: number, row: number): void => {
  const place = { clientX: x, clientY: row * 22 + 10, button: 2, bubbles: true, cancelable: true };
  canvasOf(drawn).dispatchEvent(new MouseEvent('contextmenu', place));
  settle();
};
const pointTouch = (drawn: Drawn, name: string, x: number, row: number): void => {
  const event = new MouseEvent(name, { clientX: x, clientY: row * 22 + 10, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'pointerType', { value: 'touch' });
  canvasOf(drawn).dispatchEvent(event);
};
const chips = ({ host }: Drawn): readonly string[] =>
  [...host.querySelectorAll('.plens-chip')].map((chip) => chip.getAttribute('aria-label') ?? '');
const callersOf = (drawn: Drawn): readonly string[] =>
  drawn.contextOf('.plens-callers .plens-canvas').texts.map(({ text }) => text);

test('the right button opens a menu for the bar under it, the surroundings add to it', () => {
  const frames: FrameInfo[] = [];
  const menuItems = (frame: FrameInfo) => {
    frames.push(frame);
    return [{ label: 'Logs', href: '/explore' }];
  };
  const drawn = draw({}, data, { menuItems });
  openMenu(drawn, 100, 3);
  expect(menuOf(drawn)).toEqual([
    'Focus',
    'Show callers and callees',
    'Hide',
    'Hide everything below',
    'Copy name',
    'Copy stack',
    'Logs',
  ]);
  expect(frames).toEqual([
    {
      name: 'json.Decode',
      stack: ['main', 'http.Serve', 'json.Decode'],
      total: { left: 40, right: 0 },
      self: { left: 20, right: 0 },
      whole: { left: 100, right: 0 },
      unit: 'bytes',
    },
  ]);
  choose(drawn, 'Focus');
  expect(drawn.states.at(-1)?.focus).toEqual(['main', 'http.Serve', 'json.Decode']);
  expect(menuOf(drawn)).toEqual([]);
});

test('links lead to web addresses alone, elsewhere into another tab', () => {
  const menuItems = () => [
    { label: 'bad', href: 'javascript:alert(1)' },
    { label: 'here', href: '/explore' },
    { label: 'there', href: 'https://example.com/x' },
  ];
  const drawn = draw({}, data, { menuItems });
  openMenu(drawn, 100, 3);
  const links = [...drawn.host.querySelectorAll('[role=menu] a')].map((link) => [
    link.textContent,
    link.getAttribute('href'),
    link.getAttribute('target'),
  ]);
  expect(links).toEqual([
    ['here', '/explore', null],
    ['there', 'https://example.com/x', '_blank'],
  ]);
});

for (const [key, more] of [
  ['ContextMenu', {}],
  ['F10', { shiftKey: true }],
] as const) {
  test(`${key} opens the menu of the current bar; arrows, letters and Escape work in it`, () => {
    const drawn = draw({}, data);
    canvasOf(drawn).focus();
    press(canvasOf(drawn), 'ArrowDown');
    press(canvasOf(drawn), 'ArrowDown');
    expect(press(canvasOf(drawn), key, more).defaultPrevented).toBe(true);
    const focused = (): string => document.activeElement?.textContent ?? '';
    const menu = find(drawn.host, '[role=menu]');
    expect([menu.getAttribute('aria-label'), focused()]).toEqual(['main', 'Focus']);
    press(menu, 'ArrowUp');
    expect(focused()).toBe('Copy stack');
    press(menu, 'Home');
    press(menu, 'ArrowDown');
    expect(focused()).toBe('Show callers and callees');
    press(menu, 'h');
    press(menu, 'h');
    expect(focused()).toBe('Hide everything below');
    press(menu, 'Escape');
    expect(menu.hidden).toBe(true);
    expect(document.activeElement).toBe(canvasOf(drawn));
    expect(drawn.states).toEqual([]);
  });
}

test('a long press opens the menu and is no click; a short one and one that moves are', () => {
  const drawn = draw({}, data);
  pointTouch(drawn, 'pointerdown', 100, 3);
  jest.advanceTimersByTime(600);
  pointTouch(drawn, 'pointerup', 100, 3);
  pointTouch(drawn, 'click', 100, 3);
  expect(menuOf(drawn)).toContain('Hide');
  expect(drawn.states).toEqual([]);
  press(find(drawn.host, '[role=menu]'), 'Escape');
  pointTouch(drawn, 'pointerdown', 100, 3);
  pointTouch(drawn, 'pointermove', 150, 3);
  jest.advanceTimersByTime(600);
  expect(menuOf(drawn)).toEqual([]);
  pointTouch(drawn, 'click', 100, 3);
  expect(drawn.states).toHaveLength(1);
});

test('a press elsewhere closes the menu', () => {
  const drawn = draw({}, data);
  openMenu(drawn, 100, 3);
  document.body.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }));
  expect(menuOf(drawn)).toEqual([]);
});

test('names and stacks are copied as they are', () => {
  const copied: string[] = [];
  const drawn = draw({}, data, { onCopy: (text) => copied.push(text) });
  openMenu(drawn, 100, 3);
  choose(drawn, 'Copy stack');
  openMenu(drawn, 100, 3);
  choose(drawn, 'Copy name');
  expect(copied).toEqual(['main\nhttp.Serve\njson.Decode', 'json.Decode']);
});

test('hiding is told by chips, which take it back', () => {
  const drawn = draw({}, data);
  openMenu(drawn, 100, 2);
  choose(drawn, 'Hide');
  openMenu(drawn, 100, 2);
  choose(drawn, 'Hide everything below');
  expect(drawn.states.at(-1)?.hide).toEqual([
    { pattern: '^http\\.Serve$' },
    { pattern: '^json\\.Decode$', below: true },
  ]);
  expect(labels(drawn)).toEqual([
    'total  100 %',
    'main  80 %',
    'gc.Mark  20 %',
    'json.Decode  40 %',
    'sql.Query  40 %',
  ]);
  expect(chips(drawn)).toEqual(['Hidden: http.Serve. Show again', 'Hidden: below json.Decode. Show again']);
  find(drawn.host, '.plens-chip').click();
  settle();
  expect(labels(drawn)).toContain('http.Serve  80 %');
  click(drawn, 'Reset');
  expect(drawn.states.at(-1)?.hide).toBeUndefined();
  expect(chips(drawn)).toEqual([]);
});

test('what to hide can be typed; Escape hides nothing', () => {
  const drawn = draw({}, data);
  const field = find(drawn.host, '.plens-hide');
  if (!(field instanceof HTMLInputElement)) throw new Error('no field');
  click(drawn, 'Hide …');
  expect(document.activeElement).toBe(field);
  field.value = 'json|sql';
  press(field, 'Escape');
  expect([drawn.states.length, field.hidden]).toEqual([0, true]);
  click(drawn, 'Hide …');
  field.value = 'json|sql';
  press(field, 'Enter');
  expect(drawn.states.at(-1)?.hide).toEqual([{ pattern: 'json|sql' }]);
  expect(labels(drawn)).toEqual(['total  100 %', 'main  80 %', 'gc.Mark  20 %', 'http.Serve  80 %']);
});

test('recursion is collapsed and shown again', () => {
  const drawn = draw({}, data);
  click(drawn, 'Collapse recursion');
  expect(labels(drawn)).toHaveLength(6);
  expect(drawn.states.at(-1)?.collapseRecursion).toBe(true);
  click(drawn, 'Collapse recursion');
  expect(labels(drawn)).toHaveLength(7);
});

test('callers stand above, callees below, in shares of the whole; a click goes on, Escape back', () => {
  const drawn = draw({}, data);
  openMenu(drawn, 100, 3);
  choose(drawn, 'Show callers and callees');
  expect(drawn.states.at(-1)).toMatchObject({ view: 'sandwich', sandwich: 'json.Decode' });
  const headings = [...drawn.host.querySelectorAll('.plens-heading')].map(({ textContent }) => textContent);
  expect(headings).toEqual(['Callers of json.Decode', 'Callees of json.Decode']);
  expect(callersOf(drawn)).toEqual(['json.Decode  40 %', 'http.Serve  40 %', 'main  40 %']);
  expect(labels(drawn)).toEqual(['json.Decode  40 %', 'json.Decode  20 %']);
  const callers = find(drawn.host, '.plens-callers canvas');
  expect(callers.getAttribute('aria-label')).toMatch(/^Callers, json\.Decode, 40 B, 40 %/);
  callers.dispatchEvent(new MouseEvent('click', { clientX: 10, clientY: 220 - 22 - 10, bubbles: true }));
  settle();
  expect(drawn.states.at(-1)).toMatchObject({ view: 'sandwich', sandwich: 'http.Serve' });
  expect(labels(drawn)[0]).toBe('http.Serve  80 %');
  press(canvasOf(drawn), 'Escape');
  expect(drawn.states.at(-1)).toMatchObject({ view: 'icicle', focus: [] });
  expect(drawn.states.at(-1)?.sandwich).toBeUndefined();
  expect(drawn.host.querySelector('.plens-callers')).toBeNull();
});

test('without a function asked for, callers and callees are of the focused one, else of the most expensive one', () => {
  const drawn = draw({ view: 'sandwich' }, data);
  expect(labels(drawn)[0]).toBe('json.Decode  40 %');
  drawn.handle.setState({ view: 'sandwich', search: '', focus: ['main', 'http.Serve'] });
  settle();
  expect(labels(drawn)[0]).toBe('http.Serve  80 %');
  find(drawn.host, '.plens-table-window .plens-row:nth-child(3)').click();
  settle();
  expect(drawn.states.at(-1)).toMatchObject({ view: 'sandwich', sandwich: 'gc.Mark' });
  expect(callersOf(drawn)).toEqual(['gc.Mark  20 %']);
});

test('the stack of a caller is told from its outermost frame', () => {
  const copied: string[] = [];
  const drawn = draw({ view: 'sandwich', sandwich: 'json.Decode' }, data, { onCopy: (text) => copied.push(text) });
  const callers = find(drawn.host, '.plens-callers canvas');
  callers.dispatchEvent(
    new MouseEvent('contextmenu', { clientX: 10, clientY: 220 - 44 - 10, button: 2, bubbles: true }),
  );
  choose(drawn, 'Copy stack');
  expect(copied).toEqual(['main\nhttp.Serve\njson.Decode']);
});

test('a row of the table has a menu too, for all places of its function', () => {
  const frames: FrameInfo[] = [];
  const drawn = draw({ view: 'table' }, data, { menuItems: (frame) => (frames.push(frame), []) });
  press(find(drawn.host, '.plens-table-body'), 'ContextMenu');
  expect(menuOf(drawn)).toEqual(['Show callers and callees', 'Hide', 'Hide everything below', 'Copy name']);
  expect(frames[0]).toMatchObject({ name: 'json.Decode', stack: undefined, total: { left: 40 }, self: { left: 40 } });
  press(find(drawn.host, '[role=menu]'), 'Escape');
  const row = find(drawn.host, '.plens-table-window .plens-row:nth-child(2)');
  row.dispatchEvent(
    new MouseEvent('contextmenu', { clientX: 10, clientY: 50, button: 2, bubbles: true, cancelable: true }),
  );
  expect(frames[1]?.name).toBe('sql.Query');
});

test('what is shown is exported: the focused part without what is hidden', async () => {
  const files: ExportFile[] = [];
  const state = { focus: ['main'], hide: [{ pattern: 'http' }] };
  const drawn = draw(state, data, { onExport: (file) => files.push(file) });
  click(drawn, 'Export');
  expect(menuOf(drawn)).toEqual(['PNG picture', 'SVG picture', 'pprof', 'Folded stacks', 'speedscope JSON']);
  choose(drawn, 'Folded stacks');
  await Promise.resolve();
  expect(files.map(({ name }) => name)).toEqual(['space.folded.txt']);
  expect(files[0]?.blob.size).toBe('main;json.Decode 20\nmain;json.Decode;json.Decode 20\nmain;sql.Query 40\n'.length);
  click(drawn, 'Table');
  click(drawn, 'Export');
  expect(menuOf(drawn)).not.toContain('SVG picture');
});

test('a graph that is taller than its pane has a minimap that scrolls it; one that fits has none', () => {
  const deep = readFoldedStacks(`${Array.from({ length: 100 }, (_, i) => `f${i}`).join(';')} 1`);
  const drawn = draw({}, deep);
  const frame = find(drawn.host, '.plens-minimap-frame');
  expect(frame.style.height).toBe(`${(220 / (101 * 22)) * 220}px`);
  expect(drawn.contextOf('.plens-minimap-canvas').stretchesAt(100)[0]).toMatchObject({ x: 0 });
  const press = new MouseEvent('pointerdown', { clientY: 110, bubbles: true, cancelable: true });
  find(drawn.host, '.plens-minimap').dispatchEvent(press);
  find(drawn.host, '.plens-graph').dispatchEvent(new Event('scroll'));
  settle();
  expect(labels(drawn)[0]).toMatch(/^f4\d /);
  const { paintings } = drawn.contextOf('.plens-minimap-canvas');
  find(drawn.host, '.plens-graph').scrollTop = 0;
  find(drawn.host, '.plens-graph').dispatchEvent(new Event('scroll'));
  settle();
  expect(frame.style.top).toBe('0px');
  expect(drawn.contextOf('.plens-minimap-canvas').paintings).toBe(paintings);
  drawn.handle.setData(data);
  settle();
  expect(drawn.host.querySelector('.plens-minimap')).toBeNull();
});

test('the lines around the graph tell what is shown and how far to trust it', () => {
  const meta = { profileTypeId: 'memory:alloc_space:bytes:space:bytes', rangeSeconds: 10, profiles: 3, pods: 2 };
  const drawn = draw({}, { ...data, meta });
  expect(find(drawn.host, '.plens-headline').textContent).toBe('10 B/s · 100 B');
  expect(find(drawn.host, '.plens-trust').textContent).toBe('100 % of samples have names · 3 profiles of 2 pods');
});
