/** What of the samples is read from the store, and how often: seen by counting its reads. */
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { instantQuery, rangeQuery } from '../promql/query.ts';
import type { SampleReading } from '../store/store.ts';
import type { MadeUpProfile, MetricsSubject } from './testProfiles.ts';
import { batchOf, metricsOver, noonMillis } from './testProfiles.ts';

const calls: readonly MadeUpProfile[] = [
  { seconds: 1, folded: ['main;json 30', 'main 70'] },
  { seconds: 16, folded: ['main;json 50', 'main 50'], labels: { pod: 'b' } },
];
const cost = 'sum(avg_over_time(pyrolens_function_rate{function="json",mode="total"}[15s]))';
const whole = 'sum(avg_over_time(pyrolens_profile_rate[15s]))';

interface Counted extends MetricsSubject {
  /** Whether each read was with stacks. */
  readonly reads: boolean[];
  /** What the next read waits for. */
  hold: Promise<void>;
}

async function counted(profiles: readonly MadeUpProfile[]): Promise<Counted> {
  const subject = await metricsOver(profiles);
  const whatIs: Counted = { ...subject, reads: [], hold: Promise.resolve() };
  const { store } = subject;
  const readSamples = store.readSamples.bind(store);
  store.readSamples = async (scope, reading: SampleReading, signal) => {
    whatIs.reads.push(reading.withStacks);
    const rows = await readSamples(scope, reading, signal);
    await whatIs.hold;
    if (signal?.aborted) throw new InputError('canceled', 'the asker is gone');
    return rows;
  };
  return whatIs;
}

test('the whole of a share is told from the samples that its function was read with, also while both are read', async () => {
  const { ask, reads, write } = await counted(calls);
  const share = `${cost} / ${whole}`;
  await ask(cost, 30);
  expect(reads).toEqual([true]);
  expect(await ask(share, 30)).toEqual(['{} 0.4']);
  expect(reads).toEqual([true]);
  // Both sides find the newest slice gone at the same moment.
  await write(batchOf({ seconds: 17, folded: ['main;json 100'], labels: { pod: 'b' } }));
  expect(await ask(share.replaceAll('15s', '20s'), 30)).toEqual([expect.stringMatching(/^\{\} 0\.\d+$/)]);
  expect(reads).toEqual([true, true]);
});

test('who asks for profiles alone has no samples read', async () => {
  const { ask, reads } = await counted(calls);
  for (let i = 0; i < 3; i++) expect(await ask(whole, 30)).toEqual(['{} 0.133333']);
  expect(reads).toEqual([false]);
  await ask(cost, 30);
  expect(reads).toEqual([false, true]);
  await ask(whole, 30);
  expect(reads).toEqual([false, true]);
});

test('rules that ask at the same moment have each slice read once', async () => {
  const { ask, reads } = await counted(calls);
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(cost, 30)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(reads).toEqual([true]);
});

test('what was written while a slice is being read is not missing for who asks afterwards', async () => {
  const subject = await counted([{ seconds: 1, folded: ['main;json 30', 'main 70'] }]);
  let go = (): void => undefined;
  subject.hold = new Promise((resolve) => {
    go = resolve;
  });
  const share = 'pyrolens_function_share{function="json",mode="total"}';
  const before = subject.ask(share, 15);
  while (subject.reads.length === 0) await new Promise(setImmediate);
  await subject.write(batchOf({ seconds: 2, folded: ['main;json 100'] }));
  const after = subject.ask(share, 15);
  go();
  expect(await before).toEqual(['{function="json", mode="total"} 0.3']);
  expect(await after).toEqual(['{function="json", mode="total"} 0.65']);
});

test('an asker who leaves does not take the answer of those who wait with him', async () => {
  const subject = await counted(calls);
  const leaving = new AbortController();
  const options = { lookbackMillis: 300_000, mostPoints: 1e6, mostSteps: 11_000 };
  const source = subject.metrics.sourceOf('anonymous');
  let go = (): void => undefined;
  subject.hold = new Promise((resolve) => {
    go = resolve;
  });
  const left = instantQuery(cost, noonMillis + 30_000, { ...options, source, signal: leaving.signal });
  const stayed = subject.ask(cost, 30);
  while (subject.reads.length === 0) await new Promise(setImmediate);
  leaving.abort();
  go();
  await expect(left).rejects.toMatchObject({ code: 'canceled' });
  expect(await stayed).toEqual(['{} 0.0533333']);
  expect(subject.reads).toEqual([true, true]);
});

const profile = fc.record({
  seconds: fc.integer({ min: -20_000, max: 140_000 }).map((millis) => millis / 1_000),
  pod: fc.constantFrom('a', 'b'),
  count: fc.integer({ min: 1, max: 500 }),
});
type Made = Readonly<{ seconds: number; pod: string; count: number }>;

/** In hundredths of a core. */
function slowRate(profiles: readonly Made[], pod: string, point: number): number | undefined {
  const inside = profiles.filter((one) => one.pod === pod && Math.ceil(one.seconds / 15) * 15 === point);
  if (inside.length === 0) return undefined;
  const starts = inside.map(({ seconds }) => seconds);
  const covered = Math.min(15 * inside.length, Math.max(...starts) + 15 - Math.min(...starts));
  return inside.reduce((sum, { count }) => sum + count, 0) / covered;
}

test('a rate is what a slow count gives, whether functions were asked for before or not, also after more came in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(profile, { minLength: 1, maxLength: 12 }),
      fc.array(profile, { maxLength: 4 }),
      fc.boolean(),
      async (first, later, asksFunctions) => {
        const madeUp = ({ seconds, pod, count }: Made): MadeUpProfile => ({
          seconds,
          labels: { pod },
          folded: [`main;json ${count}`],
        });
        const { write, metrics } = await metricsOver(first.map(madeUp));
        const options = { lookbackMillis: 0, mostPoints: 1e6, mostSteps: 11_000 };
        const query = { ...options, source: metrics.sourceOf('anonymous') };
        const range = { startMillis: noonMillis, endMillis: noonMillis + 135_000, stepMillis: 15_000 };
        const expectRates = async (profiles: readonly Made[]): Promise<void> => {
          if (asksFunctions) await rangeQuery('pyrolens_function_rate{function="json"}', range, query);
          for (const pod of ['a', 'b']) {
            const answer = await rangeQuery(`pyrolens_profile_rate{pod="${pod}"}`, range, query);
            const [found] = answer.kind === 'matrix' ? answer.series : [];
            const told = new Map(Array.from(found?.times ?? [], (time, i) => [time, found?.values[i]]));
            for (let point = 0; point <= 135; point += 15) {
              const wanted = slowRate(profiles, pod, point);
              const value = told.get(noonMillis + point * 1_000);
              expect(value?.toPrecision(6)).toBe(wanted === undefined ? undefined : (wanted / 100).toPrecision(6));
            }
          }
        };
        await expectRates(first);
        for (const one of later) await write(batchOf(madeUp(one)));
        await expectRates([...first, ...later]);
      },
    ),
    { numRuns: 30 },
  );
});
