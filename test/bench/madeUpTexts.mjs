// Stacks from a seed, written in every format that is not columnar: the same bytes on every machine.
import { seededRandom } from './madeUpProfiles.mjs';

export function madeUpStacks(count, functions = 400) {
  const random = seededRandom(7);
  return Array.from({ length: count }, () =>
    Array.from({ length: 5 + Math.floor(random() * 40) }, () => `function_${Math.floor(random() * functions)}`),
  );
}

export const foldedText = (stacks) => stacks.map((stack, i) => `${stack.join(';')} ${1 + (i % 97)}\n`).join('');

export const bpftraceText = (stacks) =>
  stacks.map((stack, i) => `@[\n${stack.map((name) => `    ${name}+4\n`).join('')}]: ${i + 1}\n`).join('');

export const perfText = (stacks) =>
  stacks
    .map((stack, i) => {
      const header = `worker ${100 + (i % 8)}/${200 + (i % 64)} [00${i % 4}] ${i}.000100: 10101010 cycles:`;
      const address = (at) => (0x7f00_0000_0000 + at * 4_096).toString(16);
      return `${header}\n${stack.map((name, at) => `\t    ${address(at)} ${name}+0x10 (/usr/bin/app)\n`).join('')}\n`;
    })
    .join('');

export function speedscopeText(stacks) {
  const { names, places } = numbered(stacks);
  const weights = stacks.map(() => 1);
  const profile = { type: 'sampled', name: 'made up', unit: 'milliseconds', startValue: 0, endValue: stacks.length };
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    profiles: [{ ...profile, samples: places, weights }],
    shared: { frames: names.map((name) => ({ name })) },
  });
}

/** A request of one process, as testRequest.ts takes it. */
export function otlpRequest(stacks) {
  const { names, places } = numbered(stacks);
  const words = ['samples', 'count', 'cpu', 'nanoseconds', 'app'];
  const samples = stacks.map((_, i) => ({
    stack: i + 1,
    attributes: [],
    link: 0,
    values: [],
    timestamps: [7n + BigInt(i)],
  }));
  const profile = {
    sampleType: [1, 2],
    periodType: [3, 4],
    period: 50_000_000n,
    timeNanos: 1_774_910_497_545_532_978n,
    durationNanos: 5_000_000_000n,
    samples,
  };
  return {
    strings: [...words, ...names],
    attributes: [],
    mappings: [{ start: 0n, limit: 4_096n, file: 5, attributes: [] }],
    functions: names.map((_, i) => ({ name: words.length + i + 1, file: 5, startLine: 1 })),
    locations: names.map((_, i) => ({ mapping: 1, address: BigInt(i), lines: [[i + 1, 7, 1]] })),
    stacks: places.map((stack) => stack.map((place) => place + 1)),
    links: [],
    resources: [{ attributes: [['service.name', 'shop']], profiles: [profile] }],
  };
}

/** The same message in OTLP/JSON. */
export function otlpJsonText({ strings, functions, locations, stacks, resources }) {
  const attribute = ([key, stringValue]) => ({ key, value: { stringValue } });
  const profileOf = ({ sampleType, periodType, period, timeNanos, durationNanos, samples }) => ({
    sampleType: { typeStrindex: sampleType[0], unitStrindex: sampleType[1] },
    periodType: { typeStrindex: periodType[0], unitStrindex: periodType[1] },
    period: String(period),
    timeUnixNano: String(timeNanos),
    durationNano: String(durationNanos),
    samples: samples.map(({ stack, timestamps }) => ({
      stackIndex: stack,
      timestampsUnixNano: timestamps.map(String),
    })),
  });
  return JSON.stringify({
    resourceProfiles: resources.map(({ attributes, profiles }) => ({
      resource: { attributes: attributes.map(attribute) },
      scopeProfiles: [{ profiles: profiles.map(profileOf) }],
    })),
    dictionary: {
      stringTable: ['', ...strings],
      mappingTable: [{}, { filenameStrindex: 5 }],
      functionTable: [{}, ...functions.map(({ name }) => ({ nameStrindex: name }))],
      locationTable: [
        {},
        ...locations.map(({ address, lines }) => ({
          mappingIndex: 1,
          address: String(address),
          lines: lines.map(([functionIndex, line]) => ({ functionIndex, line })),
        })),
      ],
      stackTable: [{}, ...stacks.map((locationIndices) => ({ locationIndices }))],
    },
  });
}

/** A recording as testRecording.ts takes it: every stack once, and `events` CPU samples. */
export const jfrChunk = (stacks, events) => ({
  stacks: Object.fromEntries(stacks.map((stack, i) => [i + 1, stack.map((name) => `Main.${name}`).join(';')])),
  events: Array.from({ length: events }, (_, i) => [
    'jdk.ExecutionSample',
    { stackTrace: 1 + (i % stacks.length), state: 1 },
  ]),
});

function numbered(stacks) {
  const known = new Map();
  const placeOf = (name) => {
    if (!known.has(name)) known.set(name, known.size);
    return known.get(name);
  };
  const places = stacks.map((stack) => stack.map(placeOf));
  return { names: [...known.keys()], places };
}
