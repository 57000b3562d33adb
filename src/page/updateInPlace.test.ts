import { element } from './element.ts';
import { updateInPlace } from './updateInPlace.ts';

const listOf = (...texts: readonly string[]): HTMLElement =>
  element('ul', {}, ...texts.map((text) => element('li', {}, element('b', {}, text))));

test('what is the same stays the same element, what differs takes the new text', () => {
  const list = listOf('a', 'b');
  const [first, second] = list.children;
  updateInPlace(list, listOf('a', 'c'));
  expect([list.children[0], list.children[1]]).toEqual([first, second]);
  expect(list.children[1]).toBe(second);
  expect(list.innerHTML).toBe(listOf('a', 'c').innerHTML);
});

test('lists grow, shrink, and an element with other attributes is replaced', () => {
  const list = listOf('a');
  for (const next of [
    listOf('a', 'b', 'c'),
    listOf('z'),
    element('ul', {}, element('li', { class: 'bad' }, 'x')),
    element('ul', {}, 'nothing'),
    listOf(),
  ]) {
    const wanted = next.innerHTML;
    updateInPlace(list, next);
    expect(list.innerHTML).toBe(wanted);
  }
});
