/** The evaluator of recording rules over a store on disk, with a clock of the bench's own. Bundled by recording.mjs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryDocuments } from '../../backend/documents/memoryDocuments.ts';
import { defaultLimits } from '../../backend/limits.ts';
import { createLog } from '../../backend/log.ts';
import { metricLimits } from '../../backend/metrics/profileMetrics.ts';
import { RecordedMetrics } from '../../backend/metrics/recordedMetrics.ts';
import { batchOf, noonMillis } from '../../backend/metrics/testProfiles.ts';
import { StackMemory } from '../../backend/query/stackMemory.ts';
import { RuleBook } from '../../backend/rules/ruleBook.ts';
import { RuleEvaluator } from '../../backend/rules/ruleEvaluator.ts';
import { SeriesBudget } from '../../backend/rules/seriesBudget.ts';
import { ruleOf } from '../../backend/rules/testRules.ts';
import { openClickHouseStore } from '../../backend/store/clickhouse/openClickHouseStore.ts';
import { watchWrites } from '../../backend/store/writeWatch.ts';

export interface RecordingRun {
  readonly pods: number;
  readonly rules: number;
  readonly minutes: number;
  /** "a;b;c", root first. */
  readonly stacks: readonly string[];
  readonly random: () => number;
}

export interface MinuteFigures {
  readonly wallMillis: number;
  readonly cpuMillis: number;
  readonly series: number;
}

export async function runRecording(run: RecordingRun): Promise<{ live: MinuteFigures[]; caughtUp: MinuteFigures }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-bench-'));
  const log = createLog((line) => process.stderr.write(line));
  const store = await openClickHouseStore({ dataDir, log });
  try {
    const { store: watched, writes } = watchWrites(store);
    const book = new RuleBook();
    const rules = rulesOf(run);
    book.set('anonymous', rules);
    let now = noonMillis;
    let series = 0;
    const evaluator = () =>
      new RuleEvaluator({
        book,
        recorded: new RecordedMetrics({
          store,
          memory: new StackMemory(defaultLimits.stackMemoryBytes),
          writes,
          limits: metricLimits(defaultLimits),
        }),
        catalog: store.catalog,
        writes,
        documents: createMemoryDocuments(),
        sink: {
          accept: (given) => {
            series += given.length;
            return Promise.resolve();
          },
        },
        budget: new SeriesBudget({ seriesPerRule: 1_000, seriesInAll: 100_000 }),
        latenessMillis: 0,
        backfillMillis: 3_600_000,
        tellsTenant: false,
        counters: {
          countEvaluated: () => undefined,
          countFailed: () => undefined,
          countSkipped: () => undefined,
          countLate: () => undefined,
          countDropped: () => undefined,
          watch: () => undefined,
        },
        log,
        now: () => now,
      });
    const measure = async (one: RuleEvaluator): Promise<MinuteFigures> => {
      series = 0;
      const before = process.cpuUsage();
      const began = performance.now();
      await one.evaluateDue();
      const { user, system } = process.cpuUsage(before);
      return { wallMillis: performance.now() - began, cpuMillis: (user + system) / 1_000, series };
    };
    const first = evaluator();
    const live: MinuteFigures[] = [];
    for (let minute = 0; minute < run.minutes; minute++) {
      for (let quarter = 0; quarter < 4; quarter++)
        await watched.write(batchOfAll(run, minute * 60 + quarter * 15 + 1));
      now = noonMillis + (minute + 1) * 60_000;
      live.push(await measure(first));
    }
    return { live, caughtUp: await measure(evaluator()) };
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A third about functions by name, a third about patterns, a third about whole profiles; grouped by pod and by nothing. */
function rulesOf({ rules, stacks }: RecordingRun) {
  const names = [...new Set(stacks.flatMap((stack) => stack.split(';')))];
  return Array.from({ length: rules }, (_, i) => {
    const name = names[(i * 7) % names.length] ?? '';
    const functions = [
      undefined,
      { text: name, isPattern: false, mode: 'total' as const },
      { text: `${name.slice(0, -1)}.*`, isPattern: true, mode: 'self' as const },
    ][i % 3];
    return ruleOf(`r${i}`, { functions, groupBy: i % 2 === 0 ? ['pod'] : [] });
  });
}

function batchOfAll({ pods, stacks, random }: RecordingRun, seconds: number) {
  const batches = Array.from({ length: pods }, (_, pod) =>
    batchOf({
      seconds: seconds + pod / 10,
      labels: { pod: `p${pod}` },
      folded: stacks.filter(() => random() < 0.5).map((stack) => `${stack} ${1 + Math.floor(random() * 9)}`),
    }),
  );
  const [first] = batches;
  return {
    tenant: 'anonymous',
    records: batches.flatMap(({ records }) => records),
    dictionary: [
      {
        day: first?.dictionary[0]?.day ?? 0,
        functions: byId(batches.flatMap(({ dictionary }) => dictionary[0]?.functions ?? [])),
        locations: byId(batches.flatMap(({ dictionary }) => dictionary[0]?.locations ?? [])),
        stacks: byId(batches.flatMap(({ dictionary }) => dictionary[0]?.stacks ?? [])),
      },
    ],
  };
}

const byId = <T extends { readonly id: bigint }>(rows: readonly T[]): readonly T[] => [
  ...new Map(rows.map((row) => [row.id, row])).values(),
];
