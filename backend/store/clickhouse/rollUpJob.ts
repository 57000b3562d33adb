/**
 * Sums hours that are over, then days whose hours are summed, newest first: what people look at is soon quick. A pass takes
 * one statement after the other, so that questions and inserts always find the engine free.
 *
 * Errors: what fails is told to the log and tried again in a later pass; samples answer until then.
 */
import { InputError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { ActiveHours } from '../activeHours.ts';
import { hoursWithin } from '../activeHours.ts';
import { int64Literal, intLiteral } from './dialect.ts';
import type { Engine } from './engine.ts';
import type { HiddenCommits } from './hiddenCommits.ts';
import { columnOf } from './nativeColumns.ts';
import { daySpan, dayOfSpan, hourSpan } from './rollUps.ts';
import type { RetiredBuild, RollUps, Span } from './rollUps.ts';

export interface RollUpRoom {
  readonly engine: Engine;
  readonly rollUps: RollUps;
  readonly hidden: HiddenCommits;
  readonly log: Log;
  readonly active: () => ActiveHours;
}

export interface RollUpPass {
  readonly nowMillis: number;
  /** So long after its end, and after the last late profile, an hour is summed. */
  readonly quietMillis: number;
  readonly signal: AbortSignal;
}

const millisPerHour = 3_600_000;
const farthestHour = 2 ** 31;
/** One core and a bounded share of memory; beyond it the engine sorts on disk. */
const settings =
  'max_threads = 1, max_insert_threads = 1, max_memory_usage = 2000000000, max_bytes_before_external_group_by = 800000000';

/** How many hours and days were summed. */
export async function rollUp(room: RollUpRoom, pass: RollUpPass): Promise<number> {
  await deleteRetired(room);
  const { rollUps } = room;
  const isOver = (span: Span): boolean =>
    (span.firstHour + span.hours) * millisPerHour + pass.quietMillis <= pass.nowMillis;
  let done = 0;
  for (const [day, hours] of openDays(room)) {
    for (const span of [...hours.map(hourSpan), daySpan(day)]) {
      if (pass.signal.aborted) return done;
      if (rollUps.has(span) || !isOver(span) || !rollUps.isQuiet(span, pass.quietMillis)) continue;
      if (await buildSpan(room, span, pass.signal)) done++;
    }
  }
  return done;
}

/** Rows that count for nothing: a crash left them behind. To be asked before the first build. */
export async function deleteOrphans({ engine, rollUps }: RollUpRoom): Promise<void> {
  for (const hours of [1, 24] as const) {
    const sql = `SELECT day, min(hour) AS first_hour, build FROM ${tableOf(hours)} GROUP BY day, build`;
    const answer = await engine.ask({ sql: () => sql });
    const orphans: RetiredBuild[] = [];
    for (let row = 0; row < answer.rowCount; row++) {
      const firstHour = columnOf(answer, 'first_hour', 'Int32').values[row] ?? 0;
      const build = columnOf(answer, 'build', 'UInt64').values[row] ?? 0n;
      const day = columnOf(answer, 'day', 'Int32').values[row] ?? 0;
      if (rollUps.buildOf({ hours, firstHour }) !== build) orphans.push({ hours, day, build });
    }
    await deleteBuilds(engine, hours, orphans);
  }
}

/** Days whose sums are not known, newest first, with their active hours. */
function openDays({ rollUps, active }: RollUpRoom): readonly (readonly [day: number, hours: readonly number[]])[] {
  const days = new Map<number, number[]>();
  for (const hour of hoursWithin(active(), -farthestHour, farthestHour)) {
    const day = dayOfSpan(hourSpan(hour));
    if (rollUps.has(daySpan(day))) continue;
    const hours = days.get(day);
    if (hours === undefined) days.set(day, [hour]);
    else hours.push(hour);
  }
  return [...days].reverse();
}

async function buildSpan({ engine, rollUps, hidden, log, active }: RollUpRoom, span: Span, signal: AbortSignal) {
  const source = span.hours === 1 ? hourSource(span, hidden) : daySource(span, rollUps, active());
  if (source === undefined) return false;
  try {
    return await rollUps.build(span, (build) =>
      engine.inBackground(sumStatement(span, build, source), settings, signal),
    );
  } catch (error) {
    // Nobody waits for the answer, and the next pass tries again.
    if (!(error instanceof InputError)) throw error;
    if (error.code !== 'canceled') log.warn('samples could not be summed', { ...span, error: error.message });
    return false;
  }
}

function hourSource({ firstHour }: Span, hidden: HiddenCommits): string {
  const start = BigInt(firstHour) * BigInt(millisPerHour) * 1_000_000n;
  const end = start + BigInt(millisPerHour) * 1_000_000n;
  return (
    `profiles WHERE day = ${intLiteral(dayOfSpan(hourSpan(firstHour)))}` +
    ` AND time_nanos >= ${int64Literal(start)} AND time_nanos < ${int64Literal(end)}${hidden.condition()}`
  );
}

/** undefined: not all hours of the day are summed. */
function daySource(span: Span, rollUps: RollUps, active: ActiveHours): string | undefined {
  const builds: bigint[] = [];
  for (const hour of hoursWithin(active, span.firstHour, span.firstHour + 23)) {
    const build = rollUps.buildOf(hourSpan(hour));
    if (build === undefined) return undefined;
    builds.push(build);
  }
  if (builds.length === 0) return undefined;
  return `hourly_sums WHERE day = ${intLiteral(dayOfSpan(span))} AND build IN (${builds.join(', ')})`;
}

const tableOf = (hours: 1 | 24): string => (hours === 1 ? 'hourly_sums' : 'daily_sums');

function sumStatement(span: Span, build: bigint, source: string): string {
  const columns = 'day, tenant, profile_type, series_id, hour, build, stack_ids, values';
  return (
    `INSERT INTO ${tableOf(span.hours)} (${columns})` +
    ` SELECT ${intLiteral(dayOfSpan(span))}, tenant, profile_type, series_id, ${intLiteral(span.firstHour)},` +
    ` ${build}, groupArray(stack_id), groupArray(summed) FROM (` +
    'SELECT tenant, profile_type, series_id, stack_id, sum(value) AS summed FROM (' +
    `SELECT tenant, profile_type, series_id, stack_ids, values FROM ${source})` +
    ' ARRAY JOIN stack_ids AS stack_id, values AS value GROUP BY tenant, profile_type, series_id, stack_id)' +
    ' GROUP BY tenant, profile_type, series_id'
  );
}

async function deleteRetired({ engine, rollUps, log }: RollUpRoom): Promise<void> {
  const retired = rollUps.takeRetired();
  try {
    for (const hours of [1, 24] as const) {
      await deleteBuilds(
        engine,
        hours,
        retired.filter((build) => build.hours === hours),
      );
    }
  } catch (error) {
    // They count for nothing, and the next start deletes them.
    log.warn('old sums stay behind', { error: String(error) });
  }
}

const mostBuildsAtOnce = 2_000;

async function deleteBuilds(engine: Engine, hours: 1 | 24, builds: readonly RetiredBuild[]): Promise<void> {
  for (let from = 0; from < builds.length; from += mostBuildsAtOnce) {
    const some = builds.slice(from, from + mostBuildsAtOnce);
    const days = [...new Set(some.map(({ day }) => day))].map(intLiteral).join(', ');
    await engine.inBackground(
      `ALTER TABLE ${tableOf(hours)} DELETE WHERE day IN (${days}) AND build IN (${some.map(({ build }) => build).join(', ')})`,
      'mutations_sync = 1',
    );
  }
}
