/** What runs a function is an attribute of the locations that are in it. */
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { frameTypeName } from '../../model/frameType.ts';
import { textAt } from '../../model/stackTable.ts';
import { readOtlp } from './readOtlp.ts';
import { readOtlpJson } from './readOtlpJson.ts';
import type { TestRevision } from './testRequest.ts';
import { encodeRequest } from './testRequest.ts';
import { profileOf, requestOf, sample, strings } from './testShop.ts';

const limits = { samplesPerProfile: 100, stackDepth: 4 };
const words = [...strings, 'profile.frame.type', 'sys_read'];
const at = (word: string): number => words.indexOf(word) + 1;
const attributes = (...types: readonly string[]) => [
  [at('thread.name'), 'worker'] as const,
  ...types.map((type) => [at('profile.frame.type'), type] as const),
];

/** "main go", by function, of a request whose locations call main, sys_read and main again. */
function typesIn(revision: TestRevision, types: readonly string[], ofLocation: readonly (readonly number[])[]) {
  const functions = ['main', 'sys_read'].map((name) => ({ name: at(name), file: 0, startLine: 0 }));
  const locations = [1, 2, 1].map((fn, i) => ({
    mapping: 0,
    address: BigInt(i),
    lines: [[fn, i + 1, 0] as const],
    attributes: ofLocation[i] ?? [],
  }));
  const more = { strings: words, attributes: attributes(...types), functions, locations, stacks: [[1, 2, 3]] };
  return toldBy(readOtlp(encodeRequest(requestOf([profileOf([sample()])], more), revision), limits));
}

function toldBy({ profiles }: ReturnType<typeof readOtlp>) {
  return profiles.flatMap(({ profile }) => {
    assertProfileIntegrity(profile);
    const { functions, strings: texts } = profile.stacks;
    return Array.from(
      functions.name,
      (name, fn) => `${textAt(texts, name)} ${frameTypeName(functions.frameType?.[fn] ?? 0)}`,
    );
  });
}

for (const revision of ['1.7', '1.8', '1.10'] as const) {
  const named = (told: readonly string[]): readonly string[] => told.filter((each) => each !== ' ');

  test(`${revision}: the type of a location is that of its function`, () => {
    expect(named(typesIn(revision, ['go', 'kernel'], [[1, 2], [3], []]))).toEqual(['main go', 'sys_read kernel']);
  });

  test(`${revision}: a function of two types has none, nor has one of a type that nobody knows`, () => {
    expect(named(typesIn(revision, ['go', 'native', 'abort-marker'], [[2], [4], [3]]))).toEqual(['main ', 'sys_read ']);
  });

  test(`${revision}: an attribute that is not there says nothing`, () => {
    expect(named(typesIn(revision, ['go'], [[2], [77], []]))).toEqual(['main go', 'sys_read ']);
  });
}

test('without types there is no column for them', () => {
  const { profiles } = readOtlp(encodeRequest(requestOf([profileOf([sample()])]), '1.10'), limits);
  expect(profiles[0]?.profile.stacks.functions.frameType).toBeUndefined();
});

test('JSON says the same', () => {
  const json = {
    resourceProfiles: [
      {
        scopeProfiles: [
          {
            profiles: [
              { sampleType: { typeStrindex: 1, unitStrindex: 2 }, samples: [{ stackIndex: 1, values: ['3'] }] },
            ],
          },
        ],
      },
    ],
    dictionary: {
      mappingTable: [{}],
      locationTable: [{}, { lines: [{ functionIndex: 1 }], attributeIndices: [1] }],
      functionTable: [{}, { nameStrindex: 3 }],
      linkTable: [{}],
      stringTable: ['', 'samples', 'count', 'main', 'profile.frame.type'],
      attributeTable: [{}, { keyStrindex: 4, value: { stringValue: 'cpython' } }],
      stackTable: [{}, { locationIndices: [1] }],
    },
  };
  const reading = readOtlpJson(Buffer.from(JSON.stringify(json)), limits);
  expect(toldBy(reading)).toContain('main cpython');
});
