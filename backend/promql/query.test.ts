/** What the comparison with Prometheus does not show: order, limits, and the ends of ranges by hand. */
import { instantQuery, rangeQuery } from './query.ts';
import type { QueryOptions } from './query.ts';
import { series, sourceOf } from './testSamples.ts';

const minute = 60_000;
const up = series({ __name__: 'up', pod: 'a' }, [
  [0, 1],
  [minute, 2],
  [2 * minute, 3],
]);
const down = series({ __name__: 'down', pod: 'a' }, [[minute, 7]]);
const three = [3, 1, 2].map((value) => series({ __name__: 'three', n: String(value) }, [[minute, value]]));

const options = (rest: Partial<QueryOptions> = {}): QueryOptions => ({
  source: sourceOf([up, down, ...three]),
  lookbackMillis: 300_000,
  mostPoints: 100_000,
  mostSteps: 11_000,
  ...rest,
});
const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

async function valuesOf(expression: string, timeMillis: number): Promise<readonly number[]> {
  const answer = await instantQuery(expression, timeMillis, options());
  return answer.kind === 'vector' ? answer.series.map(({ values }) => values[0] ?? NaN) : [];
}

test('sort and topk order a vector', async () => {
  expect(await valuesOf('sort(three)', minute)).toEqual([1, 2, 3]);
  expect(await valuesOf('sort_desc(three)', minute)).toEqual([3, 2, 1]);
  expect(await valuesOf('topk(2, three)', minute)).toEqual([3, 2]);
  expect(await valuesOf('bottomk(2, three)', minute)).toEqual([1, 2]);
});

test('a sample is found up to the lookback, which counts itself, and no longer', async () => {
  expect(await valuesOf('up', 7 * minute)).toEqual([3]);
  expect(await valuesOf('up', 7 * minute + 1)).toEqual([]);
  expect(await valuesOf('up', minute - 1)).toEqual([1]);
});

test('both ends of a window count', async () => {
  expect(await valuesOf('count_over_time(up[2m])', 2 * minute)).toEqual([3]);
  expect(await valuesOf('count_over_time(up[2m])', 2 * minute + 1)).toEqual([2]);
});

test('a range selector alone gives its samples with their own times', async () => {
  const answer = await instantQuery('up[1m]', 2 * minute + 1, options());
  expect(answer).toEqual({
    kind: 'matrix',
    series: [{ labels: up.labels, times: Float64Array.of(2 * minute), values: Float64Array.of(3) }],
  });
});

test('a range gives points where there is a value, series in the order of their labels', async () => {
  const question = { startMillis: -minute, endMillis: minute, stepMillis: minute };
  const answer = await rangeQuery('{__name__=~"up|down"}', question, options());
  expect(answer.kind === 'matrix' && answer.series.map(({ times, values }) => [[...times], [...values]])).toEqual([
    [[minute], [7]],
    [
      [0, minute],
      [1, 2],
    ],
  ]);
});

test('strings and numbers are answers too', async () => {
  expect(await instantQuery('"text"', 5, options())).toEqual({ kind: 'string', timeMillis: 5, value: 'text' });
  expect(await instantQuery('time() * 2', 5_000, options())).toEqual({ kind: 'scalar', timeMillis: 5_000, value: 10 });
});

for (const [expression, question, message] of [
  ['up', { startMillis: 5, endMillis: 4, stepMillis: 1 }, 'end timestamp must not be before start time'],
  ['up', { startMillis: 0, endMillis: 4, stepMillis: 0 }, 'zero or negative query resolution'],
  ['up', { startMillis: 0, endMillis: 11_001, stepMillis: 1 }, 'exceeded maximum resolution of 11,000 points'],
  ['up[5m]', { startMillis: 0, endMillis: 1, stepMillis: 1 }, 'invalid expression type "range vector" for range query'],
  ['"a"', { startMillis: 0, endMillis: 1, stepMillis: 1 }, 'invalid expression type "string" for range query'],
] as const) {
  test(`a range of ${expression} is refused: ${message}`, async () => {
    const asked = rangeQuery(expression, question, options());
    await expect(asked).rejects.toEqual(code('invalid_argument'));
    await expect(asked).rejects.toThrow(message);
  });
}

for (const [expression, message] of [
  ['three * on() group_left three', 'found duplicate series for the match group on the right hand-side'],
  ['three + on() up', 'many-to-one matching must be explicit (group_left/group_right)'],
  ['label_replace(three, "n", "x", "n", ".*")', 'vector cannot contain metrics with the same labelset'],
  ['label_replace(up, "a-b", "x", "n", ".*")', 'invalid destination label name in label_replace(): a-b'],
  ['label_replace(up, "a", "x", "n", "(")', 'invalid regular expression in label_replace(): ('],
  ['topk(NaN, up)', 'Scalar value NaN overflows int64'],
] as const) {
  test(`${expression} fails: ${message}`, async () => {
    const asked = instantQuery(expression, minute, options());
    await expect(asked).rejects.toEqual(code('failed_precondition'));
    await expect(asked).rejects.toThrow(message);
  });
}

test('work is bounded, whichever part makes it', async () => {
  const few = options({ mostPoints: 100 });
  for (const expression of [
    'sum_over_time(up[1h])',
    'sum_over_time((up + 1)[1h:1s])',
    'sum_over_time(vector(1)[1000y:1ms])',
    'up + up + up',
    '1 + 1',
  ]) {
    const question = { startMillis: 0, endMillis: 200, stepMillis: 1 };
    await expect(rangeQuery(expression, question, few)).rejects.toEqual(code('resource_exhausted'));
  }
});

test('a query that was given up stops', async () => {
  const gone = AbortSignal.abort();
  await expect(instantQuery('up', minute, options({ signal: gone }))).rejects.toEqual(code('canceled'));
});
