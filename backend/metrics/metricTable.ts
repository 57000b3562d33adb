/**
 * The metrics that profiles are told as, and what the values of a profile type mean in them.
 *
 * Shape:  every metric has all labels of its series and profile_type; those of functions also function and mode.
 * Units:  rates: cores (seconds of CPU time per second) for time, else the profile type's unit per second. Values: the
 *         profile type's unit. Shares: 0 to 1.
 */
export type Measure = 'rate' | 'value' | 'share' | 'share_low' | 'share_high';

export interface Metric {
  readonly name: string;
  readonly subject: 'profile' | 'function';
  readonly measure: Measure;
  readonly help: string;
  readonly unit: string;
}

export const metrics: readonly Metric[] = [
  {
    name: 'pyrolens_profile_rate',
    subject: 'profile',
    measure: 'rate',
    help: 'What profiles of growing quantities show, per second: cores for CPU time, else the unit of the profile type.',
    unit: '',
  },
  {
    name: 'pyrolens_profile_value',
    subject: 'profile',
    measure: 'value',
    help: 'What profiles of a state show, as memory in use or goroutines: the mean, in the unit of the profile type.',
    unit: '',
  },
  {
    name: 'pyrolens_function_rate',
    subject: 'function',
    measure: 'rate',
    help: 'The part of pyrolens_profile_rate that is a function’s: mode "self" without, "total" with what it calls.',
    unit: '',
  },
  {
    name: 'pyrolens_function_value',
    subject: 'function',
    measure: 'value',
    help: 'The part of pyrolens_profile_value that is a function’s: mode "self" without, "total" with what it calls.',
    unit: '',
  },
  {
    name: 'pyrolens_function_share',
    subject: 'function',
    measure: 'share',
    help: 'A function’s value over that of its whole series in the same 15 s.',
    unit: 'ratio',
  },
  {
    name: 'pyrolens_function_share_low',
    subject: 'function',
    measure: 'share_low',
    help: 'The lower end of the 95 % confidence interval of pyrolens_function_share, from the number of samples.',
    unit: 'ratio',
  },
  {
    name: 'pyrolens_function_share_high',
    subject: 'function',
    measure: 'share_high',
    help: 'The upper end of the 95 % confidence interval of pyrolens_function_share, from the number of samples.',
    unit: 'ratio',
  },
];

export interface TypeMeaning {
  /** A state has values, everything else has rates. */
  readonly isState: boolean;
  /** Seconds per unit for units of time, else 1. */
  readonly scale: number;
  /** How many samples a value stands for: one a period, one a unit, or nobody knows. */
  readonly sampling: 'period' | 'unit' | 'unknown';
}

const stateTypes = new Set(['inuse_space', 'inuse_objects', 'goroutine', 'goroutines', 'threadcreate', 'threads']);

const secondsPerUnit: Readonly<Record<string, number>> = {
  nanoseconds: 1e-9,
  microseconds: 1e-6,
  milliseconds: 1e-3,
  seconds: 1,
};

export function typeMeaning(profileType: string): TypeMeaning {
  const [, sampleType = '', sampleUnit = '', , periodUnit = ''] = profileType.split(':');
  const sampling = sampleUnit === periodUnit ? 'period' : sampleUnit === 'count' ? 'unit' : 'unknown';
  return { isState: stateTypes.has(sampleType), scale: secondsPerUnit[sampleUnit] ?? 1, sampling };
}

export const hasMeasure = ({ measure }: Metric, { isState }: TypeMeaning): boolean =>
  measure === 'rate' ? !isState : measure === 'value' ? isState : true;
