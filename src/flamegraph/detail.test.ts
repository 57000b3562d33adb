import { click, drawingsForTests, find, point, press, canvasOf } from './drawnForTests.ts';
import { readFoldedStacks } from './foldedStacks.ts';

const draw = drawingsForTests();
const cut = readFoldedStacks(
  `
    main;http.Serve;json.Decode 20
    main;http.Serve;other 60
    gc.Mark 20
  `,
  'bytes',
);

function drawWithDetail(refusal?: string) {
  const asked: (readonly string[])[] = [];
  let left = 0;
  const open = (stack: readonly string[]): string | undefined => {
    asked.push(stack);
    return refusal;
  };
  const drawn = draw({}, cut, { detail: { open, leave: () => void left++ } });
  return { drawn, asked, leaves: () => left };
}
const noteOf = (host: HTMLElement): string => find(host, '.plens-note').textContent;

test('a double click on "other" asks for what is below its parent, one beside it for nothing', () => {
  const { drawn, asked } = drawWithDetail();
  for (const type of ['click', 'click', 'dblclick']) point(drawn, type, 900, 1);
  expect(asked).toEqual([]);
  press(canvasOf(drawn), 'Escape');
  for (const type of ['click', 'dblclick']) point(drawn, type, 300, 3);
  expect(asked).toEqual([['main', 'http.Serve']]);
});

test('a bar above "other" is asked for itself, by the key d as well', () => {
  const { drawn, asked } = drawWithDetail();
  const canvas = canvasOf(drawn);
  for (const key of ['ArrowDown', 'ArrowDown', 'd']) press(canvas, key);
  expect(asked).toEqual([['main']]);
});

test('why it cannot be asked for stands beside the graph, until new data comes', () => {
  const { drawn } = drawWithDetail('Only Pyrolens knows more.');
  for (const key of ['ArrowDown', 'ArrowDown', 'd']) press(canvasOf(drawn), key);
  expect(noteOf(drawn.host)).toBe('Only Pyrolens knows more.');
  drawn.handle.setData(cut);
  expect(noteOf(drawn.host)).toBe('');
});

test('where nobody can be asked, and where bars are hidden, that is said', () => {
  const alone = draw({}, cut);
  for (const key of ['ArrowDown', 'ArrowDown', 'd']) press(canvasOf(alone), key);
  expect(noteOf(alone.host)).toMatch(/cut away by the server/);
  const { drawn, asked } = drawWithDetail();
  drawn.handle.setState({ view: 'icicle', search: '', focus: [], hide: [{ pattern: 'gc' }] });
  for (const key of ['ArrowDown', 'ArrowDown', 'd']) press(canvasOf(drawn), key);
  expect(noteOf(drawn.host)).toMatch(/reset what is hidden/);
  expect(asked).toEqual([]);
});

test('a detailed part says what it is of, and a button and Escape lead back', () => {
  const { drawn, leaves } = drawWithDetail();
  expect(find(drawn.host, '.plens-detail').hidden).toBe(true);
  drawn.handle.setData({ ...cut, detailOf: ['main', 'http.Serve'] });
  expect(find(drawn.host, '.plens-detail').textContent).toMatch(/^Full detail below http\.Serve/);
  click(drawn, 'Whole graph');
  press(canvasOf(drawn), 'Escape');
  expect(leaves()).toBe(2);
});
