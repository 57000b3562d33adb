/**
 * Which of Grafana's units the values of a profile type are shown in.
 *
 * Units: pprof's on the way in, Grafana's unit IDs on the way out.
 */
import { profileTypeMeaning } from '../../flamegraph/profileTypeMeaning.ts';

export interface MetricUnit {
  /** A Grafana unit ID. */
  readonly unit: string;
  /** What a value is multiplied with, given the seconds of a step. */
  readonly factor: (stepSeconds: number) => number;
  readonly isRate: boolean;
}

const flameUnits: Readonly<Record<string, string>> = {
  nanoseconds: 'ns',
  microseconds: 'µs',
  milliseconds: 'ms',
  seconds: 's',
  bytes: 'bytes',
  count: 'short',
  '': 'short',
};

const perSecond: Readonly<Record<string, string>> = { bytes: 'binBps', count: 'cps', '': 'cps' };

/** The unit of a flame graph's values. */
export function flameGraphUnit(profileTypeId: string): string {
  const { sampleUnit } = profileTypeMeaning(profileTypeId);
  return flameUnits[sampleUnit] ?? sampleUnit;
}

/** The unit of a time series, and what to do with the server's sums per step. */
export function metricUnit(profileTypeId: string): MetricUnit {
  const { sampleUnit, overTime, factor } = profileTypeMeaning(profileTypeId);
  switch (overTime) {
    case 'state':
      return { unit: flameGraphUnit(profileTypeId), factor, isRate: false };
    case 'cores':
      return { unit: 'cores', factor, isRate: true };
    case 'seconds':
      return { unit: 'suffix: s/s', factor, isRate: true };
    case 'rate':
      return { unit: perSecond[sampleUnit] ?? `suffix: ${sampleUnit}/s`, factor, isRate: true };
  }
}
