/**
 * A scope as conditions on `profiles`: which records, and which of their samples.
 *
 * Shape:  tenant, profile type, series and time follow the primary key, so that most granules are never read; days prune
 *         partitions. Span and trace arrays are made as long as the stack ids first: where a record has none they are
 *         zeros, which no question asks for.
 */
import { dayOfNanos, unixNanos } from '../../model/time.ts';
import type { TimeRange } from '../../model/time.ts';
import type { Catalog } from '../catalog.ts';
import type { SampleScope } from '../store.ts';
import { clampInt64, intLiteral, int64Literal, quoteText, textList } from './dialect.ts';
import type { HiddenCommits } from './hiddenCommits.ts';
import { fixed16Set, uint64Set, uuidSet } from './idSet.ts';
import type { SqlPart } from './idSet.ts';
import type { NativeBlock } from './nativeColumns.ts';
import { sampleCondition } from './sampleSlices.ts';

export interface SamplePlan {
  readonly tables: NativeBlock[];
  /** Tenant, type and series, as every table of samples or sums has them. */
  readonly series: SqlPart;
  /** Records that hold at least one sample in scope. */
  readonly where: SqlPart;
  /** Condition on one sample's `stack`, `span` and `trace`; undefined: all samples of a record count. */
  readonly sample: SqlPart | undefined;
}

const spans = 'arrayResize(span_ids, length(stack_ids))';
const traces = 'arrayResize(trace_ids, length(stack_ids))';

/** undefined: nothing can match, and the engine need not be asked. Stretches are parts of the range that alone are meant. */
export function planSamples(
  scope: SampleScope,
  catalog: Catalog,
  hidden: HiddenCommits,
  stretches: readonly TimeRange[] = [scope.range],
): SamplePlan | undefined {
  const { tenant, range, profileIds, profileShare } = scope;
  const known = [...scope.seriesIds].flatMap((id) => catalog.byId(tenant, id) ?? []);
  if (known.length === 0 || range.start > range.end || profileIds?.length === 0) return undefined;
  const tables: NativeBlock[] = [];
  const sample = planSample(tables, scope);
  if (sample === 'none') return undefined;
  const types = [...new Set(known.map(({ profileType }) => profileType))];
  const ids = uint64Set(
    tables,
    BigUint64Array.from(known, ({ id }) => id),
  );
  const series: SqlPart = (sources) =>
    `tenant = ${quoteText(tenant)} AND profile_type IN (${textList(types)}) AND series_id IN ${ids(sources)}`;
  const profiles = profileIds && uuidSet(tables, profileIds);
  const bounds = catalog.bounds(tenant);
  const sampled =
    profileShare === undefined || bounds === undefined
      ? undefined
      : sampleCondition(tables, scope, profileShare, bounds);
  const where: SqlPart = (sources) =>
    `${series(sources)} AND (${stretches.map(timesOf).join(' OR ') || '0'})` +
    (profiles === undefined ? '' : ` AND profile_id IN ${profiles(sources)}`) +
    (sampled === undefined ? '' : ` AND ${sampled(sources)}`) +
    (sample === undefined
      ? ''
      : ` AND arrayExists((stack, span, trace) -> ${sample(sources)}, stack_ids, ${spans}, ${traces})`) +
    hidden.condition();
  return { tables, series, where, sample };
}

const timesOf = (range: TimeRange): string =>
  `time_nanos >= ${int64Literal(range.start)} AND time_nanos <= ${int64Literal(range.end)} AND ${daysOf(range)}`;

/** A day that holds any moment of the range. */
export function daysOf({ start, end }: TimeRange): string {
  const day = (nanos: bigint) => intLiteral(dayOfNanos(unixNanos(clampInt64(nanos))));
  return `day >= ${day(start)} AND day <= ${day(end)}`;
}

/** One record's total over the samples in scope. */
export function totalOf({ sample }: SamplePlan, sources: readonly string[]): string {
  if (sample === undefined) return 'total';
  return (
    `arraySum((value, stack, span, trace) -> if(${sample(sources)}, value, 0),` +
    ` values, stack_ids, ${spans}, ${traces})`
  );
}

/** The arrays of a record that ARRAY JOIN unfolds into samples, and how. */
export function samplesOf({ sample }: SamplePlan, sources: readonly string[]): { arrays: string; unfold: string } {
  if (sample === undefined) {
    return { arrays: 'stack_ids, values', unfold: 'ARRAY JOIN stack_ids AS stack, values AS value' };
  }
  return {
    arrays: `stack_ids, values, ${spans} AS spans, ${traces} AS traces`,
    unfold:
      'ARRAY JOIN stack_ids AS stack, values AS value, spans AS span, traces AS trace' + ` WHERE ${sample(sources)}`,
  };
}

/** Only samples that belong to a span. */
export function withSpans(plan: SamplePlan): SamplePlan {
  const { sample } = plan;
  return { ...plan, sample: (sources) => `span != 0${sample === undefined ? '' : ` AND ${sample(sources)}`}` };
}

/** Zero stands for "no span" and "no trace", which cannot be asked for. */
function planSample(tables: NativeBlock[], { spanIds, traceIds, stackIds }: SampleScope): SqlPart | undefined | 'none' {
  const wantedSpans = spanIds?.filter((id) => id !== 0n);
  const wantedTraces = traceIds?.filter((id) => id.some((byte) => byte !== 0));
  if (wantedSpans?.length === 0 || wantedTraces?.length === 0 || stackIds?.length === 0) return 'none';
  const bySpan = wantedSpans && uint64Set(tables, wantedSpans);
  const byTrace = wantedTraces && fixed16Set(tables, wantedTraces);
  const byStack = stackIds && uint64Set(tables, stackIds);
  if (bySpan === undefined && byTrace === undefined && byStack === undefined) return undefined;
  return (sources) =>
    [
      bySpan && `span IN ${bySpan(sources)}`,
      byTrace && `trace IN ${byTrace(sources)}`,
      byStack && `stack IN ${byStack(sources)}`,
    ]
      .filter((part) => part !== undefined)
      .join(' AND ');
}
