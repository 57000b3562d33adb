/**
 * The stored form: the tables and their settings. Changes are new steps in migrations.ts; this text stays.
 *
 * Units:  day: UTC days since 1970, the partition of everything that ages; hours: bit h stands for hour h of the day;
 *         received_micros: when the commit began, never the same for two commits of a process.
 */

/**
 * A 2xx promises that rows survive a power cut. The embedded engine deletes the sources of a merge at once, so merged
 * parts must be synced too, whatever their size.
 */
export const durability = 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1';

/** November 2026: base 12 merges less often, 1.25 against 1.58 ms CPU per profile; granularity 256: one service 40 -> 18 ms. */
const merging = 'merge_selector_base = 12, index_granularity = 256';

const tableSettings = `SETTINGS ${durability}, ${merging}`;

/** No Delta on hashes and no T64 on values: both measured larger than ZSTD alone. */
const profiles = `CREATE TABLE IF NOT EXISTS profiles (
  day Int32,
  tenant LowCardinality(String),
  profile_type LowCardinality(String),
  series_id UInt64,
  time_nanos Int64 CODEC(Delta(8), ZSTD(1)),
  duration_nanos Int64 CODEC(ZSTD(1)),
  period Int64 CODEC(ZSTD(1)),
  profile_id UUID,
  received_micros Int64 CODEC(ZSTD(1)),
  stack_ids Array(UInt64) CODEC(ZSTD(3)),
  values Array(Int64) CODEC(ZSTD(3)),
  span_ids Array(UInt64) CODEC(ZSTD(3)),
  trace_ids Array(FixedString(16)) CODEC(ZSTD(3)),
  total Int64 MATERIALIZED arraySum(values)
) ENGINE = MergeTree PARTITION BY day ORDER BY (tenant, profile_type, series_id, time_nanos) ${tableSettings}`;

const dictionaryTail = `ENGINE = ReplacingMergeTree PARTITION BY day ORDER BY (tenant, id) ${tableSettings}`;

const stacks = `CREATE TABLE IF NOT EXISTS stacks (
  day Int32,
  tenant LowCardinality(String),
  id UInt64,
  location_ids Array(UInt64) CODEC(ZSTD(3))
) ${dictionaryTail}`;

const locations = `CREATE TABLE IF NOT EXISTS locations (
  day Int32,
  tenant LowCardinality(String),
  id UInt64,
  file LowCardinality(String),
  build_id LowCardinality(String),
  address UInt64 CODEC(ZSTD(1)),
  mapping_start UInt64 CODEC(ZSTD(1)),
  mapping_limit UInt64 CODEC(ZSTD(1)),
  mapping_offset UInt64 CODEC(ZSTD(1)),
  function_ids Array(UInt64) CODEC(ZSTD(3)),
  lines Array(Int32) CODEC(ZSTD(3)),
  columns Array(Int32) CODEC(ZSTD(3))
) ${dictionaryTail}`;

const functions = `CREATE TABLE IF NOT EXISTS functions (
  day Int32,
  tenant LowCardinality(String),
  id UInt64,
  name String CODEC(ZSTD(3)),
  system_name String CODEC(ZSTD(3)),
  file String CODEC(ZSTD(3)),
  start_line Int32 CODEC(ZSTD(1))
) ${dictionaryTail}`;

const series = `CREATE TABLE IF NOT EXISTS series (
  tenant LowCardinality(String),
  id UInt64,
  profile_type LowCardinality(String),
  label_names Array(String) CODEC(ZSTD(3)),
  label_values Array(String) CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree ORDER BY (tenant, id) ${tableSettings}`;

/** In which hours a series had profiles, one row per series and day once merged. */
const seriesDays = `CREATE TABLE IF NOT EXISTS series_days (
  tenant LowCardinality(String),
  series_id UInt64,
  day Int32,
  hours SimpleAggregateFunction(groupBitOr, UInt32)
) ENGINE = AggregatingMergeTree PARTITION BY day ORDER BY (tenant, series_id) ${tableSettings}`;

/** Names and values about the store itself: the key of its hashes, the last probe. */
export const metaTable = `CREATE TABLE IF NOT EXISTS meta (
  name String,
  value String,
  written_micros Int64
) ENGINE = ReplacingMergeTree(written_micros) ORDER BY name ${tableSettings}`;

/** Version 3. Rows of before have none; an attribute of a data part that most rows share takes next to no room. */
export const frameTypeColumn = 'ALTER TABLE functions ADD COLUMN IF NOT EXISTS frame_type LowCardinality(String)';

export const firstTables: readonly string[] = [profiles, stacks, locations, functions, series, seriesDays];
