import fc from 'fast-check';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { textProfileType } from '../ingest/textProfileType.ts';
import { readFolded, readLines } from './readFolded.ts';
import { bytesOf, countHead, foldOf, readDamaged, testLimits, typeIdsOf } from './testFolding.ts';

const read = (text: string, limits = testLimits) => readFolded(bytesOf(text), countHead, limits);
const fold = (text: string) => foldOf(read(text).profiles[0]?.profile);

test('stacks are read root first and equal ones are added', () => {
  const reading = read('main;work 5\nmain 1\nmain;work 2\n');
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['main 1', 'main;work 7']);
  expect(reading.profiles[0]?.profile.sampleCount).toBe(2);
  expect(reading.leftOut).toEqual([]);
});

for (const [what, text] of [
  ['CR LF', 'a;b 1\r\na 2\r\n'],
  ['a tab before the count', 'a;b\t1\na\t2\n'],
  ['no newline at the end', 'a;b 1\na 2'],
  ['blanks around the count and empty lines', '\na;b   1  \n\n\na 2 \n'],
  ['a UTF-8 byte order mark', '\ufeffa;b 1\na 2\n'],
  ['comments', '# austin: 3.3.0\n# interval: 100\n#\na;b 1\na 2\n'],
  ['frames without a name', ';a;;b; 1\na 2\n'],
] as const) {
  test(`${what} changes nothing`, () => expect(fold(text)).toEqual(['a 2', 'a;b 1']));
}

test('UTF-16 with a byte order mark is read, in both byte orders', () => {
  const little = Buffer.from('\ufeffä;b 1\n', 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const bytes of [little, big])
    expect(foldOf(readFolded(bytes, countHead, testLimits).profiles[0]?.profile)).toEqual(['ä;b 1']);
});

test('blanks belong to the frame, and a number behind one too', () => {
  expect(fold('a b;c d 3\nworker 7;x y 2\n')).toEqual(['a b;c d 3', 'worker 7;x y 2']);
});

test("Ruby's names with # are frames, not comments", () => {
  expect(fold('#<Class:0x01>#call;b 3\n')).toEqual(['#<Class:0x01>#call;b 3']);
});

test('counts become nanoseconds at the sample rate, fractions exactly', () => {
  const head = { ...countHead, type: textProfileType('cpu', 100) };
  const reading = readFolded(bytesOf('a 31.23\nb 2\n'), head, testLimits);
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a 312300000', 'b 20000000']);
  expect(typeIdsOf(reading)).toEqual(['process_cpu:cpu:nanoseconds:cpu:nanoseconds']);
});

test('fractions of plain counts are added before they are rounded', () => {
  expect(fold('a 0.4\na 0.4\na 0.4\nb 2.5\nc 0.49\n')).toEqual(['a 1', 'b 3', 'c 0']);
});

test('lines without a usable count are left out, counted, and the first one quoted', () => {
  const reading = read('// other comment\na;b 1\nno-count\na 1e3\na 0x1f\na -4\n 12\n; 5\n');
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a;b 1']);
  expect(reading.leftOut).toEqual([
    {
      reason: 'malformed_profile',
      samples: 6,
      message: 'folded, line 1: no count at the end: "// other comment" (and 5 more)',
    },
    { reason: 'negative_value', samples: 1, message: 'folded, line 6: negative count: "a -4"' },
  ]);
});

test('text of another kind is refused with the line', () => {
  expect(() => read('# head\nhello world\n')).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: 'folded, line 2: expected a count, got "world"',
    }) as Error,
  );
});

for (const text of ['', '\n\n', 'a;b\n', 'a;b -4\n', 'a;b 0\n']) {
  test(`${JSON.stringify(text)} is taken and holds no profile`, () => expect(read(text).profiles).toEqual([]));
}

test('two counts on every line are two profiles, before and after', () => {
  const reading = read('a;b 6 4\na 0 12\nc 1 0\n');
  expect(reading.revision).toBe('folded, two columns');
  expect(reading.profiles.map(({ labels, profile }) => [labels.at(-1)?.value, foldOf(profile)])).toEqual([
    ['before', ['a;b 6', 'c 1']],
    ['after', ['a 12', 'a;b 4']],
  ]);
});

for (const text of ['a;b 6 4\n', 'a;b 6 4\na 3\n', 'a 1 5\na 2 5\na 1 7\n']) {
  test(`${JSON.stringify(text)} is no difference: its frames end in numbers`, () => {
    expect(read(text).revision).toBe('folded');
  });
}

test('more different stacks than the limit are refused, equal ones are not', () => {
  const limits = { ...testLimits, samplesPerProfile: 2 };
  expect(read('a 1\nb 1\na 1\nb 1\n', limits).profiles).toHaveLength(1);
  expect(() => read('a 1\nb 1\nc 1\n', limits)).toThrow(expect.objectContaining({ reason: 'samples_limit' }) as Error);
});

test('more bytes than the limit are refused before they are decoded', () => {
  expect(() => read('aaaa 1\n', { ...testLimits, bodyBytes: 6 })).toThrow(
    'folded: 7 bytes are more than the limit of 6',
  );
});

test('a sum that does not fit 64 bits is refused', () => {
  expect(() => read('a 9223372036854775807\na 1\n')).toThrow('does not fit 64 bits');
  expect(fold('a 9223372036854775807\n')).toEqual(['a 9223372036854775807']);
});

test('bytes that are no UTF-8 become U+FFFD and cost no line', () => {
  const reading = readFolded(Uint8Array.of(0x61, 0xff, 0x20, 0x31), countHead, testLimits);
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a\ufffd 1']);
});

test('lines count once for each time they stand there, whatever their end looks like', () => {
  const reading = readLines(bytesOf('a;b\r\na;b\n\na;c 7\n'), countHead, testLimits);
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a;b 2', 'a;c 7 1']);
  expect(reading.revision).toBe('lines');
});

const frame = fc.stringMatching(/^[A-Za-z<>_][^;\n\r]{0,12}$/).map((name) => `${name.trim()}_`);
const stacks = fc.uniqueArray(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1 })), {
  selector: ([frames]) => frames.join(';'),
  minLength: 1,
  maxLength: 20,
});

test('what is written as folded stacks comes back as it went in', () => {
  fc.assert(
    fc.property(stacks, fc.constantFrom('\n', '\r\n'), (list, newline) => {
      const lines = list.map(([frames, count]) => `${frames.join(';')} ${count}`);
      const [labelled] = read(lines.join(newline)).profiles;
      if (labelled !== undefined) assertProfileIntegrity(labelled.profile);
      expect(foldOf(labelled?.profile)).toEqual([...lines].sort());
    }),
  );
});

test('stacks written out line by line come back with the same counts', () => {
  const small = fc.array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 5 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(small, (list) => {
      const lines = list.flatMap(([frames, count]) => Array<string>(count).fill(frames.join(';')));
      const counts = new Map<string, number>();
      for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
      const reading = readLines(bytesOf(lines.join('\n')), countHead, testLimits);
      expect(foldOf(reading.profiles[0]?.profile)).toEqual(Array.from(counts, ([line, n]) => `${line} ${n}`).sort());
    }),
  );
});

test('damaged text gives sound profiles or an InputError', () => {
  const text = 'main;work;read 12\nmain;ä 3.5\r\n# x 1\nmain;work\t4\nmain -1\n';
  expect(readDamaged(bytesOf(text), (bytes) => readFolded(bytes, countHead, testLimits))).toBeGreaterThan(100);
});

test('one line of more frames than all stacks may have is refused, empty ones counted', () => {
  const line = Buffer.concat([Buffer.from('a'), Buffer.alloc(2 ** 23, ';'), Buffer.from('a 1')]);
  expect(() => readFolded(line, countHead, testLimits)).toThrow('folded: more than 8388608 frames');
});
