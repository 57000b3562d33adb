/** @jest-environment node */
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { makePalette } from '../barColours.ts';
import { colouringOf } from '../colourModes.ts';
import { readDiff } from '../diffStacks.ts';
import { makeTextMeasure } from '../fitText.ts';
import type { FlameGraphData } from '../flameGraphData.ts';
import { readFoldedStacks } from '../foldedStacks.ts';
import { lightTheme } from '../themesForTests.ts';
import { layoutTree } from '../treeLayout.ts';
import { exportGraph } from './exportGraph.ts';
import type { ShownPart } from './shownStacks.ts';
import { writeFolded } from './writeFolded.ts';
import { writePprof } from './writePprof.ts';
import { writeSpeedscope } from './writeSpeedscope.ts';
import type { GraphPicture } from './writeSvg.ts';
import { writeSvg } from './writeSvg.ts';

const data = readFoldedStacks('main;work;json 20\nmain;work 5\nmain;sql 40\ngc 3', 'nanoseconds');
const diff = readDiff('main;json 3\nmain;old 1', 'main;json 12');
const barNamed = (name: string, of = data): number => [...of.name].findIndex((each) => of.names[each] === name);
const partOf = (of: FlameGraphData = data, tops: readonly number[] = [0]): ShownPart => ({
  layout: layoutTree(of),
  tops,
});
const pictureOf = (of: FlameGraphData, focus = 0, isRootBelow = false): GraphPicture => {
  const layout = layoutTree(of);
  const mode = of.totalRight === undefined ? 'package' : 'diff';
  const scene = {
    layout,
    focus,
    isRootBelow,
    isInverted: false,
    matches: undefined,
    colourOf: colouringOf(of, mode).ofBar,
  };
  const text = makeTextMeasure((letters) => 7 * letters.length);
  const surface = { palette: makePalette(lightTheme), widthPixels: 400, text };
  return { scene, surface, rowPixels: 20, fontFamily: 'serif', background: '#fff' };
};

test('folded stacks hold what has a value of its own, below the root', () => {
  expect(writeFolded(partOf()).join('')).toBe('main;work 5\nmain;work;json 20\nmain;sql 40\ngc 3\n');
});

test('a focused part is exported with the way to it and nothing beside it', () => {
  expect(writeFolded(partOf(data, [barNamed('work')])).join('')).toBe('main;work 5\nmain;work;json 20\n');
});

test('several parts are exported one after the other', () => {
  expect(writeFolded(partOf(data, [barNamed('json'), barNamed('gc')])).join('')).toBe('main;work;json 20\ngc 3\n');
});

test('folded stacks of a diff have both sides; names lose what would part frames and lines', () => {
  expect(writeFolded(partOf(diff)).join('')).toBe('main;json 3 12\nmain;old 1 0\n');
  const odd = { ...readFoldedStacks('x 1'), names: ['total', 'a;b\nc'] };
  expect(writeFolded(partOf(odd)).join('')).toBe('a b c 1\n');
});

const tiny = readFoldedStacks('f 300', 'bytes');
test('pprof, field by field', () => {
  const meta = { profileTypeId: 'memory:alloc_space:bytes:space:bytes', startMillis: 1, rangeSeconds: 2 };
  const hex = Buffer.from(writePprof(partOf({ ...tiny, meta }))).toString('hex');
  expect(hex.replaceAll(' ', '')).toBe(
    [
      '0a04 0802 1001', // sample_type: type is string 2, unit string 1
      '1207 0a0101 1202ac02', // sample: location 1, value 300
      '2206 0801 22020801', // location 1 in function 1
      '2a06 0801 1003 1803', // function 1 is string 3
      '3200', // strings begin with the empty one
      '3205 6279746573', // bytes
      `320b ${Buffer.from('alloc_space').toString('hex')}`,
      '3201 66', // f
      '48c0843d', // time_nanos
      '5080a8d6b907', // duration_nanos
    ]
      .join('')
      .replaceAll(' ', ''),
  );
});

/** Stacks from the root, with their values. */
function stacksIn(bytes: Uint8Array): Readonly<Record<string, readonly number[]>> {
  const profile = Profile.decode(bytes);
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
  const nameOf = (id: number | bigint): string => {
    const location = profile.location.find((each) => each.id === id);
    return text(profile.function.find((each) => each.id === location?.line[0]?.functionId)?.name ?? 0);
  };
  const entries = profile.sample.map(({ locationId, value }): readonly [string, readonly number[]] => [
    locationId.map(nameOf).reverse().join(';'),
    value.map(Number),
  ]);
  return Object.fromEntries(entries);
}

test('another reader of pprof finds the stacks with their values, in a diff with both', () => {
  expect(stacksIn(writePprof(partOf()))).toEqual({
    'main;work': [5],
    'main;work;json': [20],
    'main;sql': [40],
    gc: [3],
  });
  expect(stacksIn(writePprof(partOf(diff)))).toEqual({ 'main;json': [3, 12], 'main;old': [1, 0] });
});

test('an export names nothing that it does not show', () => {
  const part = partOf(data, [barNamed('gc')]);
  for (const text of [Buffer.from(writePprof(part)).toString(), writeSpeedscope(part, 'x').join('')]) {
    expect(text).toContain('gc');
    expect(text).not.toContain('main');
  }
});

test('values of weeks of CPU keep every digit that a float has', () => {
  const value = 2 ** 53 - 1;
  expect(stacksIn(writePprof(partOf(readFoldedStacks(`f ${value}`))))).toEqual({ f: [value] });
});

interface Speedscope {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly endValue: number;
    readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
  }[];
}

/** Time on each stack; throws when a frame is closed that is not the innermost. */
function timesIn({ shared, profiles }: Speedscope, index: number): Readonly<Record<string, number>> {
  const open: string[] = [];
  const times: Record<string, number> = {};
  let before = 0;
  for (const { type, frame, at } of profiles[index]?.events ?? []) {
    const name = shared.frames[frame]?.name ?? '';
    if (at > before) times[open.join(';')] = (times[open.join(';')] ?? 0) + at - before;
    before = at;
    if (type === 'O') open.push(name);
    else if (open.pop() !== name) throw new Error(`${name} is closed out of order`);
  }
  expect(open).toEqual([]);
  return times;
}
const speedscope = (part: ShownPart): Speedscope => JSON.parse(writeSpeedscope(part, 'cpu').join('')) as Speedscope;

test("speedscope's events open and close in order and last as long as the values are", () => {
  const written = speedscope(partOf());
  expect(timesIn(written, 0)).toEqual({ 'main;work': 5, 'main;work;json': 20, 'main;sql': 40, gc: 3 });
  expect(written.profiles[0]).toMatchObject({ name: 'cpu', unit: 'nanoseconds', endValue: 68 });
  expect(timesIn(speedscope(partOf(data, [barNamed('json'), barNamed('gc')])), 0)).toEqual({
    'main;work;json': 20,
    gc: 3,
  });
});

test('speedscope has a profile for each side of a diff, without what the side lacks', () => {
  const written = speedscope(partOf(diff));
  expect(written.profiles.map(({ name }) => name)).toEqual(['cpu, baseline', 'cpu, comparison']);
  expect([timesIn(written, 0), timesIn(written, 1)]).toEqual([{ 'main;json': 3, 'main;old': 1 }, { 'main;json': 12 }]);
});

test('an SVG has a bar with title and text for each bar of each level; names are text', () => {
  const hostile = '<script>"&';
  const svg = writeSvg([pictureOf(readFoldedStacks(`${hostile};x 3\ny 1`))], 12).join('');
  expect(svg).not.toContain('<script');
  expect(svg).toContain('<title>&#60;script&#62;&#34;&#38;, 3, 75 %</title>');
  expect(svg).toContain('viewBox="0 0 400 60"');
  expect(svg.match(/<title>/g)).toHaveLength(4);
  expect(svg).toContain('<rect x="300" y="20" width="99" height="19"');
});

test('an SVG has the root below when the graph has, shows the focus alone, and stacks pictures', () => {
  const flame = writeSvg([pictureOf(data, 0, true)], 12).join('');
  expect(flame).toMatch(/<title>total, [^<]*<\/title><rect x="0" y="60"/);
  const focused = writeSvg([pictureOf(data, barNamed('work'))], 12).join('');
  expect(focused).not.toContain('sql');
  expect(writeSvg([pictureOf(data), pictureOf(data)], 12).join('')).toContain('viewBox="0 0 400 160"');
});

test('new and vanished bars of a diff are hatched in an SVG', () => {
  expect(
    writeSvg([pictureOf(diff)], 12)
      .join('')
      .match(/fill="url\(#hatch\)"/g),
  ).toHaveLength(1);
});

test('files are named after type and time, and pprof is packed', async () => {
  const meta = { profileTypeId: 'memory:alloc_space:bytes:space:bytes', startMillis: Date.UTC(2026, 0, 2, 3, 4, 5) };
  const source = { part: partOf({ ...tiny, meta }), pictures: [] };
  const { name, blob } = await exportGraph('pprof', source);
  expect(name).toBe('alloc_space-2026-01-02T030405.pb.gz');
  expect(stacksIn(gunzipSync(Buffer.from(await blob.arrayBuffer())))).toEqual({ f: [300] });
  expect((await exportGraph('folded', source)).name).toBe('alloc_space-2026-01-02T030405.folded.txt');
});
