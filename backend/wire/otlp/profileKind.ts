/**
 * What a profile measures, by its sample type and period type, and what Pyroscope's users know it as.
 *
 * Shape:  samples:count with a cpu:nanoseconds period becomes process_cpu, cpu:nanoseconds, each value times the period.
 *         off_cpu:nanoseconds is off_cpu, and so is what eBPF agents of September 2025 called events:nanoseconds.
 *         Others go by the type of their period; without one (Pyroscope refuses these) by their own.
 * Units:  as the sample type says.
 * Source: reference pyroscope-api 3.11, agents-wire 2.5, 2.7.
 */
import type { ValueType } from '../../model/profile.ts';

export interface ProfileKind {
  /** `__name__` of the series. */
  readonly name: string;
  readonly sampleType: ValueType;
  /** By which values are multiplied. */
  readonly factor: bigint;
}

const isType = (valueType: ValueType | undefined, type: string, unit: string): boolean =>
  valueType?.type === type && valueType.unit === unit;

export function profileKindOf(sampleType: ValueType, periodType: ValueType | undefined, period: bigint): ProfileKind {
  if (isType(sampleType, 'samples', 'count') && isType(periodType, 'cpu', 'nanoseconds')) {
    return period > 0n
      ? { name: 'process_cpu', sampleType: { type: 'cpu', unit: 'nanoseconds' }, factor: period }
      : { name: 'process_cpu', sampleType, factor: 1n };
  }
  const isOffCpu =
    isType(sampleType, 'off_cpu', 'nanoseconds') ||
    (isType(sampleType, 'events', 'nanoseconds') && periodType === undefined);
  if (isOffCpu) return { name: 'off_cpu', sampleType: { type: 'off_cpu', unit: 'nanoseconds' }, factor: 1n };
  const name = periodType === undefined || periodType.type === '' ? sampleType.type : periodType.type;
  return { name, sampleType, factor: 1n };
}
