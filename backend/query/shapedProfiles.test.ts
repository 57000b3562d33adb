// Merged profiles in other shapes: cut for Go's compiler, drawn as a graph, summed below a call site, beside a graph.
import type { MergeQuestion } from '../model/question.ts';
import { textAt } from '../model/stackTable.ts';
import { SampleBuilder, TableBuilder } from '../model/profileBuilder.ts';
import { unixNanos } from '../model/time.ts';
import { cutForGoPgo } from './cutForGoPgo.ts';
import { drawCallGraph } from './drawCallGraph.ts';
import { mergeProfile } from './mergeStacks.ts';
import { selectSeries } from './selectSeries.ts';
import { selectTimeline } from './selectTimeline.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

/** "main:1;work:2 5": frames with lines, root first; a frame may be inlined calls: "main:1;work:2<leaf:3". */
function summed(lines: readonly string[]) {
  const table = new TableBuilder();
  const builder = new SampleBuilder(1);
  for (const text of lines) {
    const space = text.lastIndexOf(' ');
    const locations = text
      .slice(0, space)
      .split(';')
      .map((frame) =>
        table.location(
          frame
            .split('<')
            .toReversed()
            .map((call) => ({ name: call.split(':')[0] ?? '', line: Number(call.split(':')[1]) })),
        ),
      );
    builder.add(locations.toReversed(), [BigInt(text.slice(space + 1))]);
  }
  const head = { sampleTypes: [{ type: 'a', unit: 'b' }], periodType: undefined, period: 0n, durationNanos: 0n };
  const profile = builder.finish(table.finish(), { ...head, timeNanos: unixNanos(0n) });
  return { ...profile, defaultSampleType: '' };
}

const asText = ({ stacks, values }: Pick<ReturnType<typeof summed>, 'stacks' | 'values'>): readonly string[] => {
  const { locations, functions, strings } = stacks;
  const call = (line: number): string =>
    `${textAt(strings, functions.name[locations.lineFunction[line] ?? 0] ?? 0)}:${locations.lineNumber[line]}`;
  const frame = (location: number): string =>
    Array.from({ length: (locations.lineStart[location + 1] ?? 0) - (locations.lineStart[location] ?? 0) }, (_, i) =>
      call((locations.lineStart[location] ?? 0) + i),
    )
      .toReversed()
      .join('<');
  return Array.from({ length: stacks.stackCount }, (_, i) => {
    const own = stacks.stackLocations.subarray(stacks.stackStart[i], stacks.stackStart[i + 1]);
    return `${[...own].toReversed().map(frame).join(';')} ${values[i]}`;
  }).sort();
};

test('for Go the locations next to the leaf stay, and stacks that become equal are added', () => {
  const merged = summed(['main:1;a:2;leaf:3 1', 'main:9;a:2;leaf:3 2', 'a:2;leaf:4 4', 'leaf:3 8']);
  expect(asText(cutForGoPgo(merged, { keepLocations: 2, aggregateCallees: false }))).toEqual([
    'a:2;leaf:3 3',
    'a:2;leaf:4 4',
    'leaf:3 8',
  ]);
});

test('with aggregated callees the line of the leaf does not count, that of its caller does', () => {
  const merged = summed(['main:1;a:2;leaf:3 1', 'main:1;a:2;leaf:4 2', 'main:1;a:5;leaf:3 4', 'main:1;a:2<leaf:7 8']);
  expect(asText(cutForGoPgo(merged, { keepLocations: 0, aggregateCallees: true }))).toEqual([
    'main:1;a:2;leaf:0 3',
    'main:1;a:2<leaf:0 8',
    'main:1;a:5;leaf:0 4',
  ]);
});

/** "a:1 flat/cumulative" and "a -> b weight", with ... over what is not shown. */
const drawn = (lines: readonly string[], most: number) => {
  const { nodes, edges, nodeCount, total } = drawCallGraph(summed(lines), most);
  return {
    nodes: nodes.map(({ name, line, flat, cumulative }) => `${name}:${line} ${flat}/${cumulative}`).sort(),
    edges: edges
      .map(({ from, to, weight, isIndirect }) => {
        const [caller, callee] = [nodes[from]?.name, nodes[to]?.name];
        return `${caller} ${isIndirect ? '...' : '->'} ${callee} ${weight}`;
      })
      .sort(),
    nodeCount,
    total,
  };
};

test('a graph has each function and line once, a recursive one counted once for a sample', () => {
  expect(drawn(['main:1;a:2;a:2;b:3 4', 'main:1;b:3 2', 'main:1 1'], 10)).toEqual({
    nodes: ['a:2 0/4', 'b:3 6/6', 'main:1 1/7'],
    edges: ['a -> b 4', 'main -> a 4', 'main -> b 2'],
    nodeCount: 3,
    total: 7,
  });
});

test('a small graph leads over what it leaves out', () => {
  const lines = ['main:1;thin:2;hot:3 90', 'main:1;other:4;cold:5 1', 'main:1;warm:6 40'];
  const { nodes, edges, nodeCount } = drawn(lines, 3);
  expect(nodes).toEqual(['hot:3 90/90', 'main:1 0/131', 'warm:6 40/40']);
  expect(edges).toEqual(['main -> warm 40', 'main ... hot 90']);
  expect(nodeCount).toBe(6);
});

const second = 1_000_000_000n;
const question: MergeQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 1_000_000,
  endMillis: 1_060_000,
  callSite: [],
};
const filled = () =>
  storeOf([
    { timeNanos: 1_000n * second, labels: { pod: 'a' }, folded: ['main;a 1', 'main;b 2'] },
    { timeNanos: 1_020n * second, labels: { pod: 'b' }, folded: ['main;a 4', 'b 8'] },
  ]);

test('a series below a call site sums only the stacks that begin with it, exemplars too', async () => {
  const asked = { ...question, stepSeconds: 30, groupBy: [], aggregation: 'sum', limit: undefined } as const;
  const values = async (callSite: readonly string[]) => {
    const lines = await selectSeries(asking(await filled()), { ...asked, exemplars: true, callSite });
    return lines.map(({ points }) => points.map(({ value, exemplar }) => [value, exemplar?.value]));
  };
  expect(await values(['main'])).toEqual([
    [
      [3, 3n],
      [4, 4n],
    ],
  ]);
  expect(await values(['main', 'b'])).toEqual([[[2, 2n]]]);
  expect(await values(['nobody'])).toEqual([]);
});

test('a merged profile for Go comes out of the store like that', async () => {
  const profile = await mergeProfile(asking(await filled()), {
    ...question,
    goPgo: { keepLocations: 1, aggregateCallees: false },
  });
  expect([...(profile?.values ?? [])].sort()).toEqual([10n, 5n]);
});

test('a timeline has no gaps, begins at a whole step, and its groups are told by their values', async () => {
  const context = asking(await filled());
  const options = { groupBy: ['pod'], aggregation: 'sum' } as const;
  const { timeline, groups } = await selectTimeline(context, { ...question, startMillis: 1_003_000 }, options);
  expect(groups).toEqual({
    a: { startTime: 990, samples: [0, 3, 0, 0], durationDelta: 15, watermarks: null },
    b: { startTime: 990, samples: [0, 0, 12, 0], durationDelta: 15, watermarks: null },
  });
  expect(timeline.samples).toEqual([0, 0, 0, 0]);
  const whole = await selectTimeline(context, question, { groupBy: [], aggregation: 'sum' });
  expect([whole.timeline.samples, whole.groups]).toEqual([[0, 3, 12, 0], undefined]);
});

for (const [hours, step] of [
  [0.5, 15],
  [3, 15],
  [12, 30],
  [24, 60],
  [24 * 30, 1_800],
] as const) {
  test(`a timeline of ${hours} hours has steps of ${step} s`, async () => {
    const startMillis = 1_700_000_000_000;
    const asked = { ...question, startMillis, endMillis: startMillis + hours * 3_600_000 };
    const { timeline } = await selectTimeline(asking(await storeOf([])), asked, { groupBy: [], aggregation: 'sum' });
    expect(timeline.durationDelta).toBe(step);
  });
}
