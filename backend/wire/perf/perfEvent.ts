/**
 * The samples of one perf event, and the profile type that they become.
 *
 * Shape:  cpu-clock and task-clock are CPU time: process_cpu:cpu:nanoseconds:cpu:nanoseconds. Cycles are process_cpu:cycles:count::,
 *         any other event is perf:<event>:count:: with letters, digits and _ only, as a type ID allows.
 * Units:  the period that perf printed is the weight: nanoseconds of a clock, else a count. Without it a sample weighs 1; of a
 *         clock it then weighs 1e9 / sample rate when the sender said a rate, else the type is process_cpu:samples:count.
 * Source: reference agents-wire, chapter 5.
 */
import type { LabelledProfile } from '../../model/labelledProfile.ts';
import type { Profile, ValueType } from '../../model/profile.ts';
import type { ProfileTables } from '../../model/profileBuilder.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import type { StackRow } from '../folded/stackSums.ts';
import { StackSums } from '../folded/stackSums.ts';
import type { ReadingHead } from '../ingest/readingHead.ts';
import { namedLabels } from '../ingest/readingHead.ts';
import { nanosPerSecond } from '../ingest/textProfileType.ts';

export interface PerfHead extends ReadingHead {
  /** Samples a second, when the sender said it: /ingest's sampleRate. */
  readonly sampleRate: number | undefined;
}

const clocks = new Set(['cpu-clock', 'task-clock']);
const cpu: ValueType = { type: 'cpu', unit: 'nanoseconds' };

export class PerfEvent {
  readonly sums: StackSums;
  private readonly name: string;
  private hasAllPeriods = true;
  /** Of all samples so far; undefined: they differ, or there is none. */
  private samePeriod: bigint | undefined;
  private samples = 0;

  constructor(name: string, limits: TextLimits) {
    this.name = name;
    this.sums = new StackSums('perf', limits);
  }

  add(key: string, period: bigint | undefined, stack: () => Pick<StackRow, 'locations' | 'labels'>): void {
    if (period === undefined) this.hasAllPeriods = false;
    else if (this.samples === 0) this.samePeriod = period;
    if (period !== this.samePeriod) this.samePeriod = undefined;
    this.samples++;
    this.sums.add(key, period ?? 1n, stack);
  }

  finish(tables: ProfileTables, head: PerfHead, durationNanos: bigint): LabelledProfile {
    const { sampleType, metricName, isTimed, rate } = this.typeOf(head);
    const period = rate !== undefined ? nanosPerSecond / rate : (this.samePeriod ?? 0n);
    const profile: Pick<Profile, 'sampleTypes' | 'periodType' | 'period' | 'timeNanos' | 'durationNanos'> = {
      sampleTypes: [sampleType],
      periodType: isTimed ? cpu : undefined,
      period: isTimed ? period : 0n,
      timeNanos: head.timeNanos,
      durationNanos,
    };
    const valueOf = ({ count, sum }: StackRow): bigint => {
      if (rate !== undefined) return (BigInt(count) * nanosPerSecond) / rate;
      // Periods beside samples without any: all are counted as samples.
      return this.hasAllPeriods ? sum : BigInt(count);
    };
    return { labels: namedLabels(metricName, ...head.labels), profile: this.sums.finish(tables, profile, valueOf) };
  }

  private typeOf(head: PerfHead): {
    readonly sampleType: ValueType;
    readonly metricName: string;
    readonly isTimed: boolean;
    /** Set when it stands in for the periods. */
    readonly rate: bigint | undefined;
  } {
    if (!clocks.has(this.name)) {
      const type = typeName(this.name);
      const metricName = /(^|_)(cpu_)?cycles$/.test(type) ? 'process_cpu' : 'perf';
      return { sampleType: { type, unit: 'count' }, metricName, isTimed: false, rate: undefined };
    }
    const rate = this.hasAllPeriods || head.sampleRate === undefined ? undefined : BigInt(head.sampleRate);
    const hasNanos = this.hasAllPeriods || rate !== undefined;
    const sampleType = hasNanos ? cpu : { type: 'samples', unit: 'count' };
    return { sampleType, metricName: 'process_cpu', isTimed: true, rate };
  }
}

/** L1-dcache-load-misses -> L1_dcache_load_misses; sched:sched_switch -> sched_sched_switch. */
const typeName = (event: string): string => {
  const name = event.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
  return name === '' ? 'events' : name;
};
