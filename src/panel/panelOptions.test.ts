import { isSameState, optionsOf, stateOf } from './panelOptions.ts';

test('options of another panel give the state to start with', () => {
  expect(stateOf({ view: 'pie' as never })).toEqual({ view: 'both', search: '', focus: [] });
});

test('options come back as state', () => {
  const options = { view: 'icicle' as const, search: 'json.*', focus: ['main', 'work'] };
  expect(stateOf(options)).toEqual(options);
});

test('states are the same when all that a person can choose is', () => {
  const state = stateOf({ focus: ['a', 'b'] });
  expect(isSameState(state, { ...state, focus: ['a', 'b'] })).toBe(true);
  const others = [
    { view: 'table' as const },
    { search: 'x' },
    { focus: ['a'] },
    { focus: ['a', 'c'] },
    { colour: 'runtime' as const },
    { hide: [{ pattern: 'x' }] },
    { collapseRecursion: true },
    { sandwich: 'a' },
  ];
  for (const other of others) {
    expect(isSameState(state, { ...state, ...other })).toBe(false);
  }
});

test('a state comes back from the options it was saved in', () => {
  const state = {
    view: 'sandwich' as const,
    search: '',
    focus: ['a'],
    colour: 'value' as const,
    hide: [{ pattern: '^runtime', below: true }],
    collapseRecursion: true,
    sandwich: 'b',
  };
  expect(stateOf(optionsOf(state, stateOf({})))).toEqual(state);
});

test('what was chosen before and is no more is not saved', () => {
  const before = {
    view: 'both' as const,
    search: 'x',
    colour: 'runtime' as const,
    hide: [{ pattern: 'x' }],
    sandwich: 'a',
  };
  expect(optionsOf(stateOf({}), before)).toEqual({ version: 3, view: 'both', search: '', focus: [] });
});

test('a panel that was saved before there were colours and hiding is as it was', () => {
  expect(stateOf({ view: 'flame', search: 'x' })).toEqual({ view: 'flame', search: 'x', focus: [] });
});

test('options that hold something else than they should are passed over', () => {
  const odd = { colour: 'loud', hide: [3, { pattern: 'x' }, null], sandwich: 7, collapseRecursion: 'yes' };
  expect(stateOf(odd as never)).toEqual({ view: 'both', search: '', focus: [], hide: [{ pattern: 'x' }] });
});
