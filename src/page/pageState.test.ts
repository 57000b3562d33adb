import type { PageState } from './pageState.ts';
import { readPageState, selectorOf, writePageState } from './pageState.ts';

const whole: PageState = {
  page: 'ingest',
  tenant: 'shop|cart',
  service: 'shop/cart & more',
  profileType: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labels: 'pod=~"a.*", x!="y"',
  time: { kind: 'between', startMillis: 1_000, endMillis: 2_000 },
  refreshSeconds: 15,
  graph: {
    view: 'sandwich',
    search: 'json.*#',
    focus: ['main', 'a;b', 'net/http.(*conn).serve'],
    colour: 'runtime',
    hide: [{ pattern: '^runtime' }, { pattern: 'a|b', below: true }],
    collapseRecursion: true,
    sandwich: 'json.Decode',
  },
};

test('a state comes back from its link', () => {
  expect(readPageState(writePageState(whole))).toEqual(whole);
});

test('no link, or a broken one, is the state to start with, and its own link is short', () => {
  const start = readPageState('');
  expect(readPageState('#page=news&view=pie&from=yesterday&refresh=-1&colour=loud&recursion=yes')).toEqual(start);
  expect(start).toMatchObject({
    page: 'explore',
    service: '',
    refreshSeconds: 0,
    graph: { view: 'both', search: '', focus: [] },
  });
  expect(writePageState(start)).toBe('#from=now-1h');
});

for (const [service, labels, selector] of [
  ['a', '', '{service_name="a"}'],
  ['a "b"', ' pod="x" ', '{service_name="a \\"b\\"", pod="x"}'],
  ['a', '{pod="x"}', '{service_name="a", pod="x"}'],
  ['', '', '{}'],
  ['', 'pod="x"', '{pod="x"}'],
] as const) {
  test(`service ${service} and labels ${labels} are asked for as ${selector}`, () => {
    expect(selectorOf({ service, labels })).toBe(selector);
  });
}
