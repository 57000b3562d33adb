/** What agents do on the wire, byte by byte and field by field. */
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { readOtlp } from './readOtlp.ts';
import type { TestRevision } from './testRequest.ts';
import {
  describeLabels,
  describeSamples,
  describeType,
  encodeRequest,
  explicitInt,
  fixed,
  int,
  part,
  text,
  varint,
} from './testRequest.ts';
import { at, offCpu, profileOf, requestOf, sample, strings } from './testShop.ts';

const limits = { samplesPerProfile: 100, stackDepth: 4 };
const read = (bytes: Uint8Array): WireReading => {
  const reading = readOtlp(bytes, limits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
};
const samplesOf = (reading: WireReading): readonly string[] =>
  reading.profiles.flatMap(({ profile }) => describeSamples(profile));

const revisions: readonly TestRevision[] = ['1.7', '1.8', '1.10'];
const mainFrames = 'main:5:2 of main.go:3 at 16 in app  0-4096 <  at 32 in app  0-4096';

// One process, one CPU sample with two timestamps, as the OpenTelemetry eBPF profiler writes it for protocol 1.10.
const smallestHex = [
  '0a 33', // resource_profiles
  '0a 00', // resource
  '12 2f', // scope_profiles
  '12 2d', // profiles
  '0a 04 08 01 10 02', // sample_type samples, count
  '12 14 08 01 2a 10 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00', // stack 1, timestamps 1 and 2
  '19 03 00 00 00 00 00 00 00', // time_unix_nano
  '2a 04 08 03 10 04', // period_type cpu, nanoseconds
  '30 0a', // period 10
  '12 41', // dictionary
  '12 00 12 06 10 20 1a 02 08 01', // locations: none; 0x20 with a line in function 1
  '1a 00 1a 02 08 05', // functions: none; named main
  '2a 00 2a 07 73 61 6d 70 6c 65 73 2a 05 63 6f 75 6e 74 2a 03 63 70 75', // strings '', samples, count, cpu
  '2a 0b 6e 61 6e 6f 73 65 63 6f 6e 64 73 2a 04 6d 61 69 6e', // nanoseconds, main
  '3a 00 3a 03 0a 01 01', // stacks: none; location 1
].join(' ');

test('a request in bytes: timestamps are counted and become CPU time', () => {
  const reading = read(Uint8Array.from(Buffer.from(smallestHex.replaceAll(' ', ''), 'hex')));
  expect(reading.revision).toBe('otlp 1.10-1.11');
  expect(reading.profiles.map(describeType)).toEqual(['process_cpu:cpu:nanoseconds:cpu:nanoseconds']);
  expect(samplesOf(reading)).toEqual(['20 | main:0:0 of :0 at 32 in   0-0']);
  expect(reading.profiles[0]?.profile).toMatchObject({ timeNanos: 3n, period: 10n, durationNanos: 0n });
  expect(describeLabels(reading.profiles[0]?.labels ?? [])).toEqual({
    __name__: 'process_cpu',
    service_name: 'unknown_service',
    __delta__: 'false',
    __otel__: 'true',
  });
});

for (const revision of revisions) {
  test(`${revision}: CPU samples count their timestamps, times the period`, () => {
    const reading = read(
      encodeRequest(requestOf([profileOf([sample(), sample({ stack: 2, attributes: [] })])]), revision),
    );
    expect(samplesOf(reading)).toEqual([
      `100000000 | ${mainFrames} | thread.name=worker`,
      '100000000 |  at 32 in app  0-4096',
    ]);
  });
  test(`${revision}: off-CPU samples add up their values`, () => {
    const reading = read(encodeRequest(requestOf([offCpu([sample({ values: [30n, 12n] })])]), revision));
    expect(reading.profiles.map(describeType)).toEqual(['off_cpu:off_cpu:nanoseconds::']);
    expect(samplesOf(reading)).toEqual([`42 | ${mainFrames} | thread.name=worker`]);
  });
  test(`${revision}: a link becomes the labels span_id and trace_id`, () => {
    const reading = read(encodeRequest(requestOf([profileOf([sample({ link: 1, values: [1n] })])]), revision));
    expect(samplesOf(reading)[0]?.split(' | ').slice(2)).toEqual([
      'thread.name=worker',
      'span_id=fedcba9876543210',
      'trace_id=0123456789abcdef0123456789abcdef',
    ]);
  });
  test(`${revision}: index 0 is no stack, no link and no mapping`, () => {
    const locations = [{ mapping: 0, address: 9n, lines: [] }];
    const request = requestOf(
      [offCpu([sample({ stack: 0, values: [1n], timestamps: [] }), sample({ values: [2n] })])],
      {
        locations,
        stacks: [[1]],
      },
    );
    expect(samplesOf(read(encodeRequest(request, revision)))).toEqual([
      '1 |  | thread.name=worker',
      '2 |  at 9 in   0-0 | thread.name=worker',
    ]);
  });
  test(`${revision}: integers are attributes as well, but threads and processors make no series`, () => {
    const request = requestOf([], {
      strings: [...strings, 'tenant'],
      attributes: [
        [at('thread.id'), 77n],
        [strings.length + 1, -5n],
        [at('thread.name'), 'worker'],
      ],
      resources: [
        {
          attributes: [
            ['process.pid', 66n],
            ['container.id', ''],
          ],
          profiles: [profileOf([sample({ attributes: [1, 2, 3], values: [1n] })])],
        },
      ],
    });
    const reading = read(encodeRequest(request, revision));
    expect(describeLabels(reading.profiles[0]?.labels ?? [])).toMatchObject({ 'process.pid': '66' });
    expect(describeLabels(reading.profiles[0]?.labels ?? [])).not.toHaveProperty(['container.id']);
    expect(samplesOf(reading)[0]?.split(' | ').slice(2)).toEqual(['tenant=-5', 'thread.name=worker']);
  });
  test(`${revision}: a mapping keeps its GNU build id, or the Go one, or the hash of its file`, () => {
    const ids = [
      'process.executable.build_id.htlhash',
      'process.executable.build_id.go',
      'process.executable.build_id.gnu',
    ];
    const given = (attributes: readonly number[]): string => {
      const request = requestOf(
        [offCpu([sample({ stack: 2, attributes: [], values: [1n] }), sample({ values: [1n] })])],
        {
          strings: [...strings, ...ids],
          attributes: ids.map((_, i) => [strings.length + 1 + i, `id${i}`] as const),
          mappings: [{ start: 0n, limit: 1n, file: at('app'), attributes }],
        },
      );
      return samplesOf(read(encodeRequest(request, revision)))[0] ?? '';
    };
    expect([[1], [2, 1], [1, 3, 2], []].map(given)).toEqual(
      ['id0', 'id1', 'id2', ''].map((id) => `1 |  at 32 in app ${id} 0-1`),
    );
  });
}

test('1.7: an agent that writes a count of 1 beside many timestamps means their number', () => {
  const reading = read(
    encodeRequest(requestOf([profileOf([sample({ values: [1n], timestamps: [1n, 2n, 3n] })])]), '1.7'),
  );
  expect(reading.revision).toBe('otlp 1.7');
  expect(samplesOf(reading)[0]).toMatch(/^150000000 /);
});

test('1.7: each sample type of a profile becomes a profile of its own', () => {
  const twoTypes = part(
    1,
    part(
      2,
      part(
        2,
        part(1, int(1, 1), int(2, 2)),
        part(1, int(1, 3), int(2, 4)),
        part(2, part(3, varint(2), varint(20))),
        int(4, 9),
        part(6, int(1, 3), int(2, 4)),
        int(7, 10),
      ),
    ),
  );
  const dictionary = part(2, text(5, ''), ...strings.map((word) => text(5, word)));
  const reading = read(Uint8Array.from([...twoTypes, ...dictionary]));
  expect(reading.profiles.map(describeType)).toEqual([
    'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    'cpu:cpu:nanoseconds:cpu:nanoseconds',
  ]);
  expect(samplesOf(reading)).toEqual(['20 | ', '20 | ']);
});

test('samples without links and values are told from 1.9 by what their numbers can be', () => {
  const onlyTimes = encodeRequest(requestOf([profileOf([sample(), sample({ stack: 2 })])]), '1.10');
  expect(read(onlyTimes).revision).toBe('otlp 1.10-1.11');
  const onlyValues = encodeRequest(
    requestOf([offCpu([sample({ attributes: [], values: [1n], timestamps: [] })])]),
    '1.8',
  );
  expect(read(onlyValues).revision).toBe('otlp 1.8-1.9');
  const valuesAndTimes = encodeRequest(requestOf([offCpu([sample({ attributes: [], values: [900n, 3n] })])]), '1.8');
  expect(samplesOf(read(valuesAndTimes))).toEqual([`903 | ${mainFrames}`]);
});

test('names and texts of attributes may be indexes into the strings', () => {
  const words = ['service.name', 'shop', 'count', 'things'];
  const resource = part(1, part(1, int(3, 1), part(2, int(8, 2))));
  const profile = part(2, part(1, int(1, 4), int(2, 3)), part(2, part(4, varint(6))), fixed(3, 1n));
  const dictionary = part(2, text(5, ''), ...words.map((word) => text(5, word)));
  const reading = read(Uint8Array.from([...part(1, resource, part(2, profile)), ...dictionary]));
  expect(describeLabels(reading.profiles[0]?.labels ?? [])).toMatchObject({
    service_name: 'shop',
    'service.name': 'shop',
  });
  expect(reading.profiles.map(describeType)).toEqual(['things:things:count::']);
});

test('a list with one entry is that entry, other lists are passed over', () => {
  const list = (...entries: readonly string[]) => part(2, part(5, ...entries.map((entry) => part(1, text(1, entry)))));
  const resource = part(1, part(1, text(1, 'one'), list('a')), part(1, text(1, 'two'), list('a', 'b')));
  const profile = part(2, part(1, int(1, 1), int(2, 1)), fixed(3, 1n));
  const scope = part(
    2,
    part(1, part(3, text(1, 'one'), part(2, text(1, 'late'))), part(3, text(1, 'of.scope'), part(2, text(1, 'x')))),
    profile,
    part(2, part(1, int(1, 1)), part(2, part(4, varint(6))), fixed(3, 1n)),
  );
  const dictionary = part(2, text(5, ''), text(5, 'things'));
  const reading = read(Uint8Array.from([...part(1, resource, scope), ...dictionary]));
  const labels = describeLabels(reading.profiles[0]?.labels ?? []);
  expect(labels).toMatchObject({ one: 'a', 'of.scope': 'x' });
  expect(labels).not.toHaveProperty('two');
});

test('samples are split by their own service.name, which wins over the resource', () => {
  const request = requestOf(
    [
      profileOf([
        sample({ attributes: [1, 2], values: [1n] }),
        sample({ values: [2n] }),
        sample({ attributes: [2], values: [4n] }),
      ]),
    ],
    {
      strings: [...strings, 'service.name'],
      attributes: [
        [at('thread.name'), 'worker'],
        [strings.length + 1, 'checkout'],
      ],
    },
  );
  const found = read(encodeRequest(request, '1.10')).profiles.map(({ labels, profile }) => [
    describeLabels(labels)['service_name'],
    profile.values.join(),
  ]);
  expect(found).toEqual([
    ['checkout', '100000000,200000000'],
    ['shop', '100000000'],
  ]);
});

test('profiles of a request share the objects of its tables', () => {
  const [first, second] = read(
    encodeRequest(requestOf([profileOf([sample()]), offCpu([sample({ values: [1n] })])]), '1.10'),
  ).profiles;
  expect(first?.profile.stacks.strings).toBe(second?.profile.stacks.strings);
  expect(first?.profile.stacks.locations).toBe(second?.profile.stacks.locations);
});

test('index 0 is none even where a sender spells it out or has filled its row', () => {
  const profile = part(2, part(1, int(1, 1)), part(2, int(1, 1), explicitInt(3, 0), part(4, varint(6))), fixed(3, 1n));
  const dictionary = part(
    2,
    ...[part(2), part(2, int(2, 9)), text(5, ''), text(5, 'things')],
    ...[part(4, part(2, varint(1), [1, 1, 1, 1, 1, 1, 1])), part(7), part(7, part(1, varint(0), varint(1), varint(0)))],
  );
  expect(samplesOf(read(Uint8Array.from([...part(1, part(2, profile)), ...dictionary])))).toEqual([
    '6 |  at 9 in   0-0',
  ]);
});

test('each scope of a resource has attributes of its own', () => {
  const profile = part(2, part(1, int(1, 1)), part(2, part(4, varint(6))), fixed(3, 1n));
  const scopes = ['a', 'b'].map((value) =>
    part(2, part(1, part(3, text(1, 'scope'), part(2, text(1, value)))), profile),
  );
  const bytes = [...part(1, ...scopes, part(1)), ...part(2, text(5, ''), text(5, 'things'))];
  const found = read(Uint8Array.from(bytes)).profiles.map(({ labels }) => describeLabels(labels)['scope']);
  expect(found).toEqual(['a', 'b']);
});

test('no bytes and no profiles are an empty request', () => {
  expect(read(new Uint8Array(0))).toEqual({ profiles: [], leftOut: [], revision: 'otlp' });
});
