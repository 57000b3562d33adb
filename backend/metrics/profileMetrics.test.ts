/** Metrics of profiles, asked for in PromQL. Profiles are written as folded stacks, in samples of 10 ms. */
import { InputError } from '../errors.ts';
import { batchOf, inuse, metricsOver } from './testProfiles.ts';

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

test('a rate is the cores that a profile shows, at the first point of 15 s at or after its time', async () => {
  // 300 samples of 10 ms in 15 s are 0.2 cores.
  const { askRange } = await metricsOver([
    { seconds: 1, folded: ['main;work 300'] },
    { seconds: 15, folded: ['main;work 600'] },
    { seconds: 15.0000005, folded: ['main 1500'], durationSeconds: 15 },
    { seconds: 15.001, folded: ['main 75'], labels: { pod: 'b' } },
  ]);
  const rate = await askRange('pyrolens_profile_rate', { start: 0, end: 45, step: 15 });
  // 24 s of CPU in the 29 s from 1 to 30. Half a microsecond after a point is still the point: times are cut to milliseconds.
  expect(rate).toEqual(['{pod="b"} 30=0.05 45=0.05', '{} 15=0.827586 30=0.827586 45=0.827586']);
});

test('two profiles in a row that fell into one point are no double rate', async () => {
  const { ask } = await metricsOver([
    { seconds: 0.5, folded: ['main 300'] },
    { seconds: 14.5, folded: ['main 600'], durationSeconds: 15 },
  ]);
  // 9 s of CPU in the 29 s from the first one's start to the last one's end.
  expect(await ask('pyrolens_profile_rate', 15)).toEqual(['{} 0.310345']);
});

test('two profiles of the same time add up, and one of a minute is spread over its minute', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: ['main 300'] },
    { seconds: 1, folded: ['main 300'] },
    { seconds: 1, folded: ['main 6000'], durationSeconds: 60, labels: { pod: 'slow' } },
    { seconds: 1, folded: ['main 300'], durationSeconds: 0, labels: { pod: 'mute' } },
  ]);
  expect(await ask('pyrolens_profile_rate', 15)).toEqual(['{pod="mute"} 0.2', '{pod="slow"} 1', '{} 0.4']);
});

test('a state has values, which are means, and no rate', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: ['main;cache 100'], type: inuse },
    { seconds: 2, folded: ['main;cache 200', 'main 100'], type: inuse },
  ]);
  const type = `{profile_type="${inuse}"}`;
  expect(await ask('pyrolens_profile_value', 15)).toEqual([`${type} 200`]);
  expect(await ask('pyrolens_profile_rate', 15)).toEqual([]);
  expect(await ask('pyrolens_function_value{function="cache",mode="self"}', 15)).toEqual([
    `{function="cache", mode="self", profile_type="${inuse}"} 150`,
  ]);
  expect(await ask('pyrolens_function_rate{function="cache"}', 15)).toEqual([]);
});

const calls = [
  { seconds: 1, folded: ['main;json;reflect 30', 'main;json 20', 'main;http;json;json 10', 'main 40'] },
  { seconds: 16, folded: ['main;http 100'] },
  { seconds: 16, folded: ['main;json 50', 'main 50'], labels: { pod: 'b' } },
];

test('a share counts a function by itself or with what it calls, and recursion once', async () => {
  const { ask } = await metricsOver(calls);
  expect(await ask('pyrolens_function_share{function="json"}', 15)).toEqual([
    '{function="json", mode="self"} 0.3',
    '{function="json", mode="total"} 0.6',
  ]);
  expect(await ask('pyrolens_function_rate{function="json",mode="total"}', 15)).toEqual([
    '{function="json", mode="total"} 0.04',
  ]);
});

test('a named function is 0 in series and points where it does not run, so that means are means', async () => {
  const { askRange, ask } = await metricsOver([...calls, { seconds: 17, folded: ['main 1'], labels: { pod: 'c' } }]);
  const share = 'pyrolens_function_share{function="json",mode="total"}';
  expect(await askRange(share, { start: 15, end: 30, step: 15 })).toEqual([
    '{function="json", mode="total", pod="b"} 30=0.5',
    '{function="json", mode="total", pod="c"} 30=0',
    '{function="json", mode="total"} 15=0.6 30=0',
  ]);
  expect(await ask(`avg(avg_over_time(${share}[30s]))`, 30)).toEqual(['{} 0.266667']);
});

test('a pattern finds functions where they run, and the largest can be chosen', async () => {
  const { ask } = await metricsOver(calls);
  expect(await ask('pyrolens_function_share{function=~"ht.*|ref.*",mode="total"}', 30)).toEqual([
    '{function="http", mode="total"} 1',
    '{function="reflect", mode="total"} 0',
  ]);
  const top = 'topk(1, sum by (function) (pyrolens_function_rate{function=~".+",mode="self"}))';
  expect(await ask(top, 15)).toEqual(['{function="main"} 0.0266667']);
});

test('an unknown function, type or label gives nothing', async () => {
  const { ask } = await metricsOver(calls);
  for (const matcher of ['function="nobody"', 'function="json",profile_type="x"', 'function="json",team="core"']) {
    expect(await ask(`pyrolens_function_share{${matcher}}`, 15)).toEqual([]);
  }
  expect(await ask('some_other_metric', 15)).toEqual([]);
});

for (const matchers of ['', '{function!="json"}', '{function!~"json"}', '{function=~".*"}', '{mode="self"}']) {
  test(`pyrolens_function_share${matchers} is refused, for it asks for every function`, async () => {
    const { ask } = await metricsOver(calls);
    const asked = ask(`pyrolens_function_share${matchers}`, 15);
    await expect(asked).rejects.toEqual(code('invalid_argument'));
    await expect(asked).rejects.toThrow('pyrolens_function_share has a series for every function: say which');
  });
}

test('few samples make a wide interval, many a narrow one', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: ['json 2', 'main 1'] },
    { seconds: 1, folded: ['json 2000', 'main 1000'], labels: { pod: 'busy' } },
    { seconds: 1, folded: ['json 2', 'main 1'], labels: { pod: 'unsampled' }, period: 0n },
  ]);
  const bound = (name: string) => ask(`pyrolens_function_share_${name}{function="json",mode="self"}`, 15);
  expect(await bound('low')).toEqual([
    '{function="json", mode="self", pod="busy"} 0.649594',
    '{function="json", mode="self", pod="unsampled"} 0',
    '{function="json", mode="self"} 0.20766',
  ]);
  expect(await bound('high')).toEqual([
    '{function="json", mode="self", pod="busy"} 0.683313',
    '{function="json", mode="self", pod="unsampled"} 1',
    '{function="json", mode="self"} 0.938508',
  ]);
});

test('an idle series has a rate of 0 and no share', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: [] },
    { seconds: 1, folded: ['main 1'], labels: { pod: 'b' } },
  ]);
  expect(await ask('pyrolens_profile_rate', 15)).toEqual(['{pod="b"} 0.000666667', '{} 0']);
  expect(await ask('pyrolens_function_share{function="main",mode="self"}', 15)).toEqual([
    '{function="main", mode="self", pod="b"} 1',
  ]);
});

test('labels that only the server knows leave no trace, and series that differ in nothing else are one', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: ['main 300'], labels: { __mapping__: 'x' } },
    { seconds: 1, folded: ['main 300'], labels: { __mapping__: 'y' } },
  ]);
  expect(await ask('pyrolens_profile_rate', 15)).toEqual(['{} 0.4']);
});

test('labels with dots are asked for by their new names', async () => {
  const { ask } = await metricsOver([
    { seconds: 1, folded: ['main 300'], labels: { 'k8s.pod': 'a', k8s_pod: 'legacy', mode: 'fast' } },
  ]);
  expect(await ask('pyrolens_profile_rate{k8s_pod_2="a",k8s_pod=~"leg.*",mode_2!="slow"}', 15)).toEqual([
    '{k8s_pod="legacy", k8s_pod_2="a", mode_2="fast"} 0.2',
  ]);
  expect(await ask('pyrolens_profile_rate{k8s_pod="a"}', 15)).toEqual([]);
});

test('what is written into a time that was asked for already is seen', async () => {
  const { ask, write } = await metricsOver(calls);
  const share = 'pyrolens_function_share{function="json",mode="self",pod=""}';
  expect(await ask(share, 15)).toEqual(['{function="json", mode="self"} 0.3']);
  expect(await ask(share, 15)).toEqual(['{function="json", mode="self"} 0.3']);
  await write(batchOf({ seconds: 2, folded: ['main;json;new 100'] }));
  expect(await ask(share, 15)).toEqual(['{function="json", mode="self"} 0.15']);
  expect(await ask('pyrolens_function_share{function="new",mode="self",pod=""}', 15)).toEqual([
    '{function="new", mode="self"} 0.5',
  ]);
});

test('slices that are kept are not read again, and stacks that were forgotten are read again', async () => {
  const { ask, store, memory } = await metricsOver(calls);
  let reads = 0;
  const readSamples = store.readSamples.bind(store);
  store.readSamples = (...args) => {
    reads++;
    return readSamples(...args);
  };
  const share = (name: string) => ask(`pyrolens_function_share{function="${name}",mode="self",pod=""}`, 15);
  const first = await share('json');
  expect(reads).toBe(1);
  expect(await share('http')).toEqual(['{function="http", mode="self"} 0']);
  expect(reads).toBe(1);
  memory.forget('anonymous');
  expect(await share('json')).toEqual(first);
  expect(reads).toBeGreaterThan(1);
});

test('a tenant sees its own alone, also after another asked for the same', async () => {
  const { ask, write } = await metricsOver(calls);
  await write(batchOf({ seconds: 1, folded: ['json 1'] }, 'other'));
  const share = 'pyrolens_function_share{function="json",mode="self",pod=""}';
  expect(await ask(share, 15)).toEqual(['{function="json", mode="self"} 0.3']);
  expect(await ask(share, 15, 'other')).toEqual(['{function="json", mode="self"} 1']);
  expect(await ask(share, 15, 'nobody')).toEqual([]);
});

for (const [limits, expression, message] of [
  [
    { mostSeries: 1 },
    'pyrolens_profile_rate',
    'makes 2 series of 21 points, the limit is 1 series (--max-metric-series)',
  ],
  [{ mostPoints: 40 }, 'pyrolens_profile_rate', 'the limit is 40 points (--max-metric-points)'],
  [{ mostProfiles: 2 }, 'pyrolens_profile_rate', 'more than 2 profiles at once (--max-metric-profiles)'],
  [
    { mostSamples: 6 },
    'pyrolens_function_share{function="json"}',
    'at least 7 samples of profiles, the limit is 6 (--max-metric-samples)',
  ],
  [
    { mostSeries: 5 },
    'pyrolens_function_share{function=~".+"}',
    'at least 6 series, the limit is 5 (--max-metric-series)',
  ],
  [
    { mostPoints: 60 },
    'pyrolens_function_share{function=~".+"}',
    'at least 63 points, the limit is 60 (--max-metric-points)',
  ],
] as const) {
  test(`${expression} is refused beyond the limit: ${message}`, async () => {
    const { ask } = await metricsOver(calls, limits);
    const asked = ask(expression, 30);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toEqual(code('resource_exhausted'));
    await expect(asked).rejects.toBeInstanceOf(InputError);
  });
}
