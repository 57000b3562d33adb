/**
 * A store without a disk: for trials, for platforms without the embedded engine, and as the slow and obvious twin that
 * the other store is held against.
 *
 * Units:  as store.ts has them; sums wrap at 64 bits, as the engine's do.
 * Errors: InputError 'canceled' when a signal has fired; nothing survives the process.
 */
import { randomBytes } from 'node:crypto';
import { InputError } from '../../errors.ts';
import type {
  DictionaryRows,
  FunctionRow,
  LocationRow,
  ProfileRecord,
  StackRow,
  WriteBatch,
} from '../../model/record.ts';
import type { StackTable } from '../../model/stackTable.ts';
import { dayOfNanos, millisOfNanos } from '../../model/time.ts';
import type { TimeRange } from '../../model/time.ts';
import { sampleGroup, sliceNanos } from '../profileSample.ts';
import { checkBatch } from '../checkBatch.ts';
import { SeriesCatalog } from '../seriesCatalog.ts';
import type { HashSeries } from '../seriesCatalog.ts';
import type {
  GroupedSums,
  NamedFrameType,
  ProfileTotals,
  SampleReading,
  SampleScope,
  ScopeSize,
  SpanTotals,
  StackSums,
  Store,
  StoredSamples,
  TimeGrid,
  TotalSums,
} from '../store.ts';
import { spanTotalsOf } from './memorySpans.ts';
import { storedSamplesOf } from './memorySamples.ts';
import { stackTableOf } from './memoryStacks.ts';

export interface StoredRecord {
  readonly tenant: string;
  readonly seriesId: bigint;
  readonly record: ProfileRecord;
}

interface DayRows {
  readonly stacks: Map<bigint, StackRow>;
  readonly locations: Map<bigint, LocationRow>;
  readonly functions: Map<bigint, FunctionRow>;
}

/** Tests pass a poor hash to see collisions. */
export function openMemoryStore(options: { readonly hashSeries?: HashSeries } = {}): Store {
  return new MemoryStore(options.hashSeries);
}

class MemoryStore implements Store {
  readonly hashKey: Uint8Array = randomBytes(8);
  readonly catalog: SeriesCatalog;
  readonly #stored: StoredRecord[] = [];
  /** By tenant, then day. */
  readonly #days = new Map<string, Map<number, DayRows>>();

  constructor(hashSeries: HashSeries | undefined) {
    this.catalog = new SeriesCatalog(this.hashKey, hashSeries);
  }

  write({ tenant, records, dictionary }: WriteBatch): Promise<void> {
    return answer(undefined, () => {
      checkBatch({ tenant, records, dictionary });
      for (const rows of dictionary) this.#keep(tenant, rows);
      for (const record of records) {
        const series = this.catalog.register(tenant, record.labels, record.profileType);
        this.#stored.push({ tenant, seriesId: series.id, record: structuredClone(record) });
        this.catalog.noteProfile(series, record.timeNanos);
      }
    });
  }

  sumStacks(scope: SampleScope, signal?: AbortSignal): Promise<StackSums> {
    return answer(signal, () => {
      const sums = new Map<bigint, bigint>();
      for (const { record, samples } of this.#inScope(scope)) {
        for (const i of samples) {
          const id = record.stackIds[i] ?? 0n;
          sums.set(id, (sums.get(id) ?? 0n) + (record.values[i] ?? 0n));
        }
      }
      return { stackIds: BigUint64Array.from(sums.keys()), values: BigInt64Array.from(sums.values()) };
    });
  }

  sumGroups(scope: SampleScope, groupCount: number, signal?: AbortSignal): Promise<GroupedSums> {
    return answer(signal, () => {
      const rows = new Map<string, { readonly stack: bigint; readonly group: number; value: bigint }>();
      for (const { samples, ...stored } of this.#inScope(scope)) {
        const { record } = stored;
        const group = groupOf(stored, scope, groupCount) ?? 0;
        for (const i of samples) {
          const stack = record.stackIds[i] ?? 0n;
          const row = rows.get(`${stack}/${group}`) ?? { stack, group, value: 0n };
          row.value += record.values[i] ?? 0n;
          rows.set(`${stack}/${group}`, row);
        }
      }
      const all = [...rows.values()];
      return {
        stackIds: BigUint64Array.from(all, ({ stack }) => stack),
        groups: Uint32Array.from(all, ({ group }) => group),
        values: BigInt64Array.from(all, ({ value }) => value),
      };
    });
  }

  sumTotals(scope: SampleScope, grid: TimeGrid, signal?: AbortSignal): Promise<TotalSums> {
    return answer(signal, () => {
      const rows = new Map<
        string,
        { readonly seriesId: bigint; readonly point: number; total: bigint; count: number }
      >();
      for (const { seriesId, record, total } of this.#inScope(scope)) {
        const millis = millisOfNanos(record.timeNanos) - grid.startMillis;
        const point = Math.max(0, Math.ceil(millis / grid.stepMillis));
        if (point >= grid.pointCount) continue;
        const key = `${seriesId}/${point}`;
        const row = rows.get(key) ?? { seriesId, point, total: 0n, count: 0 };
        row.total += total;
        row.count++;
        rows.set(key, row);
      }
      const all = [...rows.values()];
      return {
        seriesIds: BigUint64Array.from(all, (row) => row.seriesId),
        points: Uint32Array.from(all, (row) => row.point),
        totals: BigInt64Array.from(all, (row) => row.total),
        profileCounts: Uint32Array.from(all, (row) => row.count),
      };
    });
  }

  profileTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<ProfileTotals> {
    return answer(signal, () => {
      const rows = this.#inScope(scope)
        .sort((a, b) => Number(a.record.timeNanos - b.record.timeNanos))
        .slice(0, limit);
      return {
        seriesIds: BigUint64Array.from(rows, (row) => row.seriesId),
        timesNanos: BigInt64Array.from(rows, (row) => row.record.timeNanos),
        totals: BigInt64Array.from(rows, (row) => row.total),
        profileIds: Uint8Array.from(Buffer.concat(rows.map((row) => row.record.profileId))),
      };
    });
  }

  spanTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<SpanTotals> {
    return answer(signal, () => spanTotalsOf(this.#inScope(scope), limit));
  }

  readingCost(scope: SampleScope, signal?: AbortSignal): Promise<number> {
    return answer(signal, () => this.#inScope(scope).reduce((sum, { record }) => sum + record.stackIds.length, 0));
  }

  measure(scope: SampleScope, signal?: AbortSignal): Promise<ScopeSize> {
    return answer(signal, () => {
      const rows = this.#inScope(scope).map(({ record }) => record);
      const sum = (of: (record: ProfileRecord) => number): number => rows.reduce((all, row) => all + of(row), 0);
      return {
        profileCount: rows.length,
        sampleCount: sum((row) => row.stackIds.length),
        sampleBytes: sum((row) => 16 * row.stackIds.length + 8 * row.spanIds.length + row.traceIds.length),
      };
    });
  }

  readSamples(scope: SampleScope, reading: SampleReading, signal?: AbortSignal): Promise<StoredSamples> {
    return answer(signal, () => storedSamplesOf(this.#inScope(scope), reading));
  }

  frameTypes(
    tenant: string,
    range: TimeRange,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly NamedFrameType[]> {
    return answer(signal, () => {
      const [first, last] = [dayOfNanos(range.start), dayOfNanos(range.end)];
      const found = new Map<string, NamedFrameType>();
      for (const [day, { functions }] of this.#days.get(tenant) ?? []) {
        if (day < first || day > last) continue;
        for (const { name, frameType: type = '' } of functions.values()) {
          if (type !== '' && names.includes(name)) found.set(`${type}/${name}`, { name, type });
        }
      }
      return [...found.values()];
    });
  }

  readStacks(tenant: string, range: TimeRange, ids: BigUint64Array, signal?: AbortSignal): Promise<StackTable> {
    return answer(signal, () => {
      const [first, last] = [dayOfNanos(range.start), dayOfNanos(range.end)];
      const days = [...(this.#days.get(tenant) ?? [])].filter(([day]) => day >= first && day <= last);
      const find = <Row>(rows: (day: DayRows) => Map<bigint, Row>, id: bigint): Row | undefined => {
        for (const [, day] of days) {
          const row = rows(day).get(id);
          if (row !== undefined) return row;
        }
        return undefined;
      };
      const dictionary = {
        stack: (id: bigint) => find((day) => day.stacks, id),
        location: (id: bigint) => find((day) => day.locations, id),
        function: (id: bigint) => find((day) => day.functions, id),
      };
      return stackTableOf(dictionary, ids);
    });
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #keep(tenant: string, { day, stacks, locations, functions }: DictionaryRows): void {
    const days = this.#days.get(tenant) ?? new Map<number, DayRows>();
    this.#days.set(tenant, days);
    const rows = days.get(day) ?? { stacks: new Map(), locations: new Map(), functions: new Map() };
    days.set(day, rows);
    for (const row of stacks) rows.stacks.set(row.id, structuredClone(row));
    for (const row of locations) rows.locations.set(row.id, structuredClone(row));
    for (const row of functions) rows.functions.set(row.id, row);
  }

  /** With a question about spans, traces or stacks, records without such a sample are out. */
  #inScope(scope: SampleScope): (StoredRecord & { readonly samples: readonly number[]; readonly total: bigint })[] {
    const series = new Set(scope.seriesIds);
    const profiles = scope.profileIds && new Set(scope.profileIds.map(hex));
    const wholeRecords = scope.spanIds === undefined && scope.traceIds === undefined && scope.stackIds === undefined;
    return this.#stored
      .filter(({ tenant, seriesId }) => tenant === scope.tenant && series.has(seriesId))
      .filter(({ record }) => record.timeNanos >= scope.range.start && record.timeNanos <= scope.range.end)
      .filter(({ record }) => profiles === undefined || profiles.has(hex(record.profileId)))
      .filter((stored) => scope.profileShare === undefined || groupOf(stored, scope) !== undefined)
      .map((stored) => ({ ...stored, ...samplesInScope(stored.record, scope) }))
      .filter(({ samples }) => wholeRecords || samples.length > 0);
  }
}

const groupOf = ({ seriesId, record }: StoredRecord, scope: SampleScope, groupCount = 1): number | undefined =>
  sampleGroup(seriesId, record.timeNanos / sliceNanos(scope), scope.profileShare ?? 1, groupCount);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const noTrace = '0'.repeat(32);

function samplesInScope(record: ProfileRecord, scope: SampleScope): { samples: number[]; total: bigint } {
  const spans = scope.spanIds && new Set(scope.spanIds);
  const traces = scope.traceIds && new Set(scope.traceIds.map(hex));
  const stacks = scope.stackIds && new Set(scope.stackIds);
  const samples: number[] = [];
  let total = 0n;
  for (let i = 0; i < record.stackIds.length; i++) {
    if (stacks !== undefined && !stacks.has(record.stackIds[i] ?? 0n)) continue;
    const span = record.spanIds[i] ?? 0n;
    if (spans !== undefined && (span === 0n || !spans.has(span))) continue;
    const trace = hex(record.traceIds.subarray(16 * i, 16 * i + 16)) || noTrace;
    if (traces !== undefined && (trace === noTrace || !traces.has(trace))) continue;
    samples.push(i);
    total += record.values[i] ?? 0n;
  }
  return { samples, total };
}

/** Runs in a later tick, as a real store would, and only if nobody has given up by then. */
async function answer<T>(signal: AbortSignal | undefined, work: () => T): Promise<T> {
  await Promise.resolve();
  if (signal?.aborted) throw new InputError('canceled', 'the question was given up');
  return work();
}
