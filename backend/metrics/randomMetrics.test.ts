/** Random profiles: shares and rates are what a slow and obvious count gives, kept slices or not. */
import fc from 'fast-check';
import type { MadeUpProfile } from './testProfiles.ts';
import { batchOf, metricsOver } from './testProfiles.ts';

const frame = fc.constantFrom('main', 'json', 'http', 'db');
const profile = fc.record({
  seconds: fc.integer({ min: -20_000, max: 140_000 }).map((millis) => millis / 1_000),
  labels: fc.constantFrom({}, { pod: 'a' }, { pod: 'b' }),
  folded: fc.uniqueArray(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 50 })), {
    maxLength: 4,
    selector: ([frames]) => frames.join(';'),
  }),
});

interface Cell {
  total: number;
  self: number;
  inside: number;
}

const lineOf = ([frames, count]: readonly [readonly string[], number]): string => `${frames.join(';')} ${count}`;

/** By pod and point, in seconds. */
function countSlowly(profiles: readonly MadeUpProfile[], name: string): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { seconds, labels, folded } of profiles) {
    const point = Math.ceil(seconds / 15) * 15;
    const key = `${labels?.pod ?? ''} ${point}`;
    const cell = cells.get(key) ?? { total: 0, self: 0, inside: 0 };
    cells.set(key, cell);
    for (const line of folded) {
      const [stack = '', count = '0'] = line.split(' ');
      const frames = stack.split(';');
      cell.total += Number(count);
      if (frames.at(-1) === name) cell.self += Number(count);
      if (frames.includes(name)) cell.inside += Number(count);
    }
  }
  return cells;
}

const close = (value: number): string => value.toPrecision(6);

test('a share is what a slow count gives, also after more came in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(profile, { minLength: 1, maxLength: 12 }),
      fc.array(profile, { maxLength: 4 }),
      frame,
      async (first, later, name) => {
        const made = (some: typeof first): MadeUpProfile[] =>
          some.map(({ seconds, labels, folded }) => ({ seconds, labels, folded: folded.map(lineOf) }));
        const subject = await metricsOver(made(first));
        await expectShares(made(first));
        for (const one of made(later)) await subject.write(batchOf(one));
        await expectShares([...made(first), ...made(later)]);

        async function expectShares(profiles: readonly MadeUpProfile[]): Promise<void> {
          const cells = countSlowly(profiles, name);
          for (let point = 0; point <= 135; point += 15) {
            for (const mode of ['self', 'total'] as const) {
              const selector = `pyrolens_function_share{function="${name}",mode="${mode}"}`;
              // One point alone, so that the lookback finds no older one.
              const found = await subject.ask(`last_over_time(${selector}[1s])`, point);
              const wanted = ['', 'a', 'b'].flatMap((pod) => {
                const cell = cells.get(`${pod} ${point}`);
                if (cell === undefined || cell.total === 0 || !occurs(cells, point)) return [];
                const share = (mode === 'self' ? cell.self : cell.inside) / cell.total;
                const labels = `function="${name}", mode="${mode}"${pod === '' ? '' : `, pod="${pod}"`}`;
                return [`{${labels}} ${Number(close(share))}`];
              });
              expect(found).toEqual(wanted.sort());
            }
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

const occurs = (cells: ReadonlyMap<string, Cell>, point: number): boolean =>
  ['', 'a', 'b'].some((pod) => (cells.get(`${pod} ${point}`)?.inside ?? 0) > 0);

test('two hours, too long to keep, are read in runs and give every point', async () => {
  const profiles = Array.from({ length: 480 }, (_, i) => ({
    seconds: 15 * i + 1,
    folded: [`main;json ${1 + (i % 7)}`, 'main 10'],
  }));
  const { ask, askRange } = await metricsOver(profiles);
  const share = 'pyrolens_function_share{function="json",mode="self"}';
  const [line = ''] = await askRange(share, { start: 15, end: 7_200, step: 15 });
  const values = [...line.matchAll(/=(0\.\d+)/g)].map(([, value]) => Number(value));
  expect(values).toEqual(profiles.map((_, i) => Number(close((1 + (i % 7)) / (11 + (i % 7))))));
  expect(await ask(`count_over_time(${share}[2h])`, 7_200)).toEqual(['{function="json", mode="self"} 480']);
});
