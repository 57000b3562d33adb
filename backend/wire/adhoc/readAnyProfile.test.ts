import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findGolden } from '../../../test/golden.ts';
import { foldedPprof } from '../../../test/foldedPprof.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { foldedOfTree } from '../../model/foldedTree.ts';
import { profileViews } from '../../query/profileViews.ts';
import { encodeRequest } from '../otlp/testRequest.ts';
import { profileOf, requestOf, sample } from '../otlp/testShop.ts';
import { readAnyProfile } from './readAnyProfile.ts';

const limits = { ...defaultLimits, samplesPerProfile: 1_000_000 };
const utf8 = (text: string): Uint8Array => Buffer.from(text);

/** "name (unit): folded stacks" of each thing to see. */
function views(bytes: Uint8Array): readonly string[] {
  const file = readAnyProfile(bytes, 'my file', limits);
  if (file.kind === 'flamebearer') return file.flamebearer.trees.map((tree) => foldedOfTree(tree).join(', '));
  return profileViews(file.profiles).map(
    ({ name, unit, tree }) => `${name} (${unit}): ${foldedOfTree(tree()).join(', ')}`,
  );
}

const pprof = foldedPprof({ folded: ['main;work 3', 'main 1'], timeNanos: 1n });
const speedscope = {
  shared: { frames: [{ name: 'a' }, { name: 'b' }] },
  profiles: ['one', 'two'].map((name, i) => ({
    type: 'sampled',
    name,
    unit: 'bytes',
    startValue: 0,
    endValue: 9,
    samples: [[0], [0, 1]],
    weights: [2 + i, 7],
  })),
};
const otlpJson = {
  resourceProfiles: [
    {
      scopeProfiles: [{ profiles: [{ sampleType: { typeStrindex: 1, unitStrindex: 2 }, sample: [{ values: [5] }] }] }],
    },
  ],
};

const readable: readonly (readonly [string, Uint8Array, readonly string[]])[] = [
  ['pprof', pprof, ['cpu (nanoseconds): main 1, main;work 3']],
  ['pprof in gzip', gzipSync(pprof), ['cpu (nanoseconds): main 1, main;work 3']],
  ['folded stacks', utf8('a;b 3\na;c 4\n'), ['my file (): a;b 3, a;c 4']],
  ['folded stacks of one line', utf8('main 1'), ['my file (): main 1']],
  ['folded stacks in UTF-16', Buffer.from('\ufeffa;b 3\n', 'utf16le'), ['my file (): a;b 3']],
  [
    'folded stacks before and after',
    utf8('a;b 3 5\na;c 4 1\n'),
    [
      'my file {__name__="profile", folded_column="before"} (): a;b 3, a;c 4',
      'my file {__name__="profile", folded_column="after"} (): a;b 5, a;c 1',
    ],
  ],
  [
    'perf script',
    utf8(
      '# captured on: today\nmain 7 12.5: 250000 cpu-clock: \n\t  4005d0 work (/bin/x)\n\t  400500 main (/bin/x)\n\n',
    ),
    ['cpu (nanoseconds): main;work 250000'],
  ],
  ['bpftrace', utf8('Attaching 1 probe...\n\n@[\n    work+4\n    main+8\n]: 6\n'), ['my file (): main;work 6']],
  [
    'bpftrace -f json',
    utf8(
      '{"type": "attached_probes", "data": {"probes": 1}}\n{"type": "map", "data": {"@": {"\\n    work+4\\n    main+8\\n": 6}}}\n',
    ),
    ['my file (): main;work 6'],
  ],
  [
    'speedscope',
    utf8(JSON.stringify(speedscope)),
    [
      'samples {__name__="memory", profile_name="one"} (bytes): a 2, a;b 7',
      'samples {__name__="memory", profile_name="two"} (bytes): a 3, a;b 7',
    ],
  ],
  [
    'flamebearer',
    utf8(
      JSON.stringify({
        flamebearer: {
          names: ['total', 'a'],
          levels: [
            [0, 3, 1, 0],
            [1, 2, 2, 1],
          ],
        },
      }),
    ),
    ['a 2'],
  ],
];
for (const [what, bytes, expected] of readable) {
  test(`${what} is told by its bytes`, () => expect(views(bytes)).toEqual(expected));
}

for (const revision of ['1.7', '1.10'] as const) {
  test(`OTLP ${revision} is told from pprof, which is protobuf too`, () => {
    const read = readAnyProfile(encodeRequest(requestOf([profileOf([sample()])]), revision), 'x', limits);
    expect(read).toMatchObject({ kind: 'profiles', isCounted: false });
    if (read.kind === 'profiles') expect(read.profiles[0]?.profile.sampleCount).toBe(1);
  });
}

const unreadable: readonly (readonly [string, Uint8Array, string])[] = [
  ['nothing', new Uint8Array(0), 'the file is empty'],
  ['prose', utf8('no profile here'), 'expected a count'],
  ['a comment alone', utf8('# nothing\n'), 'no profile in the file'],
  ['other bytes', Uint8Array.of(8, 1, 2, 3, 255, 255), 'pprof'],
  ['JSON of something else', utf8('{"a":1}'), 'shared: expected an object'],
  ['broken JSON', utf8('{"flamebearer":'), 'begins like JSON'],
  ['broken JFR', utf8('FLR\0abc'), 'JFR'],
  ['OTLP JSON without a dictionary', utf8(JSON.stringify(otlpJson)), 'OTLP'],
  ['half a gzip', gzipSync(pprof).subarray(0, 20), 'gzip'],
];
for (const [what, bytes, message] of unreadable) {
  test(`${what} is refused`, () => {
    expect(() => views(bytes)).toThrow(InputError);
    expect(() => views(bytes)).toThrow(new RegExp(message, 'i'));
  });
}

const golden = findGolden();
const folders = ['folded', 'perf', 'speedscope', 'jfr', 'otlp', 'pprof'];
const recorded = /\.(txt|json|jfr\.gz|bin|pb|pb\.gz|pprof)$/;
/** What goes with the profiles, and files that every door refuses. */
const noProfile = /\.(labels\.pb\.gz|out\.json|json\.gz|st\.json)$|^(go_type_|invalid-utf8|dotnet-function-id-0)/;
(golden === undefined ? test.skip : test)('files of real agents are all told by their bytes', () => {
  const failed: string[] = [];
  let read = 0;
  for (const folder of folders) {
    for (const name of readdirSync(join(golden ?? '', folder))) {
      if (!recorded.test(name) || noProfile.test(name) || name === 'README.md') continue;
      try {
        const file = readAnyProfile(readFileSync(join(golden ?? '', folder, name)), name, limits);
        const isCounted = file.kind === 'profiles' && file.isCounted;
        if (isCounted !== (folder === 'folded')) failed.push(`${folder}/${name} as ${isCounted ? 'counts' : 'typed'}`);
        read++;
      } catch (error) {
        failed.push(`${folder}/${name}: ${String(error).slice(0, 200)}`);
      }
    }
  }
  expect(failed).toEqual([]);
  expect(read).toBeGreaterThan(40);
});
