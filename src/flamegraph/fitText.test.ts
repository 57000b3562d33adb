import { labelOf, makeTextMeasure, shownName } from './fitText.ts';

const text = makeTextMeasure((characters) => 7 * [...characters].length);

test('a text that fits is whole', () => expect(text.fit('runtime', 49)).toBe('runtime'));
test('a text that does not fit ends with an ellipsis', () => expect(text.fit('runtime', 48)).toBe('runti…'));
test('fewer than three characters are nothing', () => {
  expect(text.fit('runtime', 28)).toBe('run…');
  expect(text.fit('runtime', 27)).toBe('');
});
test('a short name is shown when all of it fits', () => expect(text.fit('gc', 14)).toBe('gc'));
test('no character is cut in half', () => expect(text.fit('🔥🔥🔥🔥🔥', 28)).toBe('🔥🔥🔥…'));

test('each character is measured once', () => {
  let measured = 0;
  const counting = makeTextMeasure((characters) => (measured++, 7 * characters.length));
  for (let i = 0; i < 100; i++) counting.fit('aaabbb', 21);
  expect(measured).toBeLessThanOrEqual(4);
});

test('a label is name and share, then the name, then its short form, then a part of that', () => {
  const name = 'net/http.Serve';
  expect(labelOf(name, '12 %', 20 * 7, text)).toBe('net/http.Serve  12 %');
  expect(labelOf(name, '12 %', 19 * 7, text)).toBe('net/http.Serve');
  expect(labelOf(name, '12 %', 10 * 7, text)).toBe('http.Serve');
  expect(labelOf(name, '12 %', 5 * 7, text)).toBe('http…');
  expect(labelOf(name, '12 %', 3 * 7, text)).toBe('');
});

test('characters that turn or break lines are shown as such', () => {
  expect(shownName('a\u202eb\u0000c\nd\u2066')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd');
  expect(shownName('größe.日本')).toBe('größe.日本');
});
test('a name of a megabyte is cut, no name is said to be none', () => {
  expect(shownName('x'.repeat(2 ** 20))).toHaveLength(1_001);
  expect(shownName('')).toBe('(no name)');
});
