/** Sum per stack and random group of profiles: what an estimate and its error are made of. */
import type { GroupedSums, SampleScope } from '../store.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import { samplesOf } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';
import { groupColumn } from './sampleSlices.ts';

export async function sumGroups(
  engine: Engine,
  plan: SamplePlan | undefined,
  scope: SampleScope,
  groupCount: number,
  signal?: AbortSignal,
): Promise<GroupedSums> {
  const none = { stackIds: new BigUint64Array(0), groups: new Uint32Array(0), values: new BigInt64Array(0) };
  if (plan === undefined) return none;
  const group = groupColumn(scope, scope.profileShare ?? 1, groupCount);
  const sql = (sources: readonly string[]): string => {
    const { arrays, unfold } = samplesOf(plan, sources);
    return (
      `SELECT stack, sample_group, sum(value) AS summed FROM (` +
      `SELECT ${arrays}, ${group} AS sample_group FROM profiles WHERE ${plan.where(sources)})` +
      ` ${unfold} GROUP BY stack, sample_group`
    );
  };
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  if (answer.rowCount === 0) return none;
  return {
    stackIds: columnOf(answer, 'stack', 'UInt64').values,
    groups: columnOf(answer, 'sample_group', 'UInt32').values,
    values: columnOf(answer, 'summed', 'Int64').values,
  };
}
