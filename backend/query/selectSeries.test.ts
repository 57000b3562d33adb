import type { SeriesQuestion } from '../model/question.ts';
import { selectSeries } from './selectSeries.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

const milli = 1_000_000n;
const question: SeriesQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 10_000,
  endMillis: 30_000,
  stepSeconds: 10,
  groupBy: [],
  aggregation: 'sum',
  limit: undefined,
  exemplars: false,
};
const at = (timeNanos: bigint, value: number, labels: Record<string, string> = {}) => ({
  timeNanos,
  labels,
  folded: [`main ${value}`],
});
const pointsOf = async (store: Awaited<ReturnType<typeof storeOf>>, change: Partial<SeriesQuestion> = {}) =>
  (await selectSeries(asking(store), { ...question, ...change })).map(({ labels, points }) => [
    labels.map(({ name, value }) => `${name}=${value}`).join(),
    points.map(({ timeMillis, value }) => `${timeMillis / 1_000}:${value}`).join(' '),
  ]);

test('a point holds what lies after the point before it, up to itself', async () => {
  const store = await storeOf([
    at(0n - milli, 1),
    at(0n, 2), // start - step: belongs to the first point
    at(10_000n * milli, 4),
    at(10_000n * milli + 1n, 8), // still the same millisecond
    at(10_001n * milli, 16),
    at(20_000n * milli, 32),
    at(30_000n * milli, 64),
    at(30_000n * milli + 1n, 128), // after the end
  ]);
  expect(await pointsOf(store)).toEqual([['', '10:14 20:48 30:64']]);
});

test('what lies after the last point of the grid is shown nowhere', async () => {
  const store = await storeOf([at(10_000n * milli, 1), at(29_000n * milli, 2)]);
  expect(await pointsOf(store, { stepSeconds: 15 })).toEqual([['', '10:1']]);
});

test('lines are grouped by labels, the largest first, and cut to the limit', async () => {
  const store = await storeOf([
    at(15_000n * milli, 1, { pod: 'a', region: 'x' }),
    at(15_000n * milli, 5, { pod: 'b', region: 'x' }),
    at(15_000n * milli, 3, { pod: 'c', region: 'y' }),
    at(15_000n * milli, 2, { pod: 'd' }),
  ]);
  expect(await pointsOf(store, { groupBy: ['region'] })).toEqual([
    ['region=x', '20:6'],
    ['region=y', '20:3'],
    ['', '20:2'],
  ]);
  expect(await pointsOf(store, { groupBy: ['pod'], limit: 2 })).toEqual([
    ['pod=b', '20:5'],
    ['pod=c', '20:3'],
  ]);
});

test('the average is over profiles', async () => {
  const store = await storeOf([at(15_000n * milli, 1, { pod: 'a' }), at(16_000n * milli, 4, { pod: 'a' })]);
  expect(await pointsOf(store, { aggregation: 'average' })).toEqual([['', '20:2.5']]);
});

test('an exemplar is the highest profile of its point', async () => {
  const store = await storeOf([at(15_000n * milli, 1, { pod: 'a' }), at(16_000n * milli, 4, { pod: 'b' })]);
  const [line] = await selectSeries(asking(store), { ...question, exemplars: true });
  expect(line?.points[0]?.exemplar).toMatchObject({
    timeMillis: 16_000,
    value: 4n,
    profileId: '00000000-0000-0000-0000-000000000001',
    labels: expect.arrayContaining([{ name: 'pod', value: 'b' }]) as unknown,
  });
});

for (const stepSeconds of [0, -1, 0.0009, NaN]) {
  test(`a step of ${stepSeconds} s is refused`, async () => {
    await expect(pointsOf(await storeOf([]), { stepSeconds })).rejects.toThrow('step must be >= 1ms');
  });
}

test('a step longer than time itself is refused, and the last nanosecond that there is lies in a point', async () => {
  for (const stepSeconds of [1.1e10, 1e300, Infinity]) {
    await expect(pointsOf(await storeOf([]), { stepSeconds })).rejects.toThrow('step must be <= 10000000000s');
  }
  const last = 9_223_372_036_854;
  const store = await storeOf([{ timeNanos: 2n ** 63n - 1n, labels: { pod: 'a' }, folded: ['main 5'] }]);
  const range = { startMillis: last - 1_000, endMillis: last };
  expect(await pointsOf(store, { ...range, stepSeconds: 1 })).toEqual([]);
  // The point at 854 ms has what is at most 854 ms: reads end where the range ends, and the profile is 775,807 ns later.
  expect(await pointsOf(store, { ...range, endMillis: last + 1, stepSeconds: 1 })).toEqual([['', `${last / 1_000}:5`]]);
});

test('a grid of too many points is refused before anything is read', async () => {
  await expect(pointsOf(await storeOf([]), { stepSeconds: 0.001, endMillis: 2_000_000_000_000 })).rejects.toThrow(
    'points are more than 1000000',
  );
});
