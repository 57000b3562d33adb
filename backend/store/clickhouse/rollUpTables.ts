/**
 * The stored form, version 2: sums per series, stack and hour or day, so that a month is answered without its samples.
 *
 * Shape:  a row per series and hour (or day) with each stack once. Rows of one statement carry its `build`; only those count
 *         whose build stands last in `rollups` for its hour or day, the others are left-overs of a crash or a redoing.
 *         In `rollups`, build 0 says: profiles have come since, the sums are not to be used.
 * Units:  day, hour: since 1970 in UTC; span_hours: 1 or 24; build: microseconds since 1970, never the same twice.
 */
import { durability } from './schema.ts';

const settings = `SETTINGS ${durability}, merge_selector_base = 12, index_granularity = 256`;

const sumsTable = (name: string): string => `CREATE TABLE IF NOT EXISTS ${name} (
  day Int32,
  tenant LowCardinality(String),
  profile_type LowCardinality(String),
  series_id UInt64,
  hour Int32,
  build UInt64,
  stack_ids Array(UInt64) CODEC(ZSTD(3)),
  values Array(Int64) CODEC(ZSTD(3))
) ENGINE = MergeTree PARTITION BY day ORDER BY (tenant, profile_type, series_id, hour) ${settings}`;

const rollups = `CREATE TABLE IF NOT EXISTS rollups (
  day Int32,
  span_hours UInt32,
  first_hour Int32,
  build UInt64,
  written_micros Int64
) ENGINE = ReplacingMergeTree(written_micros) PARTITION BY day ORDER BY (span_hours, first_hour) ${settings}`;

export const rollUpTables: readonly string[] = [sumsTable('hourly_sums'), sumsTable('daily_sums'), rollups];
