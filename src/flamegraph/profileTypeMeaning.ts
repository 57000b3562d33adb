/**
 * What the values of a profile type mean over time, and what people call the type.
 *
 * Shape:  a profile type ID is name:sampleType:sampleUnit:periodType:periodUnit, and ":delta" may follow.
 * Units:  sampleUnit is pprof's; `factor` turns the sum of a step into what is shown per second.
 *
 * Values of most types grow while a process runs (CPU time, allocations, waits): over time they are shown as rates per
 * second. Types that measure a state (memory in use, goroutines) are shown as they are.
 */
export interface ProfileTypeMeaning {
  readonly sampleType: string;
  readonly sampleUnit: string;
  /** cores: CPU time per second of the clock; seconds: other time per second. */
  readonly overTime: 'state' | 'cores' | 'seconds' | 'rate';
  readonly factor: (stepSeconds: number) => number;
}

const stateTypes = new Set(['inuse_space', 'inuse_objects', 'goroutine', 'goroutines', 'threadcreate', 'threads']);

/** Seconds per unit, for units of time. */
const seconds: Readonly<Record<string, number>> = {
  nanoseconds: 1e-9,
  microseconds: 1e-6,
  milliseconds: 1e-3,
  seconds: 1,
};

export function profileTypeMeaning(profileTypeId: string): ProfileTypeMeaning {
  const [, sampleType = '', sampleUnit = ''] = profileTypeId.split(':');
  const scale = seconds[sampleUnit];
  if (stateTypes.has(sampleType)) return { sampleType, sampleUnit, overTime: 'state', factor: () => 1 };
  if (scale === undefined) {
    return { sampleType, sampleUnit, overTime: 'rate', factor: (stepSeconds) => 1 / stepSeconds };
  }
  const overTime = sampleType === 'cpu' ? 'cores' : 'seconds';
  return { sampleType, sampleUnit, overTime, factor: (stepSeconds) => scale / stepSeconds };
}

/** "process_cpu / cpu". */
export function profileTypeLabel(profileTypeId: string): string {
  const [name = '', sampleType = ''] = profileTypeId.split(':');
  return sampleType === '' ? profileTypeId : `${name} / ${sampleType}`;
}
