/**
 * What the values of a profile type are shown as: the twin of the same file of the Grafana data source, to which a test holds
 * it, so that an alert rule and a panel of the same query show the same numbers.
 *
 * Units: pprof's on the way in, Grafana's unit IDs on the way out.
 */
export interface MetricUnit {
  readonly unit: string;
  /** What the sum of a step is multiplied with. */
  readonly factor: (stepSeconds: number) => number;
  readonly isRate: boolean;
}

/** Measured as they are, where other values only grow. */
const stateTypes = new Set(['inuse_space', 'inuse_objects', 'goroutine', 'goroutines', 'threadcreate', 'threads']);
const seconds = new Map([
  ['nanoseconds', 1e-9],
  ['microseconds', 1e-6],
  ['milliseconds', 1e-3],
  ['seconds', 1],
]);
const flameUnits = new Map([
  ['nanoseconds', 'ns'],
  ['microseconds', 'µs'],
  ['milliseconds', 'ms'],
  ['seconds', 's'],
  ['bytes', 'bytes'],
  ['count', 'short'],
  ['', 'short'],
]);
const perSecond = new Map([
  ['bytes', 'binBps'],
  ['count', 'cps'],
  ['', 'cps'],
]);

export const isState = (profileTypeId: string): boolean => stateTypes.has(profileTypeId.split(':')[1] ?? '');

export function flameGraphUnit(profileTypeId: string): string {
  const unit = profileTypeId.split(':')[2] ?? '';
  return flameUnits.get(unit) ?? unit;
}

export function metricUnit(profileTypeId: string): MetricUnit {
  const [, sampleType = '', sampleUnit = ''] = profileTypeId.split(':');
  if (isState(profileTypeId)) return { unit: flameGraphUnit(profileTypeId), factor: () => 1, isRate: false };
  const scale = seconds.get(sampleUnit);
  if (scale === undefined) {
    const unit = perSecond.get(sampleUnit) ?? `suffix: ${sampleUnit}/s`;
    return { unit, factor: (stepSeconds) => 1 / stepSeconds, isRate: true };
  }
  const unit = sampleType === 'cpu' ? 'cores' : 'suffix: s/s';
  return { unit, factor: (stepSeconds) => scale / stepSeconds, isRate: true };
}

/** "process_cpu / cpu". */
export function profileTypeName(profileTypeId: string): string {
  const [name = '', sampleType = ''] = profileTypeId.split(':');
  return sampleType === '' ? profileTypeId : `${name} / ${sampleType}`;
}
