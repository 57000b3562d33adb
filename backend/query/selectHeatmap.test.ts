import type { HeatmapQuestion } from '../model/question.ts';
import { selectHeatmap } from './selectHeatmap.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

const second = 1_000_000_000n;
const question: HeatmapQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 10_000,
  endMillis: 40_000,
  stepSeconds: 15,
  groupBy: [],
  of: 'profiles',
  limit: undefined,
  exemplars: false,
};
const profile = (at: bigint, pod: string, value: number) => ({
  timeNanos: at * second,
  labels: { pod },
  folded: [`main ${value}`],
});
/** Totals 100 .. 120 make rows of one each. */
const filled = () =>
  storeOf([profile(10n, 'a', 100), profile(11n, 'a', 120), profile(25n, 'b', 110), profile(26n, 'b', 111)]);

/** "row: count" of each slot. */
const counted = async (change: Partial<HeatmapQuestion> = {}) => {
  const { rows, lines } = await selectHeatmap(asking(await filled()), { ...question, ...change });
  return lines.map(({ labels, slots }) => ({
    pod: labels[0]?.value,
    slots: slots.map(
      ({ timeMillis, counts }) =>
        `${timeMillis}: ${counts.flatMap((count, i) => (count === 0 ? [] : [`${rows[i]} ${count}`])).join(', ')}`,
    ),
  }));
};

test('each profile is counted in its row, between the smallest and the largest, at the right edge of its step', async () => {
  expect(await counted()).toEqual([{ pod: undefined, slots: ['10000: 100 1', '25000: 110 1, 119 1', '40000: 111 1'] }]);
});

test('groups share their rows; a limit takes the first', async () => {
  expect(await counted({ groupBy: ['pod'] })).toEqual([
    { pod: 'a', slots: ['10000: 100 1', '25000: 119 1'] },
    { pod: 'b', slots: ['25000: 110 1', '40000: 111 1'] },
  ]);
  expect(await counted({ groupBy: ['pod'], limit: 1 })).toEqual([
    { pod: 'a', slots: ['10000: 100 1', '25000: 119 1'] },
  ]);
});

test('one size alone lies in the last row', async () => {
  const store = await storeOf([profile(12n, 'a', 7)]);
  const { rows, lines } = await selectHeatmap(asking(store), question);
  expect(rows).toEqual(new Array(20).fill(7));
  expect(lines[0]?.slots[0]?.counts.lastIndexOf(1)).toBe(19);
});

test('the largest of a cell stands for it, with the labels that are not grouped by', async () => {
  const store = await storeOf([profile(20n, 'a', 5), profile(21n, 'a', 9), profile(22n, 'b', 9_999)]);
  const { lines } = await selectHeatmap(asking(store), { ...question, exemplars: true });
  const { exemplars } = lines[0]?.slots[0] ?? { exemplars: [] };
  expect(exemplars.map(({ value, timeMillis }) => [value, timeMillis])).toEqual([
    [9n, 21_000],
    [9_999n, 22_000],
  ]);
  expect(exemplars[0]?.labels).toContainEqual({ name: 'pod', value: 'a' });
});

for (const [change, message] of [
  [{ stepSeconds: 0 }, 'step must be >= 1ms, got 0'],
  [{ limit: -1 }, 'limit must be non-negative, got -1'],
  [{ endMillis: 10_000 }, 'start time must be before end time, got start=10000 end=10000'],
] as const) {
  test(`${JSON.stringify(change)} is refused: ${message}`, async () => {
    await expect(counted(change)).rejects.toThrow(message);
  });
}

test('more profiles than the limit are refused, and the limit is named', async () => {
  const asked = selectHeatmap(asking(await filled(), { heatmapProfiles: 3 }), question);
  await expect(asked).rejects.toThrow('more than 3 profiles in a heatmap (--max-heatmap-profiles)');
});
