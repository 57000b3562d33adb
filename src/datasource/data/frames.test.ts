import { DataFrameType, FieldType } from '@grafana/data';
import { flameGraphFrame, seriesFrames } from './frames.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const goroutines = 'goroutine:goroutine:count:goroutine:count';

test('a flame graph has the fields that Grafana own panel looks for', () => {
  const frame = flameGraphFrame('A', cpu, {
    names: ['total', 'main'],
    levels: [{ values: ['0', '3', '1', '0'] }, { values: ['0', '2', '2', '1'] }],
  }, { startMillis: 1, endMillis: 2 });
  expect(frame.meta?.preferredVisualisationType).toBe('flamegraph');
  expect(frame.fields.map(({ name, type, values }) => ({ name, type, values }))).toEqual([
    { name: 'level', type: FieldType.number, values: [0, 1] },
    { name: 'value', type: FieldType.number, values: [3, 2] },
    { name: 'self', type: FieldType.number, values: [1, 2] },
    { name: 'label', type: FieldType.enum, values: [0, 1] },
  ]);
  expect(frame.fields[1]?.config.unit).toBe('ns');
  expect(frame.fields[3]?.config.type?.enum?.text).toEqual(['total', 'main']);
});

test('a flame graph of an estimate has one field more: how far off each share may be', () => {
  const levels = [{ values: ['0', '3', '1', '0'] }, { values: ['0', '2', '2', '1'] }];
  const frameErrors = [{ values: [0] }, { values: [0.05] }];
  const range = { startMillis: 1, endMillis: 2 };
  const frame = flameGraphFrame('A', cpu, { names: ['total', 'main'], levels, frameErrors }, range);
  const field = frame.fields[4];
  expect([field?.name, field?.values, field?.config.unit]).toEqual(['shareError', [0, 0.05], 'percentunit']);
});

test('CPU time per step becomes cores', () => {
  const [frame] = seriesFrames('A', cpu, 15, [
    { labels: [{ name: 'pod', value: 'a' }], points: [{ value: 30e9, timestamp: '1000' }, { timestamp: '16000' }] },
  ]);
  expect(frame?.fields.map(({ values }): readonly unknown[] => values)).toEqual([
    [1000, 16000],
    [2, 0],
  ]);
  expect(frame?.fields[1]?.config).toMatchObject({ unit: 'cores', displayNameFromDS: 'a' });
  expect(frame?.fields[1]?.labels).toEqual({ pod: 'a' });
  expect(frame?.meta).toMatchObject({ type: DataFrameType.TimeSeriesMulti, custom: { rateCalculated: true } });
});

test('a state is shown as it is, under its type when it has no labels', () => {
  const [frame] = seriesFrames('A', goroutines, 15, [{ points: [{ value: 7, timestamp: '1000' }] }]);
  expect(frame?.fields[1]?.values).toEqual([7]);
  expect(frame?.fields[1]?.config).toMatchObject({ unit: 'short', displayNameFromDS: 'goroutine / goroutine' });
});

for (const [labels, name] of [
  [[{ name: 'a', value: 'x' }, { name: 'b' }], '{a="x", b=""}'],
  [[{ name: 'a' }], 'no a'],
] as const) {
  test(`a series of ${JSON.stringify(labels)} is called ${name}`, () => {
    expect(seriesFrames('A', cpu, 15, [{ labels }])[0]?.name).toBe(name);
  });
}

test('each series is a frame', () => {
  expect(seriesFrames('A', cpu, 15, [{}, {}])).toHaveLength(2);
});
