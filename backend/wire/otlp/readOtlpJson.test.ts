import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { readOtlpJson } from './readOtlpJson.ts';
import { describeLabels, describeSamples, describeType } from './testRequest.ts';

const limits = { samplesPerProfile: 100, stackDepth: 100 };
const read = (request: unknown): WireReading => {
  const bytes = typeof request === 'string' ? Buffer.from(request) : Buffer.from(JSON.stringify(request));
  const reading = readOtlpJson(bytes, limits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
};

const dictionary = {
  stringTable: ['', 'things', 'count', 'main', 'app'],
  mappingTable: [{}, { filenameStrindex: 4, memoryLimit: '4096' }],
  functionTable: [{}, { nameStrindex: 3, startLine: '3' }],
  locationTable: [{}, { mappingIndex: 1, address: '18446744073709551615', lines: [{ functionIndex: 1, line: 5 }] }],
  stackTable: [{}, { locationIndices: [1] }],
  linkTable: [{}, { traceId: '0123456789abcdef0123456789abcdef', spanId: 'fedcba9876543210' }],
  attributeTable: [{}],
};
const requestOf = (profile: object, tables: object = {}, resource: object = {}): object => ({
  resourceProfiles: [{ resource, scopeProfiles: [{ profiles: [profile] }] }],
  dictionary: { ...dictionary, ...tables },
});
const things = { sampleType: { typeStrindex: 1, unitStrindex: 2 }, timeUnixNano: '1774910497545532978' };
const linked = { stackIndex: 1, values: ['7', 1], linkIndex: 1 };
const mainSample = '8 | main:5:0 of :3 at 18446744073709551615 in app  0-4096';
const ids = ['span_id=fedcba9876543210', 'trace_id=0123456789abcdef0123456789abcdef'];

test('numbers may be text, ids are hexadecimal', () => {
  const reading = read(requestOf({ ...things, samples: [linked] }));
  expect(reading.revision).toBe('otlp json 1.8-1.11');
  expect(reading.profiles.map(describeType)).toEqual(['things:things:count::']);
  expect(reading.profiles[0]?.profile.timeNanos).toBe(1_774_910_497_545_532_978n);
  expect(reading.profiles.flatMap(({ profile }) => describeSamples(profile))).toEqual([
    [mainSample, ...ids].join(' | '),
  ]);
});

test('the names of 1.8, snake_case, base64 ids and unknown fields are read as well', () => {
  const links = [
    {},
    { trace_id: Buffer.from('0123456789abcdef0123456789abcdef', 'hex').toString('base64'), spanId: '/ty6mHZUMhA=' },
  ];
  const location = { mapping_index: 1, address: '18446744073709551615', line: [{ function_index: 1, line: '5' }] };
  const request = requestOf(
    { ...things, sample: [{ stack_index: 1, values: [8], linkIndex: 1, future: { a: [1] } }], period: null },
    { linkTable: links, locationTable: [{}, location] },
  );
  expect(read(request).profiles.flatMap(({ profile }) => describeSamples(profile))).toEqual([
    [mainSample, ...ids].join(' | '),
  ]);
});

test('attributes of a resource: texts, integers, lists with one entry, indexes', () => {
  const attributes = [
    { key: 'service.name', value: { stringValue: 'shop' } },
    { key: 'process.pid', value: { intValue: '66' } },
    { key: 'command', value: { arrayValue: { values: [{ stringValue: 'serve' }] } } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { keyStrindex: 4, value: { stringValueStrindex: 3 } },
  ];
  const [profile] = read(requestOf({ ...things, samples: [linked] }, {}, { attributes })).profiles;
  const labels = describeLabels(profile?.labels ?? []);
  expect(labels).toMatchObject({ service_name: 'shop', 'process.pid': '66', command: 'serve', app: 'main' });
  expect(labels).not.toHaveProperty('ratio');
});

test('1.7 is known by the names that only it has', () => {
  const reading = read({
    resourceProfiles: [
      {
        scopeProfiles: [
          {
            profiles: [
              {
                sampleType: [{ typeStrindex: 1, unitStrindex: 2 }],
                sample: [{ locationsStartIndex: 0, locationsLength: 1, value: ['8'], linkIndex: 0 }],
                locationIndices: [0],
                timeNanos: '9',
              },
            ],
          },
        ],
      },
    ],
    dictionary: {
      stringTable: dictionary.stringTable,
      mappingTable: dictionary.mappingTable.slice(1),
      functionTable: dictionary.functionTable.slice(1),
      linkTable: dictionary.linkTable.slice(1),
      locationTable: [{ mappingIndex: 0, address: '18446744073709551615', line: [{ functionIndex: 0, line: '5' }] }],
      attributeTable: [],
    },
  });
  expect(reading.revision).toBe('otlp json 1.7');
  expect(reading.profiles.flatMap(({ profile }) => describeSamples(profile))).toEqual([
    [mainSample, ...ids].join(' | '),
  ]);
});

for (const [what, request, message] of [
  ['text that is no JSON', '{"resourceProfiles":[}', /^OTLP\/JSON: Unexpected token/],
  ['a list', [], /^OTLP\/JSON: not an object$/],
  [
    'a profile that is no object',
    requestOf([]),
    /^OTLP\/JSON, resourceProfiles\[0\]\.scopeProfiles\[0\]\.profiles\[0\]: is not an object$/,
  ],
  ['samples that are no list', requestOf({ samples: {} }), /samples: is not a list$/],
  ['half a value', requestOf({ samples: [{ values: [0.5] }] }), /samples\[0\]\.values\[0\]: is not an integer$/],
  [
    'a number that a double cannot hold',
    requestOf({ period: 2 ** 53 }),
    /period: is past 2\^53 and must be sent as text$/,
  ],
  ['a number of 66 bits', requestOf({ period: `${2n ** 65n}` }), /period: does not fit 64 bits$/],
  [
    'a string that is a number',
    requestOf({}, { stringTable: [''.length] }),
    /dictionary\.stringTable\[0\]: is not text$/,
  ],
  [
    'an id that is neither hexadecimal nor base64',
    requestOf({}, { linkTable: [{ spanId: '§' }] }),
    /spanId: is neither hexadecimal nor base64$/,
  ],
  [
    'an index that leads nowhere',
    requestOf({ ...things, samples: [{ stackIndex: 9, values: [1] }] }),
    /^OTLP\/JSON as protobuf, byte \d+: sample refers to stack 9/,
  ],
  ['brackets without end', '['.repeat(1_000_000), /^OTLP\/JSON: /],
] as const) {
  test(`${what} is refused with its place`, () => {
    expect(() => read(request)).toThrow(message);
  });
}

test('text that is not UTF-8 is refused', () => {
  expect(() => readOtlpJson(Uint8Array.of(0x7b, 0xff, 0x7d), limits)).toThrow(/^OTLP\/JSON: /);
});
