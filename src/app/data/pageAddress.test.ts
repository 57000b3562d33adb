import { addressOf, defaultState, pageOf, readState, writeState } from './pageAddress.ts';

const full = {
  datasourceUid: 'other',
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="a&b", pod=~"x.*"}',
  from: '1700000000000',
  to: 'now',
  compareWith: { kind: 'range', startMillis: 1, endMillis: 2, labelSelector: '{a="b"}' },
  traceIds: ['00f067aa0ba902b700f067aa0ba902b7'],
  spanIds: ['00f067aa0ba902b7'],
  profileIds: ['7c9e6679-7425-40de-944b-e07fc1f90ae7'],
  graph: { view: 'icicle', search: 'json|gzip', focus: ['main', 'a;b'], collapseRecursion: true },
  shown: 'changes',
} as const;

test('an address carries the whole state', () => expect(readState(writeState(full))).toEqual(full));

test('what is as by default is not in the address', () => {
  expect(writeState(defaultState)).toBe('');
  expect(readState('')).toEqual(defaultState);
  expect(addressOf('explore', { from: 'now-5m' })).toBe('/a/pyrolens-profiles-app/explore?from=now-5m');
});

for (const [at, from] of [
  ['1700000000000', '1699999940000'],
  ['1700000000000123456', '1699999940000'],
  ['2023-11-14T22:13:20Z', '1699999940000'],
  ['${__value.time}', 'now-1h'],
  ['17', 'now-1h'],
] as const) {
  test(`at=${at} begins at ${from}`, () => expect(readState(new URLSearchParams({ at }).toString()).from).toBe(from));
}

test('of several moments the one counts that a template has filled in', () => {
  expect(readState('at=${__data.fields.Time.numeric}&at=1700000000000')).toMatchObject({ from: '1699999940000' });
});

test('a link that was cut still opens', () => {
  expect(readState('vs=%7B%22kind&graph=%7B&shown=x')).toEqual(defaultState);
});

test('the page is the last part of the path, and services where it is none', () => {
  expect(pageOf('/a/pyrolens-profiles-app/compare')).toBe('compare');
  expect(pageOf('/grafana/a/pyrolens-profiles-app')).toBe('services');
});
