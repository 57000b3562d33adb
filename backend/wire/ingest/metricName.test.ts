import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findGolden } from '../../../test/golden.ts';
import { bytesOf, testLimits } from '../folded/testFolding.ts';
import { readPprof } from '../pprof/readPprof.ts';
import { withFunctionIds } from './dotnetFunctionIds.ts';
import { metricNameOf, readSampleTypeConfig } from './metricName.ts';

const typesOf = (text: string) => text.split(' ').map((type) => ({ type, unit: 'count' }));
const noConfig = new Map<string, { readonly displayName: string }>();

for (const [types, name] of [
  ['samples cpu', 'process_cpu'],
  ['samples wall', 'wall'],
  ['cpu wall', 'wall'],
  ['samples', 'process_cpu'],
  ['alloc_objects alloc_space', 'memory'],
  ['inuse_space', 'memory'],
  ['objects space', 'memory'],
  ['contentions delay', 'mutex'],
  ['goroutine', 'goroutines'],
  ['exception cpu', 'process_cpu'],
  ['exception', 'exception'],
  ['first second', 'second'],
] as const) {
  test(`sample types ${types} are called ${name}`, () => expect(metricNameOf(typesOf(types), noConfig)).toBe(name));
}

test('without sample types there is no name', () => expect(metricNameOf([], noConfig)).toBe(''));

test('a display name in the config comes before the usual one; without one the entry says nothing', () => {
  const config = readSampleTypeConfig(bytesOf('{"contentions":{"display-name":"block_count"},"delay":{"units":"x"}}'));
  expect(metricNameOf(typesOf('contentions delay'), config)).toBe('block');
  expect(metricNameOf(typesOf('delay'), config)).toBe('mutex');
});

for (const [text, message] of [
  ['{', 'sample_type_config: '],
  ['[]', 'sample_type_config: expected an object'],
  ['null', 'sample_type_config: expected an object'],
  ['{"a":1}', 'sample_type_config: ["a"]: expected an object'],
  ['{"a":{"display-name":1}}', 'sample_type_config: ["a"]["display-name"]: expected a string'],
  [`"${'x'.repeat(70_000)}"`, 'sample_type_config: longer than 65536 bytes'],
] as const) {
  test(`the config ${text.slice(0, 30)} is refused`, () => {
    expect(() => readSampleTypeConfig(bytesOf(text))).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
}

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const goldenBytes = (name: string): Uint8Array => {
  const bytes = readFileSync(join(golden ?? '', 'pprof', name));
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
};

// The names are those of the types that a running Pyroscope answered for these uploads.
for (const [file, config, name] of [
  ['go-heap.pb.gz', undefined, 'memory'],
  ['go-cpu-small.pb.gz', undefined, 'process_cpu'],
  ['go-goroutine.pb.gz', 'req_2.st.json', 'goroutines'],
  ['go-mutex.pb.gz', 'req_4.st.json', 'mutex'],
  ['java-async-profiler.pb.gz', undefined, 'process_cpu'],
  ['nodejs-wall.pb.gz', undefined, 'wall'],
  ['nodejs-heap.pb.gz', undefined, 'memory'],
  ['nodejs-cpu-js.pb.gz', undefined, 'wall'],
  ['nodejs-heap-js.pprof', undefined, 'memory'],
  ['python-pyspy.pprof', undefined, 'process_cpu'],
  ['dotnet-function-id-0.pprof', 'dotnet-function-id-0.st.json', 'process_cpu'],
] as const) {
  goldenTest(`${file} is called ${name}`, () => {
    const { sampleTypes } = readPprof(withFunctionIds(goldenBytes(file)), testLimits);
    const read = config === undefined ? noConfig : readSampleTypeConfig(goldenBytes(config));
    expect(metricNameOf(sampleTypes, read)).toBe(name);
  });
}
