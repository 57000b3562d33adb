/** One row per record in scope and span in it, oldest first. */
import type { SpanTotals } from '../store.ts';
import { intLiteral } from './dialect.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import { samplesOf, withSpans } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';

export async function spanTotals(
  engine: Engine,
  plan: SamplePlan | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<SpanTotals> {
  const none: SpanTotals = {
    seriesIds: new BigUint64Array(0),
    timesNanos: new BigInt64Array(0),
    totals: new BigInt64Array(0),
    profileIds: new Uint8Array(0),
    spanIds: new BigUint64Array(0),
    traceIds: new Uint8Array(0),
  };
  if (plan === undefined) return none;
  const sql = (sources: readonly string[]): string => {
    const { arrays, unfold } = samplesOf(withSpans(plan), sources);
    return (
      `SELECT series_id, time_nanos, profile_id, span, trace, sum(value) AS summed FROM (` +
      // Two records may be alike in all that tells them apart here, and stay two.
      `SELECT series_id, time_nanos, profile_id, received_micros, ${arrays} FROM profiles` +
      ` WHERE notEmpty(span_ids) AND ${plan.where(sources)}) ${unfold}` +
      ` GROUP BY series_id, time_nanos, profile_id, received_micros, span, trace` +
      ` ORDER BY time_nanos LIMIT ${intLiteral(limit)}`
    );
  };
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  if (answer.rowCount === 0) return none;
  return {
    seriesIds: columnOf(answer, 'series_id', 'UInt64').values,
    timesNanos: columnOf(answer, 'time_nanos', 'Int64').values,
    totals: columnOf(answer, 'summed', 'Int64').values,
    profileIds: columnOf(answer, 'profile_id', 'UUID').bytes,
    spanIds: columnOf(answer, 'span', 'UInt64').values,
    traceIds: columnOf(answer, 'trace', 'FixedString(16)').bytes,
  };
}
