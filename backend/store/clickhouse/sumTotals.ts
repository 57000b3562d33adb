/** Sum per series and point of a grid, from the records' totals: no sample is read unless spans or traces are asked for. */
import type { TimeGrid, TotalSums } from '../store.ts';
import { intLiteral } from './dialect.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import { totalOf } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';

export async function sumTotals(
  engine: Engine,
  plan: SamplePlan | undefined,
  grid: TimeGrid,
  signal?: AbortSignal,
): Promise<TotalSums> {
  const none: TotalSums = {
    seriesIds: new BigUint64Array(0),
    points: new Uint32Array(0),
    totals: new BigInt64Array(0),
    profileCounts: new Uint32Array(0),
  };
  if (plan === undefined) return none;
  const sql = (sources: readonly string[]): string =>
    `SELECT series_id, toUInt32(point) AS at, sum(record_total) AS summed, toUInt32(count()) AS profile_count FROM (` +
    `SELECT series_id, ${totalOf(plan, sources)} AS record_total, ${pointOf(grid)} AS point FROM profiles` +
    ` WHERE ${plan.where(sources)}) WHERE point < ${intLiteral(grid.pointCount)} GROUP BY series_id, point`;
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  if (answer.rowCount === 0) return none;
  return {
    seriesIds: columnOf(answer, 'series_id', 'UInt64').values,
    points: columnOf(answer, 'at', 'UInt32').values,
    totals: columnOf(answer, 'summed', 'Int64').values,
    profileCounts: columnOf(answer, 'profile_count', 'UInt32').values,
  };
}

/** intDiv rounds towards zero, so times before 1970 need the correction, and everything before the start is point 0. */
function pointOf({ startMillis, stepMillis }: TimeGrid): string {
  const millis = 'intDiv(time_nanos, 1000000) - (time_nanos % 1000000 < 0)';
  const since = `(${millis} - (${intLiteral(startMillis)}))`;
  return `if(${since} <= 0, 0, intDiv(${since} - 1, ${intLiteral(stepMillis)}) + 1)`;
}
