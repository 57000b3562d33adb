/** One row per record in scope, oldest first. */
import type { ProfileTotals } from '../store.ts';
import { intLiteral } from './dialect.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import { totalOf } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';

export async function profileTotals(
  engine: Engine,
  plan: SamplePlan | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<ProfileTotals> {
  const none: ProfileTotals = {
    seriesIds: new BigUint64Array(0),
    timesNanos: new BigInt64Array(0),
    totals: new BigInt64Array(0),
    profileIds: new Uint8Array(0),
  };
  if (plan === undefined) return none;
  const sql = (sources: readonly string[]): string =>
    `SELECT series_id, time_nanos, ${totalOf(plan, sources)} AS record_total, profile_id FROM profiles` +
    ` WHERE ${plan.where(sources)} ORDER BY time_nanos LIMIT ${intLiteral(limit)}`;
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  if (answer.rowCount === 0) return none;
  return {
    seriesIds: columnOf(answer, 'series_id', 'UInt64').values,
    timesNanos: columnOf(answer, 'time_nanos', 'Int64').values,
    totals: columnOf(answer, 'record_total', 'Int64').values,
    profileIds: columnOf(answer, 'profile_id', 'UUID').bytes,
  };
}
