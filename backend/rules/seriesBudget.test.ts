import { budgetDayMillis, SeriesBudget } from './seriesBudget.ts';

const limits = { seriesPerRule: 2, seriesInAll: 3 };

test('series that are there stay, new ones are refused beyond a rule’s budget and beyond that of all', () => {
  const budget = new SeriesBudget(limits);
  const asked = ['a', 'b', 'c', 'a'].map((series) => budget.admits('one', series, 0));
  expect(asked).toEqual([true, true, false, true]);
  expect(budget.admits('two', 'a', 0)).toBe(true);
  expect(budget.admits('two', 'b', 0)).toBe(false);
});

test('a series without a sample for a day makes room', () => {
  const budget = new SeriesBudget(limits);
  budget.admits('one', 'a', 0);
  budget.admits('one', 'b', 1);
  expect(budget.admits('one', 'c', budgetDayMillis - 1)).toBe(false);
  expect(budget.admits('one', 'c', budgetDayMillis)).toBe(true);
  expect(budget.admits('one', 'a', budgetDayMillis)).toBe(false);
});

test('what a rule is expected to make counts until it is there, and goes with the rule', () => {
  const budget = new SeriesBudget(limits);
  budget.expect('one', 2);
  expect([budget.countWithout('two'), budget.countWithout('one')]).toEqual([2, 0]);
  for (const series of ['a', 'b']) budget.admits('one', series, 0);
  expect(budget.countWithout('two')).toBe(2);
  budget.forget('one');
  expect(budget.countWithout('two')).toBe(0);
});
