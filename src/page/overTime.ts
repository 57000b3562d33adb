/** Which points the chart asks for, and how their values and the sum of a range are written. */
import { formatValue } from '../flamegraph/formatValue.ts';
import { profileTypeMeaning } from '../flamegraph/profileTypeMeaning.ts';
import type { SeriesPoint } from './askServer.ts';
import type { MillisRange } from './timeRange.ts';

/** Agents send every 15 s, now and then a moment late: in steps as long as that, holes would open that are none. */
const leastStepMillis = 30_000;
const mostPoints = 240;
const roundSteps = [30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1_000,
);

export interface Steps extends MillisRange {
  readonly stepMillis: number;
}

/** Steps begin at multiples of themselves, so that a refresh moves no bar; the last one reaches behind the end. */
export function stepsOf({ startMillis, endMillis }: MillisRange): Steps {
  const least = Math.max(leastStepMillis, (endMillis - startMillis) / mostPoints);
  const stepMillis = roundSteps.find((step) => step >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  return {
    startMillis: Math.ceil(startMillis / stepMillis) * stepMillis,
    endMillis: Math.max(1, Math.ceil(endMillis / stepMillis)) * stepMillis,
    stepMillis,
  };
}

/** The sums of steps as what is shown: cores, bytes per second, ... */
export function scaledPoints(
  profileTypeId: string,
  points: readonly SeriesPoint[],
  stepMillis: number,
): readonly SeriesPoint[] {
  const factor = profileTypeMeaning(profileTypeId).factor(stepMillis / 1_000);
  return points.map(({ timeMillis, value }) => ({ timeMillis, value: value * factor }));
}

/** Writes one scaled value. */
export function formatOverTime(profileTypeId: string, value: number): string {
  const { overTime, sampleUnit } = profileTypeMeaning(profileTypeId);
  switch (overTime) {
    case 'state':
      return formatValue(value, sampleUnit);
    case 'cores':
      return coresText(formatCores(value));
    case 'seconds':
      return `${formatValue(value, 'seconds')} per s`;
    case 'rate':
      return `${formatValue(value, sampleUnit)}/s`;
  }
}

/** What is shown, in the unit that people think in, and the raw total beside it. */
export function headlineOf(profileTypeId: string, total: number, { startMillis, endMillis }: MillisRange): string {
  const { overTime, sampleUnit, factor } = profileTypeMeaning(profileTypeId);
  const raw = formatValue(total, sampleUnit);
  if (overTime === 'state') return `${raw} in all profiles`;
  const average = total * factor((endMillis - startMillis) / 1_000);
  return `${formatOverTime(profileTypeId, average)} on average · ${raw}`;
}

/** By what is read: 0.998 is written as 1. */
const coresText = (cores: string): string => `${cores} ${cores === '1' ? 'core' : 'cores'}`;

/** A thousandth of a core is still worth a digit. */
function formatCores(cores: number): string {
  if (cores >= 0.0995 || cores === 0) return formatValue(cores, 'count');
  return String(Number(cores.toPrecision(2)));
}
