import { isSameState, stateOf } from './panelOptions.ts';

test('options of another panel give the state to start with', () => {
  expect(stateOf({ view: 'pie' as never })).toEqual({ view: 'both', search: '', focus: [] });
});

test('options come back as state', () => {
  const options = { view: 'icicle' as const, search: 'json.*', focus: ['main', 'work'] };
  expect(stateOf(options)).toEqual(options);
});

test('states are the same when view, search and every focused name are', () => {
  const state = stateOf({ focus: ['a', 'b'] });
  expect(isSameState(state, { ...state, focus: ['a', 'b'] })).toBe(true);
  for (const other of [{ view: 'table' as const }, { search: 'x' }, { focus: ['a'] }, { focus: ['a', 'c'] }]) {
    expect(isSameState(state, { ...state, ...other })).toBe(false);
  }
});
