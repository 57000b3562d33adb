/** The flags of questions in PromQL, and of the metrics that profiles become for them; config.ts reads them as all others. */
import type { Flag, FlagReader } from './config.ts';
import type { Limits } from './limits.ts';

export const promqlFlags: readonly Flag[] = [
  { name: 'max-promql-steps', value: 'N', byDefault: '11000', help: 'points of a series that PromQL may be asked for' },
  {
    name: 'max-promql-points',
    value: 'N',
    byDefault: '25000000',
    help: 'points that a question in PromQL reads and makes',
  },
  { name: 'max-promql-time', value: '2m', byDefault: '2m', help: 'of a question in PromQL' },
  {
    name: 'max-metric-series',
    value: 'N',
    byDefault: '20000',
    help: 'series that a selector of PromQL makes of profiles',
  },
  { name: 'max-metric-points', value: 'N', byDefault: '5000000', help: 'points of these series together' },
  {
    name: 'max-metric-profiles',
    value: 'N',
    byDefault: '1000000',
    help: 'profiles that a selector of PromQL reads at once',
  },
  { name: 'max-metric-samples', value: 'N', byDefault: '50000000', help: 'samples that a selector of functions reads' },
  {
    name: 'metric-memory',
    value: 'SIZE',
    byDefault: '128MiB',
    help: 'profiles kept in memory between questions in PromQL',
  },
  {
    name: 'metric-lag',
    value: '1s|off',
    byDefault: '1s',
    help: 'what is written so short a time after metrics were read may be missing from them; off: nothing is',
  },
];

export type PromqlLimits = Pick<
  Limits,
  | 'promqlSteps'
  | 'promqlPoints'
  | 'promqlMillis'
  | 'metricSeries'
  | 'metricPoints'
  | 'metricProfiles'
  | 'metricSamples'
  | 'metricMemoryBytes'
  | 'metricLagMillis'
>;

export function readPromqlLimits({ read, count, size, duration, parseDuration }: FlagReader): PromqlLimits {
  const lag = (value: string): number | undefined => {
    const millis = parseDuration(value);
    return millis === Infinity ? 0 : millis;
  };
  return {
    promqlSteps: count('max-promql-steps'),
    promqlPoints: count('max-promql-points'),
    promqlMillis: duration('max-promql-time'),
    metricSeries: count('max-metric-series'),
    metricPoints: count('max-metric-points'),
    metricProfiles: count('max-metric-profiles'),
    metricSamples: count('max-metric-samples'),
    metricMemoryBytes: size('metric-memory'),
    metricLagMillis: read('metric-lag', lag, 'a duration, as in 500ms or 1s, or off'),
  };
}
