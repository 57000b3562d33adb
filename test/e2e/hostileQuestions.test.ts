/** Questions that are meant to hurt: each is answered or refused in words, and pushes go on meanwhile. */
import { performance } from 'node:perf_hooks';
import type { ProfileRecord, WriteBatch } from '../../backend/model/record.ts';
import { dayOfNanos, unixNanos } from '../../backend/model/time.ts';
import { functionRow, locationRow, stackRow } from '../../backend/store/madeUpRows.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { Answer, TestServer } from '../testServer.ts';

const cpuType = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const seriesCount = 100_000;
const stackCount = 20_000;
const questionBytes = 256 * 2 ** 20;
const questionsAtOnce = 3;
const tenYears = 10 * 365 * 86_400_000;
const now = Date.now();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ store: 'chdb', limits: { questionBytes, questionsAtOnce, questionsWaiting: 20 } });
  for (let first = 0; first < seriesCount; first += 10_000) await server.store.write(manySeries(first, 10_000));
}, 120_000);
afterAll(() => server.close());

/** A profile each, of other stacks. */
function manySeries(first: number, count: number): WriteBatch {
  const timeNanos = unixNanos(BigInt(now - 60_000) * 1_000_000n);
  const stackOf = (series: number, i: number): bigint => BigInt(1 + ((series * 7 + i * 131) % stackCount));
  const records = Array.from({ length: count }, (_, i): ProfileRecord => {
    const stackIds = BigUint64Array.from({ length: 8 }, (_, at) => stackOf(first + i, at)).sort();
    return {
      labels: [
        { name: '__profile_type__', value: cpuType },
        { name: 'pod', value: `pod-${first + i}` },
        { name: 'service_name', value: 'crowd' },
      ],
      profileType: cpuType,
      timeNanos,
      durationNanos: 15_000_000_000n,
      period: 10_000_000n,
      profileId: Uint8Array.from({ length: 16 }, (_, at) => (at < 4 ? (first + i) >>> (8 * at) : at)),
      stackIds,
      values: new BigInt64Array(8).fill(10n),
      spanIds: new BigUint64Array(0),
      traceIds: new Uint8Array(0),
    };
  });
  const ids = Array.from({ length: first === 0 ? stackCount : 0 }, (_, i) => BigInt(i + 1));
  const dictionary = {
    day: dayOfNanos(timeNanos),
    stacks: ids.map((id) => stackRow(id, id, BigInt(1 + (Number(id) % 50)))),
    locations: ids.map((id) => locationRow(id, [id])),
    functions: ids.map((id) => functionRow(id, `function ${id}`)),
  };
  return { tenant: 'anonymous', records, dictionary: [dictionary] };
}

const everything = { profileTypeID: cpuType, labelSelector: '{pod=~".*"}', start: now - tenYears, end: now };
const hostile: readonly (readonly [string, string, object])[] = [
  ['SelectMergeStacktraces', 'all series of ten years', everything],
  ['SelectMergeStacktraces', 'as many nodes as are allowed', { ...everything, maxNodes: 2 ** 20 }],
  ['SelectMergeStacktraces', 'more nodes than that', { ...everything, maxNodes: 2 ** 31 }],
  ['SelectMergeStacktraces', 'a costly expression', { ...everything, labelSelector: '{pod=~"(.*0.*1.*|.*(5+)+.*)"}' }],
  ['SelectMergeProfile', 'a merged profile of everything', everything],
  ['SelectMergeStacktraces', 'a table of all functions', { ...everything, format: 'PROFILE_FORMAT_FUNCTIONS' }],
  [
    'SelectMergeStacktraces',
    'a whole tree of functions',
    {
      ...everything,
      format: 'PROFILE_FORMAT_FUNCTION_TREE',
      formatOptions: {
        functionTree: {
          selection: 'FUNCTION_TREE_SELECTION_ROOT_PATH',
          direction: 'FUNCTION_TREE_DIRECTION_CALLEES',
          maxDepth: 128,
        },
      },
    },
  ],
  [
    'SelectHeatmap',
    'a map of every profile',
    { ...everything, groupBy: ['pod'], step: 86_400, queryType: 'HEATMAP_QUERY_TYPE_INDIVIDUAL' },
  ],
  ['SelectSeries', 'a line for each series', { ...everything, groupBy: ['pod'], step: 3_600 }],
  ['SelectSeries', 'a point for each millisecond of ten years', { ...everything, step: 0.001 }],
  ['Diff', 'twice everything', { left: everything, right: everything }],
  ['LabelValues', 'all values', { name: 'pod', start: now - tenYears, end: now }],
  ['Series', 'all series', { matchers: ['{pod=~".*"}'], labelNames: [], start: now - tenYears, end: now }],
];

const ask = async ([method, , message]: (typeof hostile)[number]): Promise<Answer> =>
  call(server.url, `querier.v1.QuerierService/${method}`, message);

for (const question of hostile) {
  test(`${question[1]}: ${question[0]} answers, or says what is too much`, async () => {
    const { status, json } = await ask(question);
    if (status !== 200) {
      expect(['invalid_argument', 'resource_exhausted', 'unavailable']).toContain((json as { code: string }).code);
    }
  }, 60_000);
}

test('pushes are taken, and memory stays within its budget, while thirty-nine hostile questions are asked at once', async () => {
  const acks: number[] = [];
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const statuses = new Set<number>();
  let isOver = false;
  const pushing = async (pod: number): Promise<void> => {
    while (!isOver) {
      const profile = foldedPprof({ folded: ['a;b 1'], timeNanos: BigInt(Date.now()) * 1_000_000n });
      const startedAt = performance.now();
      const answer = await call(
        server.url,
        'push.v1.PusherService/Push',
        pushMessage({ __name__: 'process_cpu', service_name: 'calm', pod: `${pod}` }, profile),
      );
      acks.push(performance.now() - startedAt);
      statuses.add(answer.status);
    }
  };
  const pushers = Array.from({ length: 4 }, (_, pod) => pushing(pod));
  const answers = await Promise.all(Array.from({ length: 3 }, () => hostile.map(ask)).flat());
  isOver = true;
  await Promise.all(pushers);
  clearInterval(watch);
  const grown = Math.round((peak - before) / 2 ** 20);
  console.log(
    `hostile questions: ${acks.length} pushes meanwhile, RSS ${Math.round(before / 2 ** 20)} MiB and ${grown} more`,
  );
  expect(peak - before).toBeLessThan(questionsAtOnce * questionBytes);
  expect([...statuses]).toEqual([200]);
  expect(answers.filter(({ status }) => ![200, 400, 429, 503].includes(status))).toEqual([]);
  acks.sort((a, b) => a - b);
  // Seconds, not milliseconds: this says that nobody was starved, benchmarks say how long it takes.
  expect(acks.length).toBeGreaterThan(4);
  expect(acks[Math.floor(acks.length * 0.99)]).toBeLessThan(30_000);
}, 180_000);
