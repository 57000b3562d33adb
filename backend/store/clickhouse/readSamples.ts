/** Records in scope one by one, with their samples when they are wanted: nothing is added up, so nothing is hashed. */
import { InputError } from '../../errors.ts';
import { noSamples } from '../store.ts';
import type { SampleReading, StoredSamples } from '../store.ts';
import { intLiteral } from './dialect.ts';
import type { Engine } from './engine.ts';
import { columnOf, ofKind } from './nativeColumns.ts';
import { totalOf } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';

export async function readSamples(
  engine: Engine,
  plan: SamplePlan | undefined,
  { withStacks, mostProfiles }: SampleReading,
  signal?: AbortSignal,
): Promise<StoredSamples> {
  if (plan === undefined) return noSamples;
  const sql = (sources: readonly string[]): string =>
    `SELECT series_id, time_nanos, duration_nanos, period, ${totalOf(plan, sources)} AS record_total` +
    (withStacks ? `, ${arraysOf(plan, sources)}` : '') +
    // One row more than may be says that there are too many.
    ` FROM profiles WHERE ${plan.where(sources)} LIMIT ${intLiteral(mostProfiles + 1)}`;
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  if (answer.rowCount === 0) return noSamples;
  if (answer.rowCount > mostProfiles) {
    const message = `more than ${mostProfiles} profiles to read one by one: ask for a shorter range or fewer series`;
    throw new InputError('resource_exhausted', message);
  }
  const int64 = (name: string): BigInt64Array => columnOf(answer, name, 'Int64').values;
  const ids = withStacks ? columnOf(answer, 'ids', 'Array') : undefined;
  return {
    seriesIds: columnOf(answer, 'series_id', 'UInt64').values,
    timesNanos: int64('time_nanos'),
    durationsNanos: int64('duration_nanos'),
    periods: int64('period'),
    totals: int64('record_total'),
    sampleStart: ids?.starts ?? new Uint32Array(answer.rowCount + 1),
    stackIds: ids === undefined ? new BigUint64Array(0) : ofKind(ids.items, 'UInt64').values,
    values:
      ids === undefined ? new BigInt64Array(0) : ofKind(columnOf(answer, 'amounts', 'Array').items, 'Int64').values,
  };
}

const names = '(amount, stack, span, trace)';
const columns = 'stack_ids, arrayResize(span_ids, length(stack_ids)), arrayResize(trace_ids, length(stack_ids))';

function arraysOf({ sample }: SamplePlan, sources: readonly string[]): string {
  if (sample === undefined) return 'stack_ids AS ids, values AS amounts';
  const chosen = (of: string) => `arrayFilter(${names} -> ${sample(sources)}, ${of}, ${columns})`;
  return `${chosen('stack_ids')} AS ids, ${chosen('values')} AS amounts`;
}
