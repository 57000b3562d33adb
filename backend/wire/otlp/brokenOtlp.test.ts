/** What cannot be read: refused with its place when it is all of a request, left out with a reason when it is a part. */
import { InputError } from '../../errors.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { readOtlp } from './readOtlp.ts';
import { describeSamples, encodeRequest, explicitInt, fixed, int, part, text, varint } from './testRequest.ts';
import { offCpu, profileOf, requestOf, sample } from './testShop.ts';

const limits = { samplesPerProfile: 100, stackDepth: 4 };
const read = (bytes: Uint8Array): WireReading => {
  const reading = readOtlp(bytes, limits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
};
const samplesOf = (reading: WireReading): readonly string[] =>
  reading.profiles.flatMap(({ profile }) => describeSamples(profile));

test('a request that speaks two revisions is refused', () => {
  const request = requestOf([offCpu([sample({ values: [1n], link: 1 })])]);
  const both = [...encodeRequest(request, '1.8'), ...encodeRequest(request, '1.10')];
  expect(() => read(Uint8Array.from(both))).toThrow(
    /^OTLP, byte \d+: fields as in 1\.10 and as in 1\.8 or 1\.9 together$/,
  );
});

test('tables inside the profile, as before 1.6, are refused by name', () => {
  const old = part(1, part(2, part(2, part(3, int(1, 1)), part(4, int(1, 1)))));
  expect(() => read(Uint8Array.from(old))).toThrow(/OTLP profiles before 1\.6/);
});

test('a profile that cannot be read is left out, the others are kept', () => {
  const bytes = encodeRequest(
    requestOf([offCpu([sample({ stack: 99, values: [1n] }), sample({ values: [1n] })]), profileOf([sample()])]),
    '1.10',
  );
  const reading = read(bytes);
  expect(reading.profiles).toHaveLength(1);
  expect(reading.leftOut).toEqual([
    {
      reason: 'malformed_profile',
      samples: 2,
      message: expect.stringMatching(/^OTLP, byte \d+: sample refers to stack 99/) as string,
    },
  ]);
});

test('a request of which nothing can be read is refused', () => {
  const bytes = encodeRequest(requestOf([offCpu([sample({ stack: 99, values: [1n] })])]), '1.10');
  const error = {
    code: 'invalid_argument',
    reason: 'malformed_profile',
    message: expect.stringMatching(/^OTLP, byte \d+: /) as string,
  };
  expect(() => read(bytes)).toThrow(InputError);
  expect(() => read(bytes)).toThrow(expect.objectContaining(error) as Error);
});

test('samples without values and timestamps are left out and counted', () => {
  const reading = read(
    encodeRequest(requestOf([profileOf([sample({ timestamps: [] }), sample({ values: [1n] })])]), '1.10'),
  );
  expect(samplesOf(reading)).toHaveLength(1);
  expect(reading.leftOut).toMatchObject([{ reason: 'malformed_profile', samples: 1 }]);
});

test('too many samples in one profile leave it out under their own reason', () => {
  const many = Array.from({ length: limits.samplesPerProfile + 1 }, () => sample());
  const reading = read(encodeRequest(requestOf([profileOf(many), profileOf([sample({ values: [1n] })])]), '1.10'));
  expect(reading.profiles).toHaveLength(1);
  expect(reading.leftOut).toMatchObject([{ reason: 'samples_limit', samples: 101 }]);
});

test('stacks that are too deep lose frames at the leaf', () => {
  const request = requestOf([offCpu([sample({ attributes: [], values: [1n] }), sample({ stack: 0, values: [1n] })])], {
    stacks: [[1, 1, 2, 2, 2, 2]],
  });
  expect(samplesOf(read(encodeRequest(request, '1.10')))[0]).not.toContain('main');
});

test('text that is not UTF-8 is repaired and told', () => {
  const bytes = encodeRequest(requestOf([profileOf([sample()])]), '1.10');
  const place = Buffer.from(bytes).indexOf('worker');
  bytes[place] = 0xff;
  const reading = read(bytes);
  expect(samplesOf(reading)[0]).toContain('thread.name=\uFFFDorker');
  expect(reading.leftOut).toMatchObject([{ samples: 0, message: 'OTLP: 1 texts are not UTF-8 and were repaired' }]);
});

test('ids of a wrong length are dropped and told, those of zeros are none', () => {
  const linked = requestOf([profileOf([sample({ link: 1, values: [1n] }), sample({ link: 2 })])], {
    links: [
      ['0123', 'fedcba9876543210'],
      ['00'.repeat(16), '00'.repeat(8)],
    ],
  });
  const reading = read(encodeRequest(linked, '1.10'));
  expect(samplesOf(reading).map((line) => line.split(' | ').slice(3))).toEqual([['span_id=fedcba9876543210'], []]);
  expect(reading.leftOut).toMatchObject([{ samples: 0, message: 'OTLP: 1 trace or span ids have a wrong length' }]);
});

test('a product that passes 2^63 is left out', () => {
  const huge = profileOf([sample({ values: [2n ** 40n] })], { period: 2n ** 40n });
  expect(read(encodeRequest(requestOf([huge]), '1.10')).leftOut).toMatchObject([{ samples: 1 }]);
});

test('a few bytes that ask for much memory are refused', () => {
  const depth = 1_000;
  const deep = requestOf([profileOf(Array.from({ length: 600 }, () => sample({ attributes: [], timestamps: [1n] })))], {
    stacks: [Array.from({ length: depth }, () => 1)],
  });
  const [profile] = deep.resources[0]?.profiles ?? [];
  const profiles = Array.from({ length: 60 }, () => profile).filter((entry) => entry !== undefined);
  const bytes = encodeRequest({ ...deep, resources: [{ attributes: [], profiles }] }, '1.10');
  const reading = readOtlp(bytes, { samplesPerProfile: 16_000, stackDepth: depth });
  expect(reading.profiles.length).toBe(55);
  expect(reading.leftOut.at(-1)).toMatchObject({ reason: 'samples_limit', samples: 600 });
});

for (const [name, wrong, message] of [
  ['string 0 that is not empty', part(2, text(5, 'x')), /string 0 of the dictionary is not empty/],
  [
    'location with a function that is not there',
    part(2, text(5, ''), part(2, part(3, int(1, 4)))),
    /location 0: function 4 of 0/,
  ],
  ['location with a mapping that is not there', part(2, text(5, ''), part(2, int(1, 4))), /location 0: mapping 4/],
  [
    'stack with a location that is not there',
    part(2, text(5, ''), part(7, part(1, varint(3)))),
    /stack 0: location 3 of 0/,
  ],
  [
    'mapping with an attribute that is not there',
    part(2, part(1), part(1, explicitInt(5, 2))),
    /mapping 1: attribute 2 of 0/,
  ],
  ['function with a string that is not there', part(2, part(3, int(1, 1))), /function 0, name: string 1 of 1/],
] as const) {
  test(`a dictionary with a ${name} is refused`, () => {
    const profile = part(1, part(2, part(2, fixed(3, 1n))));
    expect(() => read(Uint8Array.from([...profile, ...wrong]))).toThrow(message);
  });
}
