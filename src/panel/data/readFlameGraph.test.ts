import type { DataFrame } from '@grafana/data';
import { createDataFrame, FieldType } from '@grafana/data';
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import { readFlameGraph } from './readFlameGraph.ts';

interface FrameParts {
  readonly level?: readonly (number | string)[];
  readonly value?: readonly unknown[];
  readonly label?: readonly unknown[];
  readonly enumTexts?: readonly string[];
  readonly unit?: string;
  readonly meant?: boolean;
}

function frameOf({
  level = [0, 1, 2, 1],
  value = [10, 7, 3, 2],
  label = ['total', 'main', 'work', 'main'],
  enumTexts,
  unit = 'ns',
  meant = true,
}: FrameParts): DataFrame {
  return createDataFrame({
    ...(meant && { meta: { preferredVisualisationType: 'flamegraph' } }),
    fields: [
      { name: 'label', values: [...label], type: enumTexts ? FieldType.enum : FieldType.string, config: enumTexts ? { type: { enum: { text: [...enumTexts] } } } : {} },
      { name: 'level', values: [...level], type: FieldType.number },
      { name: 'value', values: [...value], type: FieldType.number, config: { unit } },
      { name: 'self', values: [...value], type: FieldType.number },
    ],
  });
}

/** One line per bar: indented by level, name and total. */
const drawingOf = ({ count, level, name, names, total }: FlameGraphData): string =>
  Array.from({ length: count }, (_, i) => `${' '.repeat(level[i] ?? 0)}${names[name[i] ?? -1]} ${total[i]}`).join('\n');

const drawn = 'total 10\n main 7\n  work 3\n main 2';
const enums = { label: [0, 2, 1, 2], enumTexts: ['total', 'work', 'main'] };

for (const [what, frames] of [
  ['labels that are texts', [frameOf({})]],
  ['labels that are an enum', [frameOf(enums)]],
  ['no hint of what the frame is for', [frameOf({ meant: false })]],
  ['a time series before it', [createDataFrame({ fields: [{ name: 'time', values: [1] }] }), frameOf({})]],
  ['another nested set before the one that is meant', [frameOf({ meant: false, value: [1, 1, 1, 1] }), frameOf({})]],
] as const) {
  test(`a flame graph with ${what} is read`, () => {
    const reading = readFlameGraph(frames);
    expect(reading.kind === 'graph' ? drawingOf(reading.graph) : reading).toBe(drawn);
  });
}

for (const [unit, expected] of [
  ['ns', 'nanoseconds'],
  ['bytes', 'bytes'],
  ['short', 'count'],
  ['', 'count'],
  ['joules', 'joules'],
] as const) {
  test(`Grafana's unit "${unit}" is drawn as ${expected}`, () => {
    const reading = readFlameGraph([frameOf({ unit })]);
    expect(reading).toMatchObject({ graph: { unit: expected } });
  });
}

test('a frame with right fields is a diff, whose value and self are the baseline', () => {
  const frame = frameOf({});
  const numbers = (name: string, values: number[]) => ({ name, values, type: FieldType.number, config: {} });
  const fields = [...frame.fields, numbers('valueRight', [4, 1, 0, 3]), numbers('selfRight', [0, 1, 0, 3])];
  const reading = readFlameGraph([{ ...frame, fields }]);
  expect(reading).toMatchObject({
    graph: { total: Float64Array.of(10, 7, 3, 2), totalRight: Float64Array.of(4, 1, 0, 3), selfRight: Float64Array.of(0, 1, 0, 3) },
  });
  const half = readFlameGraph([{ ...frame, fields: fields.slice(0, 5) }]);
  expect(half.kind === 'graph' ? Object.keys(half.graph) : half).not.toContain('totalRight');
});

const noFrames: readonly DataFrame[] = [];
test('no frames and empty frames are no mistake', () => {
  expect(readFlameGraph(noFrames)).toEqual({ kind: 'empty' });
  expect(readFlameGraph([frameOf({ level: [], value: [], label: [] })])).toEqual({ kind: 'empty' });
  expect(readFlameGraph([createDataFrame({ fields: [] })])).toEqual({ kind: 'empty' });
});

for (const [what, frame, message] of [
  ['no root', frameOf({ level: [1, 1, 1, 1] }), 'level 1 follows level -1 in row 0'],
  ['two roots', frameOf({ level: [0, 1, 0, 1] }), 'level 0 follows level 1 in row 2'],
  ['a level left out', frameOf({ level: [0, 2, 2, 2] }), 'level 2 follows level 0 in row 1'],
  ['no number', frameOf({ value: [10, 'x', 1, 1] }), 'no number in field value, row 1'],
  ['no text for a label', frameOf({ ...enums, label: [0, 7, 1, 2] }), 'no text for label 7, row 1'],
  ['a series instead', createDataFrame({ fields: [{ name: 'time', values: [1] }] }), 'answers with no flame graph'],
  [
    'fields left out',
    createDataFrame({ meta: { preferredVisualisationType: 'flamegraph' }, fields: [{ name: 'level', values: [0] }] }),
    'lacks value, self, label',
  ],
] as const) {
  test(`${what} is told`, () => {
    const reading = readFlameGraph([frame]);
    expect(reading.kind === 'mistake' ? reading.message : reading).toContain(message);
  });
}
