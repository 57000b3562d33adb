/**
 * One commit: the batches of all waiting requests, in the order that leaves no dangling reference behind a crash:
 * dictionaries, then series and their hours, then that sums of these hours no longer hold, then profiles. Only then do
 * readers hear of it.
 *
 * Errors: as the engine's. What a failed commit did write is either unreachable (dictionary rows) or hidden and deleted
 *         (profiles, which a failure between two days may leave behind).
 */
import type { DictionaryRows, FunctionRow, LocationRow, StackRow, WriteBatch } from '../../model/record.ts';
import { dayOfNanos, hourOfNanos } from '../../model/time.ts';
import type { RegisteredSeries, SeriesCatalog } from '../seriesCatalog.ts';
import { functionBlock, locationBlock, profileBlock, seriesBlock, seriesDayBlock, stackBlock } from './blocksOfRows.ts';
import type { Owned, OwnedRecord, SeriesDay } from './blocksOfRows.ts';
import type { Engine } from './engine.ts';
import type { HiddenCommits } from './hiddenCommits.ts';
import type { NativeBlock } from './nativeColumns.ts';
import type { RollUps } from './rollUps.ts';

/** The engine takes no more partitions in one insert. */
const mostDaysPerInsert = 100;

export interface CommitRoom {
  readonly engine: Engine;
  readonly catalog: SeriesCatalog;
  readonly hidden: HiddenCommits;
  readonly rollUps: RollUps;
}

export async function commitBatches(
  { engine, catalog, hidden, rollUps }: CommitRoom,
  batches: readonly WriteBatch[],
): Promise<void> {
  await hidden.cleanUp(engine);
  rollUps.noteCleanUp();
  const { stacks, locations, functions } = mergeDictionaries(batches);
  await insertByDay(engine, 'functions', functions, dayOf, functionBlock);
  await insertByDay(engine, 'locations', locations, dayOf, locationBlock);
  await insertByDay(engine, 'stacks', stacks, dayOf, stackBlock);
  const records: OwnedRecord[] = batches.flatMap(({ tenant, records: list }) =>
    list.map((record) => ({ series: catalog.register(tenant, record.labels, record.profileType), record })),
  );
  const news = newsOf(catalog, records);
  if (news.series.length > 0) await engine.insert('series', seriesBlock(news.series));
  await insertByDay(engine, 'series_days', news.days, ({ day }) => day, seriesDayBlock);
  let succeeded = false;
  try {
    await rollUps.beginCommit(new Set(records.map(({ record }) => hourOfNanos(record.timeNanos))));
    await hidden.guard(dayOfRecord, records, (micros) =>
      insertByDay(engine, 'profiles', records, dayOfRecord, (rows) => profileBlock(rows, micros)),
    );
    succeeded = true;
  } finally {
    rollUps.endCommit(succeeded);
  }
  for (const { series, record } of records) catalog.noteProfile(series, record.timeNanos);
}

const dayOf = ({ day }: { readonly day: number }): number => day;
const dayOfRecord = ({ record }: OwnedRecord): number => dayOfNanos(record.timeNanos);

async function insertByDay<Row>(
  engine: Engine,
  table: string,
  rows: readonly Row[],
  day: (row: Row) => number,
  block: (rows: readonly Row[]) => NativeBlock,
): Promise<void> {
  if (rows.length === 0) return;
  const days = [...new Set(rows.map(day))].sort((a, b) => a - b);
  if (days.length <= mostDaysPerInsert) return engine.insert(table, block(rows));
  for (let at = 0; at < days.length; at += mostDaysPerInsert) {
    const some = new Set(days.slice(at, at + mostDaysPerInsert));
    await engine.insert(table, block(rows.filter((row) => some.has(day(row)))));
  }
}

interface MergedDictionaries {
  readonly stacks: readonly Owned<StackRow>[];
  readonly locations: readonly Owned<LocationRow>[];
  readonly functions: readonly Owned<FunctionRow>[];
}

/** Requests of one window often bring the same rows: each is written once per tenant and day. */
function mergeDictionaries(batches: readonly WriteBatch[]): MergedDictionaries {
  const merge = <Row extends { readonly id: bigint }>(
    rowsOf: (rows: DictionaryRows) => readonly Row[],
  ): Owned<Row>[] => {
    const seen = new Map<string, Set<bigint>>();
    const merged: Owned<Row>[] = [];
    for (const { tenant, dictionary } of batches) {
      for (const rows of dictionary) {
        const key = `${rows.day}/${tenant}`;
        const ids = seen.get(key) ?? new Set<bigint>();
        seen.set(key, ids);
        for (const row of rowsOf(rows)) {
          if (ids.size < ids.add(row.id).size) merged.push({ tenant, day: rows.day, row });
        }
      }
    }
    return merged;
  };
  return {
    stacks: merge((rows) => rows.stacks),
    locations: merge((rows) => rows.locations),
    functions: merge((rows) => rows.functions),
  };
}

interface News {
  readonly series: readonly RegisteredSeries[];
  readonly days: readonly SeriesDay[];
}

/** What the catalog on disk does not know yet: series without a committed profile, and their new hours. */
function newsOf(catalog: SeriesCatalog, records: readonly OwnedRecord[]): News {
  const series = new Set<RegisteredSeries>();
  const days = new Map<RegisteredSeries, Map<number, SeriesDay>>();
  for (const { series: one, record } of records) {
    if (!catalog.isVisible(one)) series.add(one);
    const hour = hourOfNanos(record.timeNanos);
    if (catalog.isActive(one, hour)) continue;
    const ofSeries = days.get(one) ?? new Map<number, SeriesDay>();
    days.set(one, ofSeries);
    const day = dayOfNanos(record.timeNanos);
    const entry = ofSeries.get(day) ?? { series: one, day, hours: 0 };
    entry.hours |= 1 << (hour - day * 24);
    ofSeries.set(day, entry);
  }
  return { series: [...series], days: [...days.values()].flatMap((ofSeries) => [...ofSeries.values()]) };
}
