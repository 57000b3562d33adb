/** A store of made-up profiles, written as folded stacks, and PromQL asked of it: for tests. */
import { formatLabels } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import { sortLabels } from '../model/labels.ts';
import type { WriteBatch } from '../model/record.ts';
import { dayOfNanos, nanosOfMillis, unixNanos } from '../model/time.ts';
import { instantQuery, rangeQuery } from '../promql/query.ts';
import type { QueryAnswer, RangeQuestion } from '../promql/query.ts';
import { StackMemory } from '../query/stackMemory.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import type { Store } from '../store/store.ts';
import { defaultLimits } from '../limits.ts';
import { metricLimits, ProfileMetrics } from './profileMetrics.ts';
import type { MetricLimits } from './profileMetrics.ts';
import { watchWrites } from '../store/writeWatch.ts';
import type { WritableStore } from '../store/writeWatch.ts';

/** 2026-11-20, 12:00: a point of the grid. */
export const noonMillis = 1_795_176_000_000;
export const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
export const inuse = 'memory:inuse_space:bytes:space:bytes';

export interface MadeUpProfile {
  /** After noon; fractions are nanoseconds. */
  readonly seconds: number;
  /** "a;b 12": root first. In samples of 10 ms for cpu, in bytes for inuse. */
  readonly folded: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly durationSeconds?: number;
  readonly period?: bigint;
}

const periodNanos = 10_000_000n;
const idOf = (text: string): bigint =>
  [...text].reduce((hash, char) => BigInt.asUintN(63, hash * 31n + BigInt(char.codePointAt(0) ?? 0)), 7n);

export function batchOf(profile: MadeUpProfile, tenant = 'anonymous'): WriteBatch {
  const { seconds, folded, labels = {}, type = cpu, durationSeconds = 15, period = periodNanos } = profile;
  const rows = folded
    .map((line) => ({
      frames: line.slice(0, line.lastIndexOf(' ')).split(';'),
      value: BigInt(line.slice(line.lastIndexOf(' ') + 1)) * (type === cpu ? periodNanos : 1n),
    }))
    .map(({ frames, value }) => ({ id: idOf(frames.join(';')), frames, value }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const timeNanos = unixNanos(nanosOfMillis(noonMillis) + BigInt(Math.round(seconds * 1e9)));
  const names = [...new Set(rows.flatMap(({ frames }) => frames))];
  const [name = ''] = type.split(':');
  const all = { __profile_type__: type, __name__: name, service_name: 'shop', ...labels };
  const dictionary = {
    day: dayOfNanos(timeNanos),
    functions: names.map((text) => ({
      id: idOf(`f${text}`),
      name: text,
      systemName: '',
      file: '',
      startLine: 0,
    })),
    locations: names.map((text) => ({
      id: idOf(`l${text}`),
      file: '',
      buildId: '',
      address: 0n,
      mappingStart: 0n,
      mappingLimit: 0n,
      mappingOffset: 0n,
      functionIds: BigUint64Array.of(idOf(`f${text}`)),
      lines: Int32Array.of(0),
      columns: Int32Array.of(0),
    })),
    stacks: rows.map(({ id, frames }) => ({
      id,
      locationIds: BigUint64Array.from(frames.toReversed(), (text) => idOf(`l${text}`)),
    })),
  };
  const record = {
    labels: sortLabels(Object.entries(all).map(([key, value]) => ({ name: key, value }))),
    profileType: type,
    timeNanos,
    durationNanos: BigInt(Math.round(durationSeconds * 1e9)),
    period,
    profileId: new Uint8Array(16),
    stackIds: BigUint64Array.from(rows, ({ id }) => id),
    values: BigInt64Array.from(rows, ({ value }) => value),
    spanIds: new BigUint64Array(0),
    traceIds: new Uint8Array(0),
  };
  return { tenant, records: [record], dictionary: [dictionary] };
}

export interface MetricsSubject {
  readonly store: Store;
  readonly memory: StackMemory;
  readonly metrics: ProfileMetrics;
  readonly write: WritableStore['write'];
  /** Lines of labels and value, sorted, at so many seconds after noon. */
  readonly ask: (expression: string, seconds: number, tenant?: string) => Promise<readonly string[]>;
  /** "labels time=value time=value". */
  readonly askRange: (expression: string, question: Seconds) => Promise<readonly string[]>;
}

interface Seconds {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export async function metricsOver(
  profiles: readonly MadeUpProfile[],
  limits: Partial<MetricLimits> = {},
): Promise<MetricsSubject> {
  const store = openMemoryStore();
  const { store: watched, writes } = watchWrites(store);
  for (const profile of profiles) await watched.write(batchOf(profile));
  const memory = new StackMemory(2 ** 26);
  const metrics = new ProfileMetrics({
    store,
    memory,
    writes,
    limits: { ...metricLimits(defaultLimits), staleMillis: 0, ...limits },
  });
  const options = (tenant: string) => ({
    source: metrics.sourceOf(tenant),
    lookbackMillis: 300_000,
    mostPoints: 1e6,
    mostSteps: 11_000,
  });
  const millis = (seconds: number): number => noonMillis + seconds * 1_000;
  return {
    store,
    memory,
    metrics,
    write: watched.write,
    ask: async (expression, seconds, tenant = 'anonymous') =>
      linesOf(await instantQuery(expression, millis(seconds), options(tenant))),
    askRange: async (expression, { start, end, step }) => {
      const question: RangeQuestion = {
        startMillis: millis(start),
        endMillis: millis(end),
        stepMillis: step * 1_000,
      };
      return linesOf(await rangeQuery(expression, question, options('anonymous')));
    },
  };
}

function linesOf(answer: QueryAnswer): readonly string[] {
  if (answer.kind === 'scalar' || answer.kind === 'string') return [String(answer.value)];
  return answer.series
    .map(({ labels, times, values }) => {
      if (answer.kind === 'vector') return `${short(labels)} ${round(values[0])}`;
      const points = [...times].map((time, i) => `${(time - noonMillis) / 1_000}=${round(values[i])}`);
      return `${short(labels)} ${points.join(' ')}`;
    })
    .sort();
}

/** What every made-up series has alike is left out. */
const short = (labels: Labels): string =>
  formatLabels(
    labels.filter(
      ({ name, value }) => name !== '__name__' && !(name === 'profile_type' && value === cpu) && value !== 'shop',
    ),
  );

const round = (value: number | undefined): number => Number((value ?? NaN).toPrecision(6));
