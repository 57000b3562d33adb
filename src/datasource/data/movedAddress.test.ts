import { movedAddress } from './movedAddress.ts';

const range = { startMillis: 1_000.5, endMillis: 2_000.5 };

test("a dashboard's range is moved, all else stays", () => {
  const address = { pathname: '/d/abc/shop', search: '?var-service=a%26b&from=now-1h&to=now&viewPanel=2' };
  expect(movedAddress(address, range)).toBe('/d/abc/shop?var-service=a%26b&from=1000&to=2001&viewPanel=2');
});

test('a dashboard without a range gets one', () => {
  expect(movedAddress({ pathname: '/d/abc', search: '' }, range)).toBe('/d/abc?from=1000&to=2001');
});

test('in Explore every pane is moved, and keeps its queries', () => {
  const panes = { a: { datasource: 'p', queries: [{ refId: 'A' }], range: { from: 'now-1h', to: 'now' } }, b: {} };
  const search = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) }).toString();
  const moved = new URLSearchParams(movedAddress({ pathname: '/explore', search }, range).split('?')[1]);
  const there = { from: '1000', to: '2001' };
  expect(moved.get('schemaVersion')).toBe('1');
  expect(JSON.parse(moved.get('panes') ?? '')).toEqual({ a: { ...panes.a, range: there }, b: { range: there } });
});

for (const panes of ['{', '[]', 'null']) {
  test(`panes of ${panes} stop nobody`, () => {
    expect(() => movedAddress({ pathname: '/explore', search: new URLSearchParams({ panes }).toString() }, range)).not.toThrow();
  });
}
