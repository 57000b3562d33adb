/** Random requests, written in every revision by an encoder of their own, come back as a slow and obvious twin tells them. */
import fc from 'fast-check';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { readOtlp } from './readOtlp.ts';
import type { TestProfile, TestRequest, TestRevision, TestSample } from './testRequest.ts';
import { describeLabels, describeSamples, describeType, encodeRequest } from './testRequest.ts';

const thorough = process.env['PYROLENS_SLOW_TESTS'] === '1';
const limits = { samplesPerProfile: 1_000, stackDepth: 1_000 };
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
/** 0, which is none, to count. */
const index = (count: number): fc.Arbitrary<number> => fc.nat({ max: count });
const row = (count: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: count });
const listOf = <T>(entry: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(entry, { minLength, maxLength: 5 });

const sizes = fc.record({
  strings: row(9),
  attributes: row(4),
  mappings: row(3),
  functions: row(4),
  locations: row(6),
  stacks: row(4),
  links: row(3),
});

const samples = (size: { attributes: number; stacks: number; links: number }): fc.Arbitrary<TestSample[]> => {
  const some = fc.record({
    stack: index(size.stacks),
    attributes: fc.uniqueArray(row(size.attributes)),
    link: index(size.links),
    values: listOf(fc.bigInt({ min: 0n, max: 2n ** 40n }), 1),
    timestamps: listOf(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })),
  });
  // One sample that has everything, so that no other revision could have written it.
  const full = some.map((sample) => ({ ...sample, attributes: [1], link: 1 }));
  return fc
    .tuple(
      full,
      listOf(
        fc.oneof(
          some,
          some.map((sample) => ({ ...sample, values: [], timestamps: [1n, 2n] })),
        ),
      ),
    )
    .map(([first, rest]) => [first, ...rest]);
};

const requests: fc.Arbitrary<TestRequest> = sizes.chain((size) => {
  const string = index(size.strings);
  const valueType = fc.tuple(row(size.strings), string);
  const profile: fc.Arbitrary<TestProfile> = fc.record({
    sampleType: valueType,
    periodType: fc.tuple(string, string),
    period: fc.bigInt({ min: 0n, max: 2n ** 20n }),
    timeNanos: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    durationNanos: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    samples: samples(size),
  });
  const rows = <T>(count: number, entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(entry, { minLength: count, maxLength: count });
  const hex = (bytes: number): fc.Arbitrary<string> =>
    rows(bytes, fc.integer({ min: 1, max: 255 })).map((id) => Buffer.from(id).toString('hex'));
  const attributeValue = fc.oneof(word, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
  return fc.record({
    strings: rows(size.strings, word),
    attributes: rows(size.attributes, fc.tuple(row(size.strings), attributeValue)),
    mappings: rows(
      size.mappings,
      fc.record({ start: uint64, limit: uint64, file: string, attributes: fc.constant([]) }),
    ),
    functions: rows(size.functions, fc.record({ name: string, file: string, startLine: fc.nat() })),
    locations: rows(
      size.locations,
      fc.record({
        mapping: index(size.mappings),
        address: uint64,
        lines: listOf(fc.tuple(row(size.functions), fc.nat(), fc.nat())),
      }),
    ),
    stacks: rows(size.stacks, listOf(row(size.locations))),
    links: rows(size.links, fc.tuple(hex(16), hex(8))),
    resources: listOf(
      fc.record({
        attributes: listOf(
          fc.tuple(
            word.map((name) => `a.${name}`),
            word,
          ),
        ),
        profiles: listOf(profile, 1),
      }),
      1,
    ),
  });
});

/** What a sample has to come back as. */
function expectedSample(
  request: TestRequest,
  profile: TestProfile,
  { stack, attributes, link, values, timestamps }: TestSample,
): string {
  const string = (at: number): string => request.strings[at - 1] ?? '';
  const [type, unit] = profile.sampleType.map(string);
  const [periodType, periodUnit] = profile.periodType.map(string);
  let value = BigInt.asIntN(
    64,
    values.reduce((sum, next) => sum + next, 0n),
  );
  const times = BigInt(timestamps.length);
  if (values.length === 0 || (unit === 'count' && values.length === 1 && value < times)) value = times;
  const isCpu = type === 'samples' && unit === 'count' && periodType === 'cpu' && periodUnit === 'nanoseconds';
  if (isCpu && profile.period > 0n) value *= profile.period;
  const frames = (request.stacks[stack - 1] ?? []).map((location) => {
    const { mapping, address, lines } = request.locations[location - 1] ?? { mapping: 0, address: 0n, lines: [] };
    const { start, limit, file } = request.mappings[mapping - 1] ?? { start: 0n, limit: 0n, file: 0 };
    const texts = lines.map(([fn, line, column]) => {
      const found = request.functions[fn - 1];
      return `${string(found?.name ?? 0)}:${line}:${column} of ${string(found?.file ?? 0)}:${found?.startLine ?? 0}`;
    });
    return `${texts.join(', ')} at ${address} in ${string(file)}  ${start}-${limit}`;
  });
  const labels = attributes.map(
    (at) => `${string(request.attributes[at - 1]?.[0] ?? 0)}=${request.attributes[at - 1]?.[1] ?? ''}`,
  );
  const [trace, span] = request.links[link - 1] ?? [];
  const ids = link > 0 ? [`span_id=${span}`, `trace_id=${trace}`] : [];
  return [`${value}`, frames.join(' < '), ...labels, ...ids].join(' | ');
}

for (const [revision, name] of [
  ['1.7', 'otlp 1.7'],
  ['1.8', 'otlp 1.8-1.9'],
  ['1.10', 'otlp 1.10-1.11'],
] as const satisfies readonly (readonly [TestRevision, string])[]) {
  test(`random requests come back from ${revision}`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const reading = readOtlp(encodeRequest(request, revision), limits);
        expect(reading.revision).toBe(name);
        expect(reading.leftOut).toEqual([]);
        for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
        const written = request.resources.flatMap(({ attributes, profiles }) =>
          profiles.map((profile) => ({ attributes, profile })),
        );
        expect(reading.profiles.map(({ profile }) => describeSamples(profile))).toEqual(
          written.map(({ profile }) => profile.samples.map((sample) => expectedSample(request, profile, sample))),
        );
        expect(
          reading.profiles.map(({ profile: { timeNanos, durationNanos, period } }) => [
            timeNanos,
            durationNanos,
            period,
          ]),
        ).toEqual(
          written.map(({ profile: { timeNanos, durationNanos, period } }) => [timeNanos, durationNanos, period]),
        );
        reading.profiles.forEach(({ labels }, i) => {
          // The first attribute of a name stays.
          const attributes = Object.fromEntries([...(written[i]?.attributes ?? [])].reverse());
          expect(describeLabels(labels)).toMatchObject(attributes);
        });
      }),
      { numRuns: thorough ? 300 : 60, seed: 20_260_821 },
    );
  });
}

test('revisions give the same profiles of the same request', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const [first, ...others] = (['1.7', '1.8', '1.10'] as const).map((revision) =>
        readOtlp(encodeRequest(request, revision), limits).profiles.map((labelled) => [
          describeType(labelled),
          describeSamples(labelled.profile),
        ]),
      );
      for (const other of others) expect(other).toEqual(first);
    }),
    { numRuns: thorough ? 100 : 20, seed: 20_260_822 },
  );
});
