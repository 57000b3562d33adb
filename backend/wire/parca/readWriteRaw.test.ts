/** WriteRaw as gRPC and as JSON, with pprofs drawn as folded stacks. */
import { gzipSync } from 'node:zlib';
import { foldedPprof } from '../../../test/foldedPprof.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { bytesField, textField } from './messageWriter.ts';
import { readWriteRaw, readWriteRawJson } from './readWriteRaw.ts';

type Labels = Readonly<Record<string, string>>;
interface Series {
  readonly labels: Labels;
  readonly pprofs: readonly Uint8Array[];
}

const cpuProfile = foldedPprof({ folded: ['main;work 3', 'main;wait 1'], timeNanos: 1_700_000_000_000_000_000n });

function requestOf(series: readonly Series[]): Uint8Array {
  const message = ({ labels, pprofs }: Series): Uint8Array =>
    Buffer.concat([
      bytesField(
        1,
        Buffer.concat(
          Object.entries(labels).map(([name, value]) =>
            bytesField(1, Buffer.concat([textField(1, name), textField(2, value)])),
          ),
        ),
      ),
      ...pprofs.map((pprof) => bytesField(2, bytesField(1, pprof))),
    ]);
  return Buffer.concat([textField(1, 'ignored tenant'), ...series.map((one) => bytesField(2, message(one)))]);
}

const jsonOf = (series: readonly Series[], bytesName: string): string =>
  JSON.stringify({
    series: series.map(({ labels, pprofs }) => ({
      labels: { labels: Object.entries(labels).map(([name, value]) => ({ name, value })) },
      samples: pprofs.map((pprof) => ({ [bytesName]: Buffer.from(pprof).toString('base64') })),
    })),
    normalized: true,
  });

const labels = { __name__: 'process_cpu', job: 'api', comm: 'api-server', cpu: '3' };

function seen({ profiles }: WireReading) {
  return profiles.map(({ labels: given, profile }) => {
    assertProfileIntegrity(profile);
    return [
      Object.fromEntries(given.map(({ name, value }) => [name, value])),
      profile.sampleTypes,
      [...profile.values],
    ];
  });
}
const expected = [
  [
    { __name__: 'process_cpu', job: 'api', comm: 'api-server', service_name: 'api-server' },
    [{ type: 'cpu', unit: 'nanoseconds' }],
    [3n, 1n],
  ],
];

test('each series gives its labels to each of its profiles, gzip or not', () => {
  const series = [
    { labels, pprofs: [cpuProfile, gzipSync(cpuProfile)] },
    { labels, pprofs: [cpuProfile] },
  ];
  expect(seen(readWriteRaw(requestOf(series), defaultLimits))).toEqual([...expected, ...expected, ...expected]);
});

test('over HTTP the same comes as JSON, in either spelling', () => {
  const series = [{ labels, pprofs: [gzipSync(cpuProfile)] }];
  expect(seen(readWriteRawJson(jsonOf(series, 'rawProfile'), defaultLimits))).toEqual(expected);
  expect(seen(readWriteRawJson(jsonOf(series, 'raw_profile'), defaultLimits))).toEqual(expected);
});

test('ticks of an old agent become CPU time under the name that all CPU profiles have', () => {
  const ticks = foldedPprof({ folded: ['main 3'], timeNanos: 1n, type: 'samples', unit: 'count' });
  const kept = readWriteRaw(requestOf([{ labels, pprofs: [ticks] }]), defaultLimits);
  // Its period is one of samples, not of CPU time: nothing is known to multiply by.
  expect(kept.profiles[0]?.profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
  const agent = withPeriodType(ticks);
  const { profiles } = readWriteRaw(
    requestOf([{ labels: { __name__: 'parca_agent_cpu' }, pprofs: [agent] }]),
    defaultLimits,
  );
  expect(profiles[0]?.labels).toEqual([{ name: '__name__', value: 'process_cpu' }]);
  expect(profiles[0]?.profile.sampleTypes).toEqual([{ type: 'cpu', unit: 'nanoseconds' }]);
  expect(profiles[0]?.profile.values).toEqual(BigInt64Array.of(30_000_000n));
});

/** Appends strings and a later period type, which counts: cpu, nanoseconds. */
function withPeriodType(pprof: Uint8Array): Uint8Array {
  const strings = countFields(pprof, 6);
  const type = Buffer.from([8, strings, 16, strings + 1]);
  return Buffer.concat([pprof, textField(6, 'cpu'), textField(6, 'nanoseconds'), bytesField(11, type)]);
}

function countFields(message: Uint8Array, field: number): number {
  let count = 0;
  for (let at = 0; at < message.length;) {
    const tag = message[at++] ?? 0;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    if ((tag & 7) === 2) at += value;
    if (tag >>> 3 === field) count++;
  }
  return count;
}

test('a profile that cannot be read is left out and told; the others stay', () => {
  const series = [{ labels, pprofs: [Buffer.from('no pprof'), cpuProfile] }];
  const reading = readWriteRaw(requestOf(series), defaultLimits);
  expect(seen(reading)).toEqual(expected);
  expect(reading.leftOut).toMatchObject([{ reason: 'malformed_profile' }]);
});

test('when none can be read, the request is bad input', () => {
  const series = [{ labels, pprofs: [Buffer.from('no pprof')] }];
  expect(() => readWriteRaw(requestOf(series), defaultLimits)).toThrow(InputError);
});

for (const [what, json] of [
  ['cut JSON', '{"series": ['],
  ['series that are no list', '{"series": 3}'],
  ['a label value that is no text', '{"series": [{"labels": {"labels": [{"name": "a", "value": 1}]}}]}'],
] as const) {
  test(`${what} is refused`, () => expect(() => readWriteRawJson(json, defaultLimits)).toThrow('WriteRawRequest: '));
}

test('more profiles or labels than any node has are refused', () => {
  const empty = Buffer.from('12020a00', 'hex');
  const profiles = bytesField(2, Buffer.concat(Array.from({ length: 20_000 }, () => empty)));
  expect(() => readWriteRaw(profiles, defaultLimits)).toThrow('too many profiles');
  const label = bytesField(1, textField(1, 'a'));
  const manyLabels = bytesField(2, bytesField(1, Buffer.concat(Array.from({ length: 2_000 }, () => label))));
  expect(() => readWriteRaw(manyLabels, defaultLimits)).toThrow('too many labels');
  const series = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from('1200', 'hex')));
  expect(() => readWriteRaw(series, defaultLimits)).toThrow('too many series');
});

test('a request cut anywhere is refused or read whole profile by whole profile', () => {
  const request = requestOf([{ labels, pprofs: [cpuProfile] }]);
  for (let length = 0; length < request.length; length++) {
    try {
      seen(readWriteRaw(request.subarray(0, length), defaultLimits));
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
  }
});
