import { tableFromIPC } from '@uwdata/flechette';
import type { DataFrame, FrameField } from './dataFrame.ts';
import { writeArrowFrame } from './writeArrowFrame.ts';

const frameOf = (...fields: readonly FrameField[]): DataFrame => ({
  name: 'n',
  refId: 'A',
  meta: { type: 'timeseries-multi', typeVersion: [0, 1] },
  fields,
});
const read = (bytes: Uint8Array) => tableFromIPC(bytes, { useBigInt: true, useBigIntTimestamp: true });

test('it is an Arrow file: the magic at both ends', () => {
  const bytes = Buffer.from(writeArrowFrame(frameOf({ name: 'x', kind: 'int', values: BigInt64Array.of(1n) })));
  expect([bytes.subarray(0, 8).toString(), bytes.subarray(-6).toString()]).toEqual(['ARROW1\0\0', 'ARROW1']);
});

test('nanoseconds, int64 beyond 2^53, floats and texts of any script stay exact', () => {
  const times = BigInt64Array.of(1_700_000_000_123_456_789n, -1n);
  const ints = BigInt64Array.of(2n ** 63n - 1n, -(2n ** 53n) - 1n);
  const table = read(
    writeArrowFrame(
      frameOf(
        { name: 'time', kind: 'time', values: times },
        { name: 'i', kind: 'int', values: ints },
        { name: 'f', kind: 'float', values: Float64Array.of(NaN, 1e300) },
        { name: 't', kind: 'text', values: ['日本語 <x> 𝒳', ''] },
      ),
    ),
  );
  expect(table.schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
    ['time', false],
    ['i', false],
    ['f', false],
    ['t', false],
  ]);
  expect([...table.getChild('time')]).toEqual([...times]);
  expect([...table.getChild('i')]).toEqual([...ints]);
  expect([...table.getChild('f')]).toEqual([NaN, 1e300]);
  expect([...table.getChild('t')]).toEqual(['日本語 <x> 𝒳', '']);
});

test('name, refId, meta, labels and config stand where Grafana looks for them', () => {
  const { schema } = read(
    writeArrowFrame(
      frameOf({ name: 'v', kind: 'float', labels: { a: 'b"' }, config: { unit: 'ns' }, values: Float64Array.of(1) }),
    ),
  );
  expect(schema.metadata).toEqual(
    new Map([
      ['name', 'n'],
      ['refId', 'A'],
      ['meta', '{"type":"timeseries-multi","typeVersion":[0,1]}'],
    ]),
  );
  expect(schema.fields[0]?.metadata).toEqual(
    new Map([
      ['labels', '{"a":"b\\""}'],
      ['config', '{"unit":"ns"}'],
    ]),
  );
});

test('choices are an enum as long as 16 bits number them, and texts beyond', () => {
  for (const count of [65_536, 65_537]) {
    const texts = Array.from({ length: count }, (_, i) => `f${i}`);
    const values = Uint32Array.of(0, 65_535, count - 1);
    const { schema, ...table } = read(writeArrowFrame(frameOf({ name: 'label', kind: 'choice', texts, values })));
    const isEnum = schema.fields[0]?.metadata?.get('tstype') === 'enum';
    expect(isEnum).toBe(count === 65_536);
    expect([...(table.children[0] ?? [])]).toEqual(isEnum ? [...values] : ['f0', 'f65535', 'f65536']);
  }
});

test('a frame without rows is one', () => {
  const table = read(writeArrowFrame(frameOf({ name: 't', kind: 'text', values: [] })));
  expect([table.numCols, table.numRows]).toEqual([1, 0]);
});
