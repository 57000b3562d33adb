import { readConfig } from './config.ts';

test('each limit of PromQL is set by its flag or variable', () => {
  const names = [
    'promql-steps',
    'promql-points',
    'metric-series',
    'metric-points',
    'metric-profiles',
    'metric-samples',
  ];
  const args = names.flatMap((name, i) => [`--max-${name}`, String(i + 1)]);
  const { limits } = readConfig([...args, '--max-promql-time', '5s'], { PYROLENS_METRIC_MEMORY: '1MiB' });
  expect(limits).toMatchObject({
    promqlSteps: 1,
    promqlPoints: 2,
    metricSeries: 3,
    metricPoints: 4,
    metricProfiles: 5,
    metricSamples: 6,
    promqlMillis: 5_000,
    metricMemoryBytes: 2 ** 20,
  });
});

test('off is no time limit, and no lag', () => {
  const { limits } = readConfig(['--max-promql-time', 'off', '--metric-lag', 'off'], {});
  expect([limits.promqlMillis, limits.metricLagMillis]).toEqual([Infinity, 0]);
  expect(readConfig(['--metric-lag', '250ms'], {}).limits.metricLagMillis).toBe(250);
});

for (const [args, message] of [
  [
    ['--metric-lag', '1 s'],
    '--metric-lag (PYROLENS_METRIC_LAG): expected a duration, as in 500ms or 1s, or off, got "1 s"',
  ],
  [['--max-metric-series', '0'], '--max-metric-series (PYROLENS_MAX_METRIC_SERIES): expected a whole number above 0'],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    expect(() => readConfig(args, {})).toThrow(message);
  });
}
