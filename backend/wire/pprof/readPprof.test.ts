/** Bytes by hand, field by field; what is wrong with them is told by byte and in Pyroscope's words. */
import { InputError } from '../../errors.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { Profile } from '../../model/profile.ts';
import { profileInWords } from './profileInWords.ts';
import { readPprof } from './readPprof.ts';

const limits = { samplesPerProfile: 16_000 };

const bytesOf = (lines: readonly string[]): Uint8Array =>
  new Uint8Array(Buffer.from(lines.join('').replaceAll(/\s/g, ''), 'hex'));
/** A field of the table of strings. */
const string = (text: string): string =>
  `32 ${Buffer.from([Buffer.byteLength(text)]).toString('hex')} ${Buffer.from(text).toString('hex')}`;
const strings = ['', 'cpu', 'nanoseconds', 'main', 'work', 'main.go', '/bin/app', 'abcd', 'pod', 'a', 'bytes'].map(
  string,
);

function read(lines: readonly string[], most = limits): Profile {
  const profile = readPprof(bytesOf(lines), most);
  assertProfileIntegrity(profile);
  return profile;
}

const samplesOf = (lines: readonly string[]): readonly string[] => profileInWords(read(lines)).samples;

function failure(lines: readonly string[], most = limits): InputError {
  try {
    readPprof(bytesOf(lines), most);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const cpu = '0a 04 08 01 10 02';
const mainAndWork = [
  '22 06 08 01 22 02 08 01', // location 1 { line { function 1 } }
  '22 06 08 02 22 02 08 02', // location 2 { line { function 2 } }
  '2a 04 08 01 10 03', // function 1 { name main }
  '2a 04 08 02 10 04', // function 2 { name work }
];

test('every field of a message is read', () => {
  const { head, samples } = profileInWords(
    read([
      cpu,
      '12 10 0a 02 02 01 12 02 96 01 1a 06 08 08 10 09 18 01', // sample { location 2 1, value 150, label { pod a, num } }
      '1a 13 08 01 10 80 20 18 80 40 20 80 10 28 06 30 07 38 01 40 01', // mapping 1 { 4096-8192+2048, /bin/app, abcd }
      '22 11 08 01 10 01 18 90 20 22 06 08 01 10 0c 18 05 28 00', // location 1 { mapping 1, 4112, line { 12, column 5 } }
      '22 11 08 02 10 01 22 04 08 02 10 07 22 05 08 01 10 ac 02', // location 2: work inlined into main
      '2a 0a 08 01 10 03 18 04 20 05 28 0a', // function 1 { main, system name work, main.go, line 10 }
      '2a 04 08 02 10 04',
      ...strings,
      '38 00 40 00', // drop_frames, keep_frames
      '48 80 a8 d6 b9 07', // time_nanos 2_000_000_000
      '50 80 94 eb dc 03', // duration_nanos 1_000_000_000
      '5a 04 08 01 10 02', // period_type
      '60 80 ad e2 04', // period 10_000_000
      '68 01', // comment
      '70 01', // default_sample_type
    ]),
  );
  expect(head).toBe('types cpu:nanoseconds, default cpu, period 10000000 cpu:nanoseconds, time 2000000000 +1000000000');
  const mapping = '[4096-8192+2048 /bin/app abcd]';
  const main = 'main(work)@main.go:10';
  expect(samples).toEqual([
    `work()@:0 7:0 < ${main} 300:0 ${mapping} | ${main} 12:5 ${mapping} 0x1010 = 150 "pod"="a"`,
  ]);
});

test('fields may come in any order, tables behind and between what refers to them', () => {
  const sample = '12 08 0a 02 02 01 12 00 10 05';
  expect(samplesOf([...strings, sample, ...mainAndWork.toReversed(), cpu])).toEqual([
    'work()@:0 0:0 | main()@:0 0:0 = 5',
  ]);
});

for (const [name, sample] of [
  ['packed', '12 07 0a 02 02 01 12 01 05'],
  ['unpacked', '12 06 08 02 08 01 10 05'],
  ['packed and unpacked, in turns', '12 09 0a 01 02 10 05 08 01 12 00'],
  ['packed in two parts', '12 09 0a 01 02 12 01 05 0a 01 01'],
  ['packed with ids that are longer than they must be', '12 0a 0a 05 82 80 00 81 00 12 01 05'],
] as const) {
  test(`a sample may be ${name}`, () => {
    expect(samplesOf([cpu, sample, ...mainAndWork, ...strings])).toEqual(['work()@:0 0:0 | main()@:0 0:0 = 5']);
  });
}

test('values have 64 bits, signs included, and each type its own', () => {
  const types = [cpu, cpu, cpu];
  const values = ['01', 'ff ff ff ff ff ff ff ff ff 01', 'ff ff ff ff ff ff ff ff 7f'];
  expect(samplesOf([...types, `12 16 12 14 ${values.join('')}`, ...strings])).toEqual([' = 1 -1 9223372036854775807']);
});

test('a sample without locations has an empty stack', () => {
  expect(samplesOf([cpu, '12 02 10 05', '12 02 10 06', ...strings])).toEqual([' = 5', ' = 6']);
});

test('a profile without samples is one', () => expect(samplesOf([cpu, ...strings])).toEqual([]));

test('labels that are numbers are passed over, text beside them is kept', () => {
  // label { bytes 96, unit bytes }, label { pod "a" }, label { pod "" }
  const sample = '12 14 10 05 1a 06 08 0a 18 60 20 0a 1a 04 08 08 10 09 1a 02 08 08';
  expect(samplesOf([cpu, sample, ...strings])).toEqual([' = 5 "pod"="a"']);
});

test('fields that are not known are passed over, whatever their wire type', () => {
  const unknown = ['a0 06 01', 'a1 06 00 00 00 00 00 00 00 00', 'a2 06 01 00', 'a5 06 00 00 00 00'];
  const sample = `12 19 ${unknown.join('')} 10 05`;
  expect(samplesOf([cpu, ...unknown, sample, ...strings])).toEqual([' = 5']);
});

test('of a field that stands twice the last one counts', () => {
  expect(read([cpu, ...strings, '48 01 48 02']).timeNanos).toBe(2n);
  expect(
    samplesOf([cpu, '12 06 08 01 10 05 18 00', mainAndWork[0] ?? '', '2a 06 08 01 10 04 10 03', ...strings]),
  ).toEqual(['main()@:0 0:0 = 5']);
});

test('times and periods may be negative', () => {
  const minusOne = 'ff ff ff ff ff ff ff ff ff 01';
  const { timeNanos, durationNanos, period } = read([cpu, ...strings, `48 ${minusOne} 50 ${minusOne} 60 ${minusOne}`]);
  expect([timeNanos, durationNanos, period]).toEqual([-1n, -1n, -1n]);
});

test('a line number of -1 stays -1', () => {
  const line = '22 11 08 01 22 0d 08 01 10 ff ff ff ff ff ff ff ff ff 01';
  expect(samplesOf([cpu, '12 04 08 01 10 05', line, mainAndWork[2] ?? '', ...strings])).toEqual(['main()@:0 -1:0 = 5']);
});

test('a location without lines keeps its address, one without anything stays a frame', () => {
  const locations = ['22 0d 08 01 18 ff ff ff ff ff ff ff ff ff 01', '22 02 08 02'];
  expect(samplesOf([cpu, '12 06 08 01 08 02 10 05', ...locations, ...strings])).toEqual([' 0xffffffffffffffff |  = 5']);
});

test('a line of function 0 is no line', () => {
  expect(samplesOf([cpu, '12 04 08 01 10 05', '22 06 08 01 22 02 10 07', ...strings])).toEqual([' = 5']);
});

test('ids need not begin with 1, nor be in order, nor be small', () => {
  const functions = ['2a 04 08 09 10 03', '2a 0d 08 ff ff ff ff ff ff ff ff ff 01 10 04'];
  const mapping = '1a 0f 08 80 80 80 80 80 80 80 80 80 01 10 01 30 07';
  const locations = [
    '22 0a 08 80 80 80 80 10 22 02 08 09', // 2^32: main
    '22 1a 08 05 10 80 80 80 80 80 80 80 80 80 01 22 0b 08 ff ff ff ff ff ff ff ff ff 01', // 5: work, in mapping 2^63
  ];
  const sample = '12 0b 0a 06 05 80 80 80 80 10 12 01 05'; // 5 and 2^32
  expect(samplesOf([cpu, sample, mapping, ...locations, ...functions, ...strings])).toEqual([
    'work()@:0 0:0 [1-0+0  abcd] | main()@:0 0:0 = 5',
  ]);
});

test('of two rows with one id the first counts', () => {
  const functions = ['2a 04 08 07 10 03', '2a 04 08 07 10 04'];
  expect(samplesOf([cpu, '12 04 08 01 10 05', '22 06 08 01 22 02 08 07', ...functions, ...strings])).toEqual([
    'main()@:0 0:0 = 5',
  ]);
});

test('bytes that lie inside a larger buffer are read where they lie', () => {
  const inner = bytesOf([cpu, '12 04 08 01 10 05', ...mainAndWork, ...strings]);
  const outer = new Uint8Array(inner.length + 20).fill(0xff);
  outer.set(inner, 10);
  expect(profileInWords(readPprof(outer.subarray(10, 10 + inner.length), limits)).samples).toEqual([
    'main()@:0 0:0 = 5',
  ]);
});

test('the limit of samples is the last count that is taken', () => {
  const sample = '12 02 10 05';
  const lines = [cpu, ...strings, sample, sample, sample];
  expect(read(lines, { samplesPerProfile: 3 }).sampleCount).toBe(3);
  expect(failure(lines, { samplesPerProfile: 2 })).toMatchObject({
    code: 'invalid_argument',
    reason: 'samples_limit',
    message:
      'the profile exceeds the samples count limit (--max-profile-samples, limit: 2); pprof, byte ' +
      String(bytesOf(lines).length - 2),
  });
});

const withSample = (...lines: string[]): readonly string[] => [cpu, ...lines, ...mainAndWork, ...strings];
const wrong: readonly (readonly [string, readonly string[], string])[] = [
  ['no bytes', [], 'byte 0: empty profile: no sample types'],
  ['no sample types', ['12 02 10 05', ...strings], 'empty profile: no sample types'],
  [
    'a sample type whose type is no string',
    ['0a 02 08 63', ...strings],
    'byte 4: sample type type string index out of range',
  ],
  [
    'a sample type whose unit is no string',
    ['0a 02 10 63', ...strings],
    'byte 4: sample type unit string index out of range',
  ],
  ['an index of 2^32', ['0a 06 08 80 80 80 80 10', ...strings], 'byte 8: sample type type string index out of range'],
  ['an index of -1', ['0a 0b 08 ff ff ff ff ff ff ff ff ff 01'], 'byte 13: sample type type string index out of range'],
  ['a first string with text', [cpu, string('x'), ...strings], 'byte 8: string 0 should be empty string'],
  [
    'text that is not UTF-8',
    [cpu, string(''), '32 03 61 ff 62'],
    'byte 10: invalid utf8 string hex: 61ff62 (string 1 is not valid UTF-8)',
  ],
  [
    'text that is a surrogate',
    [cpu, string(''), '32 03 ed a0 80'],
    'byte 10: invalid utf8 string hex: eda080 (string 1 is not valid UTF-8)',
  ],
  [
    'more values than types',
    withSample('12 06 08 01 12 02 05 06'),
    'byte 8: sample value length mismatch: 2 values, 1 sample types',
  ],
  [
    'more values than types, unpacked',
    withSample('12 04 10 05 10 06'),
    'byte 8: sample value length mismatch: 2 values, 1 sample types',
  ],
  [
    'fewer values than types',
    withSample('12 02 08 01'),
    'byte 8: sample value length mismatch: 0 values, 1 sample types',
  ],
  ['an empty sample', withSample('12 00'), 'byte 8: sample value length mismatch: 0 bytes of sample hold no 1 values'],
  [
    'a location that is not there',
    withSample('12 04 08 03 10 05'),
    'byte 8: sample refers to location 3, which is not there',
  ],
  [
    'a location that is not there, packed',
    withSample('12 0a 0a 06 01 81 80 80 80 10 10 05'),
    'byte 8: sample refers to location 4294967297, which is not there',
  ],
  ['a sample with location 0', withSample('12 05 0a 01 00 10 05'), 'byte 8: location id is 0'],
  ['location ids of a fixed width', withSample('12 07 0d 01 00 00 00 10 05'), 'byte 8: location ids are no varints'],
  ['values of a fixed width', withSample('12 05 15 01 00 00 00'), 'byte 8: values are no varints'],
  ['a packed id that ends in the middle', withSample('12 05 0a 01 81 10 05'), 'byte 10: ends inside a varint'],
  ['a packed value that ends in the middle', withSample('12 03 12 01 80'), 'byte 10: ends inside a varint'],
  [
    'a label whose name is no string',
    withSample('12 06 10 05 1a 02 08 63'),
    'byte 14: sample label string index out of range',
  ],
  [
    'a label whose text is no string',
    withSample('12 06 10 05 1a 02 10 63'),
    'byte 14: sample label string index out of range',
  ],
  [
    'a label whose unit is no string',
    withSample('12 06 10 05 1a 02 20 63'),
    'byte 14: sample label string index out of range',
  ],
  [
    'a label longer than its sample',
    withSample('12 05 10 05 1a 09 08'),
    'byte 10: field 3 is longer than what holds it',
  ],
  ['location id 0', withSample('22 02 08 00'), 'byte 8: location id is 0'],
  ['a location without id', withSample('22 02 18 01'), 'byte 8: location id is 0'],
  ['an empty location', withSample('22 00'), 'byte 8: location id is 0'],
  ['function id 0', withSample('2a 04 08 00 10 03'), 'byte 8: function id is 0'],
  ['an empty function', withSample('2a 00'), 'byte 8: function id is 0'],
  ['mapping id 0', withSample('1a 04 08 00 10 03'), 'byte 8: mapping id is 0'],
  ['an empty mapping', withSample('1a 00'), 'byte 8: mapping id is 0'],
  [
    'a function whose name is no string',
    withSample('2a 04 08 03 10 63'),
    'byte 12: function name string index out of range',
  ],
  [
    'a function whose system name is no string',
    withSample('2a 04 08 03 18 63'),
    'byte 12: function system name string index out of range',
  ],
  [
    'a function whose file is no string',
    withSample('2a 04 08 03 20 63'),
    'byte 12: function file name string index out of range',
  ],
  [
    'a mapping whose file is no string',
    withSample('1a 04 08 01 28 63'),
    'byte 12: mapping file name string index out of range',
  ],
  [
    'a mapping whose build id is no string',
    withSample('1a 04 08 01 30 63'),
    'byte 12: mapping build id string index out of range',
  ],
  [
    'a location in a mapping that is not there',
    withSample('22 04 08 03 10 07'),
    'byte 12: location refers to mapping 7, which is not there',
  ],
  [
    'a line of a function that is not there',
    withSample('22 06 08 03 22 02 08 07'),
    'byte 12: line refers to function 7, which is not there',
  ],
  ['a period type that is no string', [cpu, ...strings, '5a 02 08 63'], 'sample type type string index out of range'],
  ['a default type that is no string', [cpu, ...strings, '70 63'], 'default sample type string index out of range'],
  ['a table that is a number', withSample('10 01'), 'byte 8: field 2 has wire type 0, not 2'],
  ['a group', withSample('13 14'), 'byte 6: wire type 3'],
  ['a length beyond the end', [cpu, ...strings, '12 ff ff ff ff 0f'], 'field 2 is longer than what holds it'],
  ['text of a profile', [Buffer.from('main;work 12\n').toString('hex')], 'byte 5: wire type 7'],
  [
    'a sample type of 2,000 bytes',
    ['0a 02 08 01', string(''), `32 d0 0f ${'61'.repeat(2_000)}`],
    'byte 2: sample type of more than 1024 bytes',
  ],
  ['257 sample types', Array.from({ length: 257 }, () => '0a 00'), 'byte 514: more than 256 sample types'],
];
for (const [name, lines, message] of wrong) {
  test(`${name} is refused by byte and in words`, () => {
    expect(failure(lines)).toMatchObject({
      code: 'invalid_argument',
      reason: 'malformed_profile',
      message: expect.stringMatching(/^pprof, byte \d+: /) as unknown,
    });
    expect(failure(lines).message).toContain(message);
  });
}
