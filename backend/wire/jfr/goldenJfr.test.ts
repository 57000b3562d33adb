/** Recordings of async-profiler, compared with both kinds of answers that come with them: types, stacks and values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findGolden } from '../../../test/golden.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { LabelledProfile, WireReading } from '../../model/labelledProfile.ts';
import type { Label } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import { textAt } from '../../model/stackTable.ts';
import { readPprof } from '../pprof/readPprof.ts';
import { readJfr } from './readJfr.ts';

const golden = findGolden();
const folder = join(golden ?? '', 'jfr');
const files = golden === undefined ? [] : readdirSync(folder);
const recordings = files.filter((name) => name.endsWith('.jfr.gz'));
const anyLimits = { ...defaultLimits, samplesPerProfile: Infinity };
const upload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'ticks' } as const;

const unpacked = (name: string): Uint8Array => {
  const bytes = readFileSync(join(folder, name));
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
};

function reading(name: string): WireReading {
  const labels = name.replace('.jfr.gz', '.labels.pb.gz');
  const snapshot = files.includes(labels) ? unpacked(labels) : undefined;
  return readJfr(unpacked(name), snapshot, upload, anyLimits);
}

/** Sums by stack, root first, of one sample type. */
function folded(profile: Profile, type: number, into: Map<string, bigint>): void {
  const { stacks, sampleTypes, values } = profile;
  const names = Array.from({ length: stacks.functions.count }, (_, i) =>
    textAt(stacks.strings, stacks.functions.name[i] ?? 0),
  );
  for (let sample = 0; sample < profile.sampleCount; sample++) {
    const frames: string[] = [];
    for (let at = stacks.stackStart[sample] ?? 0; at < (stacks.stackStart[sample + 1] ?? 0); at++) {
      const location = stacks.stackLocations[at] ?? 0;
      frames.push(names[stacks.locations.lineFunction[stacks.locations.lineStart[location] ?? 0] ?? 0] ?? '');
    }
    const key = frames.reverse().join(';');
    into.set(key, (into.get(key) ?? 0n) + (values[sample * sampleTypes.length + type] ?? 0n));
  }
}

function foldedSums(profiles: readonly LabelledProfile[], type: string): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { profile } of profiles)
    folded(
      profile,
      profile.sampleTypes.findIndex((one) => one.type === type),
      sums,
    );
  return sums;
}

const valueOf = (labels: readonly Label[], name: string): string | undefined =>
  labels.find((label) => label.name === name)?.value;

const typeIds = ({ labels, profile }: LabelledProfile): readonly string[] =>
  profile.sampleTypes.map(({ type, unit }) =>
    [valueOf(labels, '__name__'), type, unit, profile.periodType?.type, profile.periodType?.unit].join('_'),
  );

test('the recordings are found or nothing is claimed', () =>
  expect(golden === undefined || recordings.length >= 4).toBe(true));

for (const name of recordings) {
  test(`${name}: every profile that Pyroscope answers with has the same type, stacks and values`, () => {
    const { profiles, leftOut } = reading(name);
    for (const { profile } of profiles) assertProfileIntegrity(profile);
    expect(leftOut).toEqual([]);
    const answers = files.filter((file) => file.startsWith(`${name}.`));
    expect(answers.length).toBeGreaterThan(0);
    const seen = new Set<string>();
    for (const file of answers) {
      const id = file.slice(name.length + 1, -'.pb.gz'.length);
      const type = id.slice(0, id.lastIndexOf('.'));
      seen.add(type);
      const expected = readPprof(unpacked(file), anyLimits);
      const sums = new Map<string, bigint>();
      folded(expected, 0, sums);
      const ofType = profiles.filter((one) => typeIds(one).includes(type));
      const sampleType = expected.sampleTypes[0]?.type ?? '';
      // The name has only the hash of the labels: they are those of one thread, or none, which means all.
      const threads = new Set(ofType.map(({ labels }) => valueOf(labels, 'thread_name')));
      const candidates = [undefined, ...threads].map((thread) =>
        foldedSums(
          thread === undefined ? ofType : ofType.filter(({ labels }) => valueOf(labels, 'thread_name') === thread),
          sampleType,
        ),
      );
      const total = (map: ReadonlyMap<string, bigint>): bigint => [...map.values()].reduce((a, b) => a + b, 0n);
      const fits = candidates.filter((one) => same(one, sums));
      // None fits: show what differs from the one with the same total, or from all.
      const best = candidates.find((one) => total(one) === total(sums)) ?? candidates[0] ?? sums;
      if (fits.length === 0) expect({ file, stacks: linesOf(best) }).toEqual({ file, stacks: linesOf(sums) });
    }
    expect(new Set(profiles.flatMap(typeIds))).toEqual(seen);
  });

  test(`${name}: the folded stacks in its JSON have the same counts, label set by label set`, () => {
    const { profiles } = reading(name);
    const answer = JSON.parse(Buffer.from(unpacked(name.replace('.jfr.gz', '.json.gz'))).toString()) as Record<
      string,
      string
    >;
    expect(foldedByKey(profiles)).toEqual(answerByKey(answer));
  });
}

const same = (a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean =>
  a.size === b.size && [...a].every(([stack, value]) => b.get(stack) === value);

/** Older answers write lambdas as $$Lambda$_. */
function answerByKey(answer: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const [key, text] of Object.entries(answer)) {
    const sums = new Map<string, bigint>();
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const space = line.lastIndexOf(' ');
      const stack = line.slice(0, space).replaceAll('$$Lambda$_', () => '$$Lambda_');
      sums.set(stack, (sums.get(stack) ?? 0n) + BigInt(line.slice(space + 1)));
    }
    found[key.replace('kafka.app.', '')] = linesOf(sums);
  }
  return found;
}

const linesOf = (sums: ReadonlyMap<string, bigint>): readonly string[] =>
  [...sums]
    .filter(([, value]) => value !== 0n)
    .map(([stack, value]) => `${stack} ${value}`)
    .sort();

const eventNames: Readonly<Record<string, string>> = {
  mutex_contentions: 'lock_count',
  mutex_delay: 'lock_duration',
  block_contentions: 'thread_park_count',
  block_delay: 'thread_park_duration',
};

/** event{labels} -> folded stacks. What has a span stands there with it and once more without; time is counted in events. */
function foldedByKey(profiles: readonly LabelledProfile[]): Record<string, readonly string[]> {
  const found = new Map<string, Map<string, bigint>>();
  for (const { labels, profile } of profiles) {
    profile.sampleTypes.forEach(({ type }, at) => {
      const event = valueOf(labels, 'jfr_event');
      const name =
        eventNames[`${valueOf(labels, '__name__')}_${type}`] ?? (type === 'cpu' && event === 'itimer' ? event : type);
      const isTime = type === 'cpu' || type === 'wall';
      for (const one of [{ span: '', profile }, ...bySpan(profile)]) {
        const parts = [
          ...(one.span === '' ? [] : [`profile_id=${one.span}`]),
          ...labels
            .filter(({ name: label }) => label !== '__name__' && label !== 'jfr_event')
            .map((label) => `${label.name}=${label.value}`),
        ];
        const key = `${name}{${parts.join(',')}}`;
        let sums = found.get(key);
        if (sums === undefined) found.set(key, (sums = new Map<string, bigint>()));
        const part = new Map<string, bigint>();
        folded(one.profile, at, part);
        for (const [stack, value] of part)
          sums.set(stack, (sums.get(stack) ?? 0n) + (isTime ? value / 10_000_000n : value));
      }
    });
  }
  return Object.fromEntries([...found].map(([key, sums]) => [key, linesOf(sums)]));
}

/** The samples of each span apart, without those that have none. */
function bySpan(profile: Profile): readonly { readonly span: string; readonly profile: Profile }[] {
  const { stacks, labelStart, labelName, labelText, sampleTypes } = profile;
  const samples = new Map<string, number[]>();
  for (let sample = 0; sample < profile.sampleCount; sample++) {
    let span = '';
    for (let at = labelStart[sample] ?? 0; at < (labelStart[sample + 1] ?? 0); at++)
      if (textAt(stacks.strings, labelName[at] ?? 0) === 'span_id') span = textAt(stacks.strings, labelText[at] ?? 0);
    if (span === '') continue;
    const list = samples.get(span) ?? [];
    list.push(sample);
    samples.set(span, list);
  }
  return [...samples].map(([span, list]) => {
    const kept = new Set(list);
    const values = profile.values.map((value, i) => (kept.has(Math.floor(i / sampleTypes.length)) ? value : 0n));
    return { span, profile: { ...profile, values } };
  });
}
