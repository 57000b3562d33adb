/**
 * What the Parca agent measures, as our profile types.
 *
 * Shape:  producer:sample type:unit:period type:unit of a row -> `__name__`, sample type and period type:
 *
 *   parca_agent:samples:count:cpu:nanoseconds        process_cpu:cpu:nanoseconds:cpu:nanoseconds, value x period
 *   parca_agent:wallclock:nanoseconds:samples:count  off_cpu:off_cpu:nanoseconds::
 *   memory:inuse_space:bytes:space:bytes             the same
 *   anything else                                    the same
 *
 * Source: reference agents-wire 1.4 and 2.7: the types of the first two rows are those that Pyroscope makes of the
 *         OpenTelemetry profiler's, from which the agent is made.
 */
import type { ValueType } from '../../model/profile.ts';

export interface ParcaType {
  readonly name: string;
  readonly sampleType: ValueType;
  readonly periodType: ValueType | undefined;
  /** A value is a number of samples, each worth a period. */
  readonly isTicks: boolean;
}

const cpuTime: ValueType = { type: 'cpu', unit: 'nanoseconds' };

/** Samples that each stand for a period of CPU time. */
export const isCpuTicks = (sample: ValueType, period: ValueType | undefined, periodNanos: bigint): boolean =>
  sample.type === 'samples' &&
  sample.unit === 'count' &&
  period?.type === 'cpu' &&
  period.unit === 'nanoseconds' &&
  periodNanos > 0n;

export function parcaTypeOf(producer: string, sample: ValueType, period: ValueType, periodNanos: bigint): ParcaType {
  if (isCpuTicks(sample, period, periodNanos))
    return { name: 'process_cpu', sampleType: cpuTime, periodType: cpuTime, isTicks: true };
  if (sample.type === 'wallclock' && sample.unit === 'nanoseconds') {
    const sampleType = { type: 'off_cpu', unit: 'nanoseconds' };
    return { name: 'off_cpu', sampleType, periodType: undefined, isTicks: false };
  }
  const periodType = period.type === '' && period.unit === '' ? undefined : period;
  return { name: producer === '' ? 'parca_agent' : producer, sampleType: sample, periodType, isTicks: false };
}
