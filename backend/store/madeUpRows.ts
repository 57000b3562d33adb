/** Records and dictionary rows for the tests of stores, and their answers in a form that can be compared. */
import type { DictionaryRows, FunctionRow, LocationRow, ProfileRecord, StackRow, WriteBatch } from '../model/record.ts';
import type { StackTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { dayOfNanos, unixNanos } from '../model/time.ts';
import type { ProfileTotals, StackSums, Store, TotalSums } from './store.ts';

export const nanosPerDay = 86_400_000_000_000n;
/** 2026-11-20, midnight. */
export const firstDay = 20_777;
export const noon = unixNanos(BigInt(firstDay) * nanosPerDay + nanosPerDay / 2n);

export interface MadeUpSample {
  readonly stack: bigint;
  readonly value: bigint;
  readonly span?: bigint | undefined;
  /** First byte of the trace id; 0 or nothing: none. */
  readonly trace?: number | undefined;
}

export interface MadeUpRecord {
  readonly pod?: string;
  readonly type?: string;
  readonly time?: bigint;
  /** First bytes of the profile id. */
  readonly profile?: number;
  readonly samples?: readonly MadeUpSample[];
}

export const idOf = (number: number): Uint8Array => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
};

export function madeUpRecord({
  pod = 'a',
  type = 'cpu',
  time = noon,
  profile = 1,
  samples = [],
}: MadeUpRecord): ProfileRecord {
  const hasSpans = samples.some(({ span }) => span !== undefined);
  const hasTraces = samples.some(({ trace }) => trace !== undefined);
  const traceIds = new Uint8Array(hasTraces ? 16 * samples.length : 0);
  if (hasTraces) samples.forEach(({ trace = 0 }, i) => (traceIds[16 * i] = trace));
  return {
    labels: [
      { name: '__type__', value: type },
      { name: 'pod', value: pod },
    ],
    profileType: type,
    timeNanos: unixNanos(time),
    durationNanos: 15_000_000_000n,
    period: 10_000_000n,
    profileId: idOf(profile),
    stackIds: BigUint64Array.from(samples, ({ stack }) => stack),
    values: BigInt64Array.from(samples, ({ value }) => value),
    spanIds: hasSpans ? BigUint64Array.from(samples, ({ span = 0n }) => span) : new BigUint64Array(0),
    traceIds,
  };
}

export const batchOf = (tenant: string, ...records: readonly MadeUpRecord[]): WriteBatch => ({
  tenant,
  records: records.map(madeUpRecord),
  dictionary: [],
});

export const stackRow = (id: bigint, ...locationIds: readonly bigint[]): StackRow => ({
  id,
  locationIds: BigUint64Array.from(locationIds),
});

export const locationRow = (
  id: bigint,
  functionIds: readonly bigint[],
  rest: Partial<Omit<LocationRow, 'id' | 'functionIds'>> = {},
): LocationRow => ({
  id,
  file: '',
  buildId: '',
  address: 0n,
  mappingStart: 0n,
  mappingLimit: 0n,
  mappingOffset: 0n,
  functionIds: BigUint64Array.from(functionIds),
  lines: Int32Array.from(functionIds, (_, i) => 10 + i),
  columns: new Int32Array(functionIds.length),
  ...rest,
});

export const functionRow = (id: bigint, name: string, rest: Partial<FunctionRow> = {}): FunctionRow => ({
  id,
  name,
  systemName: name,
  file: '',
  startLine: 0,
  ...rest,
});

export const dictionaryOf = (time: bigint, rows: Partial<Omit<DictionaryRows, 'day'>>): DictionaryRows => ({
  day: dayOfNanos(unixNanos(time)),
  stacks: [],
  locations: [],
  functions: [],
  ...rows,
});

/** Ids of all series of a tenant. */
export const seriesOf = (store: Store, tenant: string): BigUint64Array =>
  BigUint64Array.from(store.catalog.select(tenant, []), ({ id }) => id);

export const ids = (...values: readonly bigint[]): BigUint64Array => BigUint64Array.from(values);

export const sumsAsText = ({ stackIds, values }: StackSums): readonly string[] =>
  [...stackIds].map((id, i) => `${id} ${values[i]}`).sort();

/** Series are told by their pod, since ids differ from store to store. */
export function totalsAsText(store: Store, tenant: string, sums: TotalSums): readonly string[] {
  const { points, totals, profileCounts } = sums;
  return [...sums.seriesIds]
    .map((id, i) => `${podOf(store, tenant, id)} @${points[i]} ${totals[i]} of ${profileCounts[i]}`)
    .sort();
}

export function profilesAsText(store: Store, tenant: string, rows: ProfileTotals): readonly string[] {
  const { timesNanos, totals, profileIds } = rows;
  const profile = (i: number) => Buffer.from(profileIds.subarray(16 * i, 16 * i + 16)).toString('hex');
  return [...rows.seriesIds].map(
    (id, i) => `${podOf(store, tenant, id)} at ${timesNanos[i]}: ${totals[i]} in ${profile(i)}`,
  );
}

const podOf = (store: Store, tenant: string, id: bigint): string =>
  store.catalog
    .byId(tenant, id)
    ?.labels.map(({ value }) => value)
    .join('/') ?? `unknown ${id}`;

/** Each stack in full, leaf first, so that tables of different order compare equal. */
export function stacksAsText(table: StackTable): readonly string[] {
  const { strings, mappings, functions, locations, stackStart, stackLocations } = table;
  const text = (index: number | undefined): string => JSON.stringify(textAt(strings, index ?? 0));
  const line = (at: number): string => {
    const fn = locations.lineFunction[at] ?? 0;
    const place = `${locations.lineNumber[at]}:${locations.lineColumn[at]}`;
    const names = [functions.name[fn], functions.systemName[fn], functions.file[fn]].map(text).join();
    return `${names},${functions.startLine[fn]}@${place}`;
  };
  const location = (at: number): string => {
    const map = locations.mapping[at] ?? 0;
    const { file, buildId, start, limit, offset } = mappings;
    const lines = [];
    for (let i = locations.lineStart[at] ?? 0; i < (locations.lineStart[at + 1] ?? 0); i++) lines.push(line(i));
    const mapping = map === 0 ? 'none' : [text(file[map]), text(buildId[map]), start[map], limit[map], offset[map]];
    return `[${String(mapping)} ${locations.address[at]} ${lines.join(' ')}]`;
  };
  return Array.from({ length: table.stackCount }, (_, stack) =>
    [...stackLocations.subarray(stackStart[stack], stackStart[stack + 1])].map(location).join(';'),
  );
}
