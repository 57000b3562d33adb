/** A memory store filled from folded stacks, for tests of questions. */
import { defaultLimits } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { ProfileRecord } from '../model/record.ts';
import { sortLabels } from '../model/labels.ts';
import { formatProfileType } from '../model/profileType.ts';
import type { ProfileType } from '../model/profileType.ts';
import { dayOfNanos, unixNanos } from '../model/time.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import type { Store } from '../store/store.ts';
import type { QuestionContext } from './questionContext.ts';
import { StackMemory } from './stackMemory.ts';

export const cpuType: ProfileType = {
  name: 'process_cpu',
  sampleType: 'cpu',
  sampleUnit: 'nanoseconds',
  periodType: 'cpu',
  periodUnit: 'nanoseconds',
};

export const asking = (store: Store, limits: Partial<Limits> = {}): QuestionContext => ({
  store,
  limits: { ...defaultLimits, ...limits },
  memory: new StackMemory(2 ** 26),
});

export interface FoldedProfile {
  readonly timeNanos: bigint;
  readonly labels: Readonly<Record<string, string>>;
  /** "a;b 12": root first. */
  readonly folded: readonly string[];
}

export async function storeOf(profiles: readonly FoldedProfile[]): Promise<Store> {
  const store = openMemoryStore();
  for (const [index, profile] of profiles.entries()) await writeFolded(store, profile, index);
  return store;
}

export async function writeFolded(
  store: Pick<Store, 'write'>,
  { timeNanos, labels, folded }: FoldedProfile,
  index: number,
): Promise<void> {
  const profileType = formatProfileType(cpuType);
  const idOf = (text: string): bigint =>
    [...text].reduce((hash, char) => BigInt.asUintN(63, hash * 31n + BigInt(char.codePointAt(0) ?? 0)), 7n);
  const parsed = folded.map((line) => ({
    stack: line.slice(0, line.lastIndexOf(' ')),
    value: BigInt(line.slice(line.lastIndexOf(' ') + 1)),
  }));
  const rows = parsed.map(({ stack, value }) => ({ id: idOf(stack), frames: stack.split(';'), value }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const names = [...new Set(rows.flatMap(({ frames }) => frames))];
  const record: ProfileRecord = {
    labels: sortLabels(
      Object.entries({ ...labels, __profile_type__: profileType }).map(([name, value]) => ({ name, value })),
    ),
    profileType,
    timeNanos: unixNanos(timeNanos),
    durationNanos: 0n,
    period: 1n,
    profileId: Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? index : 0)),
    stackIds: BigUint64Array.from(rows, ({ id }) => id),
    values: BigInt64Array.from(rows, ({ value }) => value),
    spanIds: new BigUint64Array(0),
    traceIds: new Uint8Array(0),
  };
  const functions = names.map((name) => ({ id: idOf(`f${name}`), name, systemName: name, file: '', startLine: 0 }));
  const locations = names.map((name) => ({
    id: idOf(`l${name}`),
    file: '',
    buildId: '',
    address: 0n,
    mappingStart: 0n,
    mappingLimit: 0n,
    mappingOffset: 0n,
    functionIds: BigUint64Array.of(idOf(`f${name}`)),
    lines: Int32Array.of(0),
    columns: Int32Array.of(0),
  }));
  const stacks = rows.map(({ id, frames }) => ({
    id,
    locationIds: BigUint64Array.from(frames.toReversed(), (name) => idOf(`l${name}`)),
  }));
  await store.write({
    tenant: 'anonymous',
    records: [record],
    dictionary: [{ day: dayOfNanos(unixNanos(timeNanos)), stacks, locations, functions }],
  });
}
