/** How much there is to read: the sizes of arrays, which the engine keeps beside them, so that no sample is read. */
import type { ScopeSize } from '../store.ts';
import type { Engine } from './engine.ts';
import { columnOf } from './nativeColumns.ts';
import type { SamplePlan } from './samplePlan.ts';

export async function measure(engine: Engine, plan: SamplePlan | undefined, signal?: AbortSignal): Promise<ScopeSize> {
  if (plan === undefined) return { profileCount: 0, sampleCount: 0, sampleBytes: 0 };
  const sql = (sources: readonly string[]): string =>
    'SELECT toUInt64(count()) AS profile_count, toUInt64(sum(length(stack_ids))) AS sample_count,' +
    ' toUInt64(sum(8 * length(span_ids) + 16 * length(trace_ids))) AS span_bytes' +
    ` FROM profiles WHERE ${plan.where(sources)}`;
  const answer = await engine.ask({ tables: plan.tables, sql }, signal);
  const number = (name: string): number => Number(columnOf(answer, name, 'UInt64').values[0] ?? 0n);
  const sampleCount = number('sample_count');
  return { profileCount: number('profile_count'), sampleCount, sampleBytes: 16 * sampleCount + number('span_bytes') };
}
