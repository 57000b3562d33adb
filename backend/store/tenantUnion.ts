/**
 * A store that also answers questions about several tenants at once: "a|b" (model/tenants.ts) is asked of a and of b, and the
 * answers are added up. Questions about one tenant pass through.
 *
 * Shape:  as the store's. A series belongs to the tenants whose catalogs know its id; ids of stacks are hashes of their content
 *         with one key for all tenants, so equal ids are equal stacks.
 */
import { invariant } from '../errors.ts';
import { joinStackTables } from '../model/joinStackTables.ts';
import type { StackTable } from '../model/stackTable.ts';
import { splitTenants } from '../model/tenants.ts';
import type { TimeRange, UnixNanos } from '../model/time.ts';
import type { Catalog } from './catalog.ts';
import { joinTotals } from './joinTotals.ts';
import type {
  GroupedSums,
  NamedFrameType,
  ProfileTotals,
  SampleScope,
  ScopeSize,
  SpanTotals,
  StackSums,
  Store,
  StoredSamples,
} from './store.ts';

export function tenantUnion(store: Store): Store {
  /** A tenant after the other: a question of many tenants takes no more of the machine at once than one of a single tenant. */
  const each = async <T>(scope: SampleScope, ask: (scope: SampleScope) => Promise<T>): Promise<readonly T[]> => {
    const answers: T[] = [];
    for (const tenant of splitTenants(scope.tenant)) {
      const seriesIds = scope.seriesIds.filter((id) => store.catalog.byId(tenant, id) !== undefined);
      if (seriesIds.length > 0) answers.push(await ask({ ...scope, tenant, seriesIds }));
    }
    return answers;
  };
  const isOne = (tenants: string): boolean => splitTenants(tenants).length === 1;
  return {
    catalog: unionCatalog(store.catalog),
    hashKey: store.hashKey,
    write: (batch) => {
      invariant(isOne(batch.tenant), 'a batch is one tenant’s');
      return store.write(batch);
    },
    sumStacks: async (scope, signal) =>
      isOne(scope.tenant)
        ? store.sumStacks(scope, signal)
        : addStacks(await each(scope, (one) => store.sumStacks(one, signal))),
    sumGroups: async (scope, groupCount, signal) =>
      isOne(scope.tenant)
        ? store.sumGroups(scope, groupCount, signal)
        : joinGroups(await each(scope, (one) => store.sumGroups(one, groupCount, signal))),
    sumTotals: async (scope, grid, signal) =>
      isOne(scope.tenant)
        ? store.sumTotals(scope, grid, signal)
        : joinTotals(await each(scope, (one) => store.sumTotals(one, grid, signal))),
    profileTotals: async (scope, limit, signal) =>
      isOne(scope.tenant)
        ? store.profileTotals(scope, limit, signal)
        : joinProfiles(await each(scope, (one) => store.profileTotals(one, limit, signal)), limit),
    spanTotals: async (scope, limit, signal) =>
      isOne(scope.tenant)
        ? store.spanTotals(scope, limit, signal)
        : joinSpans(await each(scope, (one) => store.spanTotals(one, limit, signal)), limit),
    readingCost: async (scope, signal) => {
      const costs = await each(scope, (one) => store.readingCost(one, signal));
      return costs.reduce((sum, cost) => sum + cost, 0);
    },
    measure: async (scope, signal) =>
      isOne(scope.tenant)
        ? store.measure(scope, signal)
        : addSizes(await each(scope, (one) => store.measure(one, signal))),
    readSamples: async (scope, reading, signal) =>
      isOne(scope.tenant)
        ? store.readSamples(scope, reading, signal)
        : joinSamples(await each(scope, (one) => store.readSamples(one, reading, signal))),
    readStacks: (tenants, range, stackIds, signal) =>
      isOne(tenants)
        ? store.readStacks(tenants, range, stackIds, signal)
        : readUnion(store, splitTenants(tenants), range, stackIds, signal),
    frameTypes: async (tenants, range, names, signal) => {
      const found = new Map<string, NamedFrameType>();
      for (const tenant of splitTenants(tenants)) {
        for (const each of await store.frameTypes(tenant, range, names, signal))
          found.set(`${each.type}/${each.name}`, each);
      }
      return [...found.values()];
    },
    probe: () => store.probe(),
    close: () => store.close(),
  };
}

function unionCatalog(catalog: Catalog): Catalog {
  return {
    select: (tenants, tests, range) => splitTenants(tenants).flatMap((tenant) => catalog.select(tenant, tests, range)),
    byId: (tenants, id) => {
      for (const tenant of splitTenants(tenants)) {
        const series = catalog.byId(tenant, id);
        if (series !== undefined) return series;
      }
      return undefined;
    },
    bounds: (tenants) => {
      const all = splitTenants(tenants).flatMap((tenant) => catalog.bounds(tenant) ?? []);
      const [first] = all;
      if (first === undefined) return undefined;
      const before = (a: UnixNanos, b: UnixNanos): UnixNanos => (a < b ? a : b);
      const after = (a: UnixNanos, b: UnixNanos): UnixNanos => (a > b ? a : b);
      return {
        oldest: all.reduce((least, { oldest }) => before(least, oldest), first.oldest),
        newest: all.reduce((most, { newest }) => after(most, newest), first.newest),
      };
    },
    labelNames: (tenants) => new Set(splitTenants(tenants).flatMap((tenant) => [...catalog.labelNames(tenant)])),
    tenants: () => catalog.tenants(),
    seriesCount: () => catalog.seriesCount(),
  };
}

function addStacks(parts: readonly StackSums[]): StackSums {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const sums = new Map<bigint, bigint>();
  for (const { stackIds, values } of parts)
    for (const [i, id] of stackIds.entries()) sums.set(id, (sums.get(id) ?? 0n) + (values[i] ?? 0n));
  return { stackIds: BigUint64Array.from(sums.keys()), values: BigInt64Array.from(sums.values()) };
}

/** Series of different tenants are different series, so nothing needs adding here. */
const joinGroups = (parts: readonly GroupedSums[]): GroupedSums => ({
  stackIds: BigUint64Array.from(parts.flatMap((part) => [...part.stackIds])),
  groups: Uint32Array.from(parts.flatMap((part) => [...part.groups])),
  values: BigInt64Array.from(parts.flatMap((part) => [...part.values])),
});

function joinProfiles(parts: readonly ProfileTotals[], limit: number): ProfileTotals {
  return {
    seriesIds: BigUint64Array.from(parts.flatMap((part) => [...part.seriesIds])).slice(0, limit),
    timesNanos: BigInt64Array.from(parts.flatMap((part) => [...part.timesNanos])).slice(0, limit),
    totals: BigInt64Array.from(parts.flatMap((part) => [...part.totals])).slice(0, limit),
    profileIds: new Uint8Array(Buffer.concat(parts.map((part) => part.profileIds)).subarray(0, limit * 16)),
  };
}

const joinSpans = (parts: readonly SpanTotals[], limit: number): SpanTotals => ({
  ...joinProfiles(parts, limit),
  spanIds: BigUint64Array.from(parts.flatMap((part) => [...part.spanIds])).slice(0, limit),
  traceIds: new Uint8Array(Buffer.concat(parts.map((part) => part.traceIds)).subarray(0, limit * 16)),
});

const addSizes = (parts: readonly ScopeSize[]): ScopeSize => ({
  profileCount: parts.reduce((sum, part) => sum + part.profileCount, 0),
  sampleCount: parts.reduce((sum, part) => sum + part.sampleCount, 0),
  sampleBytes: parts.reduce((sum, part) => sum + part.sampleBytes, 0),
});

function joinSamples(parts: readonly StoredSamples[]): StoredSamples {
  const sampleStart = [0];
  let before = 0;
  for (const part of parts) {
    for (const end of part.sampleStart.subarray(1)) sampleStart.push(before + end);
    before += part.stackIds.length;
  }
  const int64 = (column: (part: StoredSamples) => BigInt64Array): BigInt64Array =>
    BigInt64Array.from(parts.flatMap((part) => [...column(part)]));
  return {
    seriesIds: BigUint64Array.from(parts.flatMap((part) => [...part.seriesIds])),
    timesNanos: int64((part) => part.timesNanos),
    durationsNanos: int64((part) => part.durationsNanos),
    periods: int64((part) => part.periods),
    totals: int64((part) => part.totals),
    sampleStart: Uint32Array.from(sampleStart),
    stackIds: BigUint64Array.from(parts.flatMap((part) => [...part.stackIds])),
    values: int64((part) => part.values),
  };
}

/** Each tenant is asked for the stacks that those before it do not know. */
async function readUnion(
  store: Store,
  tenants: readonly string[],
  range: TimeRange,
  stackIds: BigUint64Array,
  signal: AbortSignal | undefined,
): Promise<StackTable> {
  const from = new Uint32Array(stackIds.length);
  const tables: StackTable[] = [];
  let missing = stackIds.map((_, i) => BigInt(i));
  for (const [t, tenant] of tenants.entries()) {
    if (t > 0 && missing.length === 0) break;
    const places = Array.from(missing, Number);
    const asked = BigUint64Array.from(places, (i) => stackIds[i] ?? 0n);
    const table = spread(await store.readStacks(tenant, range, asked, signal), places, stackIds.length);
    const known = (i: number): boolean => (table.stackStart[i + 1] ?? 0) > (table.stackStart[i] ?? 0);
    for (const i of places) if (known(i)) from[i] = tables.length;
    tables.push(table);
    missing = missing.filter((i) => !known(Number(i)));
  }
  return joinStackTables(tables, from);
}

/** Stack k of the table becomes stack places[k] of `count`; those between have no locations. */
function spread(table: StackTable, places: readonly number[], count: number): StackTable {
  if (places.length === count) return table;
  const stackStart = new Uint32Array(count + 1);
  places.forEach((place, k) => {
    stackStart[place + 1] = (table.stackStart[k + 1] ?? 0) - (table.stackStart[k] ?? 0);
  });
  for (let i = 0; i < count; i++) stackStart[i + 1] = (stackStart[i + 1] ?? 0) + (stackStart[i] ?? 0);
  return { ...table, stackCount: count, stackStart };
}
