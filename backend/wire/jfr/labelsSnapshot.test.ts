/** Labels that stand beside a recording: bytes by hand, and what they do to its profiles. */
import { defaultLimits } from '../../limits.ts';
import type { LabelledProfile } from '../../model/labelledProfile.ts';
import { textAt } from '../../model/stackTable.ts';
import { readLabelsSnapshot } from './labelsSnapshot.ts';
import { readJfr } from './readJfr.ts';
import { writeTestChunk } from './testRecording.ts';

const upload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'ticks' } as const;
const varint = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
const field = (number: number, bytes: readonly number[]): readonly number[] => [
  (number << 3) | 2,
  ...varint(bytes.length),
  ...bytes,
];

/** Texts are numbered from 1 in the order of the list; a label is a pair of them. */
function snapshot(
  texts: readonly string[],
  contexts: Readonly<Record<number, readonly (readonly [number, number])[]>>,
): Uint8Array {
  return Uint8Array.from([
    ...Object.entries(contexts).flatMap(([id, labels]) => {
      const context = labels.flatMap(([name, text]) => field(1, [0x08, ...varint(name), 0x10, ...varint(text)]));
      return field(1, [0x08, ...varint(Number(id)), ...field(2, context)]);
    }),
    ...texts.flatMap((text, i) => field(2, [0x08, ...varint(i + 1), ...field(2, [...Buffer.from(text)])])),
  ]);
}

const stacks = { 7: 'A.a' };
const sample = (row: Readonly<Record<string, number | bigint>>) =>
  ['jdk.ObjectAllocationOutsideTLAB', { stackTrace: 7, allocationSize: 8, ...row }] as const;

const read = (labels: Uint8Array | undefined, ...rows: readonly Readonly<Record<string, number | bigint>>[]) =>
  readJfr(writeTestChunk({ stacks, events: rows.map(sample) }), labels, upload, defaultLimits).profiles;

const seriesOf = ({ labels }: LabelledProfile): string => labels.map(({ name, value }) => `${name}=${value}`).join();

const sampleLabelsOf = ({ profile }: LabelledProfile): readonly string[] =>
  Array.from(
    profile.labelName,
    (name, i) => `${textAt(profile.stacks.strings, name)}=${textAt(profile.stacks.strings, profile.labelText[i] ?? 0)}`,
  );

test('bytes by hand are the contexts and texts that they say', () => {
  // contexts {3: {1: 2}}, strings {1: "k", 2: "v"}
  const bytes = Buffer.from('0a0a0803' + '12060a0408011002' + '12050801' + '12016b' + '12050802' + '120176', 'hex');
  const { contexts, strings } = readLabelsSnapshot(bytes, defaultLimits);
  expect([...contexts].map(([id, labels]) => [id, [...labels]])).toEqual([[3, [['k', 'v']]]]);
  expect([...strings]).toEqual([
    [1, 'k'],
    [2, 'v'],
  ]);
});

test('each set of labels is a profile of its own; samples without a context are one more', () => {
  const labels = snapshot(['thread', 'x', 'y'], { 1: [[1, 2]], 2: [[1, 3]], 3: [[1, 2]] });
  const profiles = read(labels, { contextId: 1 }, { contextId: 2 }, { contextId: 3 }, {}, { contextId: 9 });
  expect(profiles.map((one) => [seriesOf(one), one.profile.values.join()])).toEqual([
    ['__name__=memory,thread=x', '2,16'],
    ['__name__=memory,thread=y', '1,8'],
    ['__name__=memory', '2,16'],
  ]);
});

test('span ids stay with the samples, whichever way they came', () => {
  const labels = snapshot(['profile_id', '00000000000000ab', 'thread', 'x', 'GET /'], { 1: [[1, 2], [3, 4]] }); // prettier-ignore
  const [withContext, withSpan] = read(labels, { contextId: 1 }, { spanId: 2n ** 63n + 1n, spanName: 5 });
  expect(withContext && [seriesOf(withContext), sampleLabelsOf(withContext)]).toEqual([
    '__name__=memory,thread=x',
    ['span_id=00000000000000ab'],
  ]);
  expect(withSpan && [seriesOf(withSpan), sampleLabelsOf(withSpan)]).toEqual([
    '__name__=memory,span_name=GET /',
    ['span_id=8000000000000001'],
  ]);
});

test('without a snapshot there are no labels, and nothing fails', () => {
  expect(read(undefined, { contextId: 1 }).map(seriesOf)).toEqual(['__name__=memory']);
});

test('labels of the server and those that lead nowhere are left out', () => {
  const labels = snapshot(['__name__', 'x', 'ok'], { 1: [[1, 2], [3, 2], [2, 99], [99, 2]] }); // prettier-ignore
  expect(read(labels, { contextId: 1 }).map(seriesOf)).toEqual(['__name__=memory,ok=x']);
});

test('a context with too many labels is refused', () => {
  const many = Array.from({ length: 101 }, (_, i) => [i, 1] as const);
  expect(thrownBy(() => readLabelsSnapshot(snapshot(['x'], { 1: many }), defaultLimits))).toMatchObject({
    code: 'invalid_argument',
    reason: 'sample_labels_limit',
  });
});

test('more sets of labels than any recording has are refused', () => {
  const texts = Array.from({ length: 10_001 }, (_, i) => `thread-${i}`);
  const contexts = Object.fromEntries(texts.map((_, i) => [i + 1, [[1, i + 1]] as const]));
  const rows = texts.map((_, i) => ({ contextId: i + 1 }));
  expect(thrownBy(() => read(snapshot(texts, contexts), ...rows))).toMatchObject({
    code: 'invalid_argument',
    reason: 'samples_limit',
  });
  expect(read(snapshot(texts, contexts), ...rows.slice(1)).length).toBe(10_000);
});

test('broken bytes are refused with their place', () => {
  expect(thrownBy(() => readLabelsSnapshot(Uint8Array.of(0x0a, 0x05, 0x08), defaultLimits))).toMatchObject({
    code: 'invalid_argument',
    message: 'JFR labels, byte 0: field 1 is longer than what holds it',
  });
});

function thrownBy(what: () => unknown): unknown {
  try {
    what();
  } catch (error) {
    return error;
  }
  return undefined;
}
