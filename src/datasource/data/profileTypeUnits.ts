/**
 * How values of a profile type are shown.
 *
 * Shape:  a profile type ID is name:sampleType:sampleUnit:periodType:periodUnit, and ":delta" may follow.
 * Units:  pprof's on the way in, Grafana's unit IDs on the way out.
 *
 * Values of most types grow while a process runs (CPU time, allocations, waits): over time they are shown as rates per
 * second. Types that measure a state (memory in use, goroutines) are shown as they are.
 */
export interface MetricUnit {
  /** A Grafana unit ID. */
  readonly unit: string;
  /** What a value is multiplied with, given the seconds of a step. */
  readonly factor: (stepSeconds: number) => number;
  readonly isRate: boolean;
}

const stateTypes = new Set(['inuse_space', 'inuse_objects', 'goroutine', 'goroutines', 'threadcreate', 'threads']);

const flameUnits: Readonly<Record<string, string>> = {
  nanoseconds: 'ns',
  microseconds: 'µs',
  milliseconds: 'ms',
  seconds: 's',
  bytes: 'bytes',
  count: 'short',
  '': 'short',
};

/** Seconds per unit, for units of time. */
const seconds: Readonly<Record<string, number>> = { nanoseconds: 1e-9, microseconds: 1e-6, milliseconds: 1e-3, seconds: 1 };

const partsOf = (profileTypeId: string) => {
  const [name = '', sampleType = '', sampleUnit = ''] = profileTypeId.split(':');
  return { name, sampleType, sampleUnit };
};

/** The unit of a flame graph's values. */
export function flameGraphUnit(profileTypeId: string): string {
  const { sampleUnit } = partsOf(profileTypeId);
  return flameUnits[sampleUnit] ?? sampleUnit;
}

/** The unit of a time series, and what to do with the server's sums per step. */
export function metricUnit(profileTypeId: string): MetricUnit {
  const { sampleType, sampleUnit } = partsOf(profileTypeId);
  if (stateTypes.has(sampleType)) {
    return { unit: flameGraphUnit(profileTypeId), factor: () => 1, isRate: false };
  }
  const scale = seconds[sampleUnit];
  if (scale !== undefined) {
    // CPU time per second of the clock is the number of busy cores.
    const unit = sampleType === 'cpu' ? 'cores' : 'suffix: s/s';
    return { unit, factor: (stepSeconds) => scale / stepSeconds, isRate: true };
  }
  const perSecond: Readonly<Record<string, string>> = { bytes: 'binBps', count: 'cps', '': 'cps' };
  return {
    unit: perSecond[sampleUnit] ?? `suffix: ${sampleUnit}/s`,
    factor: (stepSeconds) => 1 / stepSeconds,
    isRate: true,
  };
}

/** What people call a type: "process_cpu / cpu". */
export function profileTypeLabel(profileTypeId: string): string {
  const { name, sampleType } = partsOf(profileTypeId);
  return sampleType === '' ? profileTypeId : `${name} / ${sampleType}`;
}
