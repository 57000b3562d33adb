/** Profiles from fast-check, as columns: every number in its whole range, rows that nothing refers to among them. */
import fc from 'fast-check';
import type { Profile } from '../../model/profile.ts';
import { stringTableOf } from '../../model/profileBuilder.ts';
import { unixNanos } from '../../model/time.ts';

const mostRows = 12;
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 127n, 128n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const int32 = fc.oneof(fc.integer(), fc.nat(300));
// Text as UTF-8 can hold it: no lone surrogates.
const text = fc.string({ unit: 'grapheme', maxLength: 150 });
const rowsOf = <T>(row: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(row, { minLength, maxLength: mostRows });
const valueType = fc.record({ type: text, unit: text });

export const madeUpProfile: fc.Arbitrary<Profile> = fc
  .record({
    texts: rowsOf(
      text.filter((one) => one !== ''),
      1,
    ),
    mappingCount: fc.nat(4),
    functionCount: fc.nat(mostRows),
    locationCount: fc.nat(mostRows),
  })
  .chain((sizes) => {
    const string = fc.nat(sizes.texts.length);
    const below = (count: number): fc.Arbitrary<number> => fc.nat(Math.max(count - 1, 0));
    const line = fc.tuple(below(sizes.functionCount), int32, int32);
    return fc.record({
      sizes: fc.constant(sizes),
      mappings: fc.array(fc.tuple(string, string, uint64, uint64, uint64), {
        minLength: sizes.mappingCount,
        maxLength: sizes.mappingCount,
      }),
      functions: fc.array(fc.tuple(string, string, string, int32), {
        minLength: sizes.functionCount,
        maxLength: sizes.functionCount,
      }),
      locations: fc.array(
        fc.tuple(fc.nat(sizes.mappingCount), uint64, fc.array(line, { maxLength: sizes.functionCount === 0 ? 0 : 3 })),
        { minLength: sizes.locationCount, maxLength: sizes.locationCount },
      ),
      types: fc.array(valueType, { minLength: 1, maxLength: 4 }),
      samples: rowsOf(
        fc.record({
          stack: fc.array(below(sizes.locationCount), { maxLength: sizes.locationCount === 0 ? 0 : 40 }),
          values: fc.array(int64, { minLength: 4, maxLength: 4 }),
          labels: fc.array(fc.tuple(string, fc.integer({ min: 1, max: sizes.texts.length })), { maxLength: 3 }),
        }),
      ),
      head: fc.record({
        periodType: fc.option(valueType, { nil: undefined }),
        period: int64,
        timeNanos: int64.map(unixNanos),
        durationNanos: int64,
        defaultSampleType: text,
      }),
    });
  })
  .map(({ sizes, mappings, functions, locations, types, samples, head }) => {
    const lines = locations.flatMap(([, , rows]) => rows);
    const labels = samples.flatMap((sample) => sample.labels);
    return {
      ...head,
      sampleTypes: types,
      sampleCount: samples.length,
      values: BigInt64Array.from(samples.flatMap(({ values }) => values.slice(0, types.length))),
      labelStart: startsOf(samples.map((sample) => sample.labels.length)),
      labelName: Uint32Array.from(labels, ([name]) => name),
      labelText: Uint32Array.from(labels, ([, value]) => value),
      stacks: {
        strings: stringTableOf(['', ...sizes.texts]),
        mappings: {
          count: mappings.length + 1,
          file: Uint32Array.from([0, ...mappings.map(([file]) => file)]),
          buildId: Uint32Array.from([0, ...mappings.map(([, buildId]) => buildId)]),
          start: BigUint64Array.from([0n, ...mappings.map(([, , start]) => start)]),
          limit: BigUint64Array.from([0n, ...mappings.map(([, , , limit]) => limit)]),
          offset: BigUint64Array.from([0n, ...mappings.map(([, , , , offset]) => offset)]),
        },
        functions: {
          count: functions.length,
          name: Uint32Array.from(functions, ([name]) => name),
          systemName: Uint32Array.from(functions, ([, systemName]) => systemName),
          file: Uint32Array.from(functions, ([, , file]) => file),
          startLine: Int32Array.from(functions, ([, , , startLine]) => startLine),
        },
        locations: {
          count: locations.length,
          mapping: Uint32Array.from(locations, ([mapping]) => mapping),
          address: BigUint64Array.from(locations, ([, address]) => address),
          lineStart: startsOf(locations.map(([, , rows]) => rows.length)),
          lineFunction: Uint32Array.from(lines, ([fn]) => fn),
          lineNumber: Int32Array.from(lines, ([, number]) => number),
          lineColumn: Int32Array.from(lines, ([, , column]) => column),
        },
        stackCount: samples.length,
        stackStart: startsOf(samples.map(({ stack }) => stack.length)),
        stackLocations: Uint32Array.from(samples.flatMap(({ stack }) => stack)),
      },
    };
  });

function startsOf(lengths: readonly number[]): Uint32Array {
  let at = 0;
  return Uint32Array.from([0, ...lengths.map((length) => (at += length))]);
}
