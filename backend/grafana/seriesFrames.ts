/**
 * Time series as frames: one a series, of the kind "timeseries-multi", which Grafana's alerting takes as it is. The twin of the
 * data source's frames.
 *
 * Units: per second and in cores, as profileTypeUnits has them.
 */
import type { Label } from '../model/labels.ts';
import type { SeriesLine } from '../model/seriesLine.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { DataFrame, FieldConfig } from './dataFrame.ts';
import { metricUnit, profileTypeName } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';

export function seriesFrames(asked: AskedQuery, lines: readonly SeriesLine[]): readonly DataFrame[] {
  const { profileTypeId } = asked.query;
  const { unit, factor, isRate } = metricUnit(profileTypeId);
  const scale = factor(asked.stepSeconds);
  return lines.map(({ labels, points }) =>
    timeSeriesFrame(asked, {
      name: seriesName(profileTypeId, labels),
      labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
      config: { unit },
      custom: { profileTypeId, rateCalculated: isRate },
      times: points.map(({ timeMillis }) => timeMillis),
      values: points.map(({ value }) => value * scale),
    }),
  );
}

export interface TimeSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: FieldConfig;
  readonly custom: object;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export function timeSeriesFrame({ refId, stepSeconds }: AskedQuery, series: TimeSeries): DataFrame {
  const { name, labels, config, custom, times, values } = series;
  return {
    name,
    refId,
    meta: { type: 'timeseries-multi', typeVersion: [0, 1], preferredVisualisationType: 'graph', custom },
    fields: [
      {
        name: 'time',
        kind: 'time',
        // With the step known, panels can tell a gap from two points far apart.
        config: { interval: stepSeconds * 1_000 },
        values: BigInt64Array.from(times, nanosOfMillis),
      },
      {
        name: 'value',
        kind: 'float',
        labels,
        config: { ...config, displayNameFromDS: name },
        values: Float64Array.from(values),
      },
    ],
  };
}

/** The value when there is one label, as legends have it. */
export function seriesName(profileTypeId: string, labels: readonly Label[]): string {
  const [only, ...others] = labels;
  if (only === undefined) return profileTypeName(profileTypeId);
  if (others.length === 0) return only.value === '' ? `no ${only.name}` : only.value;
  return `{${labels.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
