/**
 * Answers of the server as Grafana's data frames.
 *
 * A flame graph is the nested set that Grafana's own flame graph panel reads (level, value, self, label), so that either
 * panel draws it. Series are one frame each, of the kind "timeseries-multi".
 */
import type { DataFrame, Labels } from '@grafana/data';
import { createDataFrame, DataFrameType, FieldType } from '@grafana/data';
import type { FlameGraphAnswer } from '../../flamegraph/decodeLevels.ts';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { Accuracy } from './accuracy.ts';
import type { Exemplar } from './exemplarFrames.ts';
import type { GraphSources } from './graphSources.ts';
import { formatLabelSelector } from './labelSelector.ts';
import { flameGraphUnit, metricUnit } from './profileTypeUnits.ts';
import type { MillisRange } from './requests.ts';

export interface LabelPair {
  readonly name: string;
  readonly value?: string;
}

/** protobuf's JSON leaves zeros out. */
export interface SeriesAnswer {
  readonly labels?: readonly LabelPair[];
  readonly points?: readonly {
    readonly value?: number | string;
    readonly timestamp?: string;
    readonly exemplars?: readonly Exemplar[];
  }[];
}

/** Told beside the graph; the panel reads it. */
export interface GraphOrigin extends MillisRange, GraphSources {
  readonly accuracy?: Accuracy;
  /** Of one group of several: its name, and the selector that has it alone. */
  readonly group?: string;
  readonly labelSelector?: string;
}

export function flameGraphFrame(
  refId: string,
  profileTypeId: string,
  answer: FlameGraphAnswer,
  origin: GraphOrigin,
): DataFrame {
  const unit = flameGraphUnit(profileTypeId);
  const graph = decodeLevels(answer, unit);
  return createDataFrame({
    name: origin.group ?? profileTypeLabel(profileTypeId),
    refId,
    meta: { preferredVisualisationType: 'flamegraph', custom: { profileTypeId, ...origin } },
    fields: [
      { name: 'level', type: FieldType.number, config: { displayName: 'Level' }, values: [...graph.level] },
      { name: 'value', type: FieldType.number, config: { displayName: 'Total', unit }, values: [...graph.total] },
      { name: 'self', type: FieldType.number, config: { displayName: 'Self', unit }, values: [...graph.self] },
      {
        name: 'label',
        type: FieldType.enum,
        config: { displayName: 'Function', type: { enum: { text: [...graph.names] } } },
        values: [...graph.name],
      },
      ...(graph.shareErrors === undefined ? [] : [shareErrorField([...graph.shareErrors])]),
    ],
  });
}

/** Of an estimate: each frame's share of the whole is at most so far off in 95 of 100 cases. */
const shareErrorField = (values: number[]) => ({
  name: 'shareError',
  type: FieldType.number,
  config: { displayName: 'Error of the share (95 %)', unit: 'percentunit' },
  values,
});

export function seriesFrames(
  refId: string,
  profileTypeId: string,
  stepSeconds: number,
  answer: readonly SeriesAnswer[],
): readonly DataFrame[] {
  const { unit, factor, isRate } = metricUnit(profileTypeId);
  const scale = factor(stepSeconds);
  return answer.map(({ labels = [], points = [] }) => {
    const name = seriesName(profileTypeId, labels);
    return createDataFrame({
      name,
      refId,
      meta: {
        type: DataFrameType.TimeSeriesMulti,
        typeVersion: [0, 1],
        preferredVisualisationType: 'graph',
        custom: { profileTypeId, rateCalculated: isRate },
      },
      fields: [
        {
          name: 'time',
          type: FieldType.time,
          // With the step known, panels can tell a gap from two points far apart.
          config: { interval: stepSeconds * 1000 },
          values: points.map(({ timestamp = '0' }) => Number(timestamp)),
        },
        {
          name: 'value',
          type: FieldType.number,
          labels: labelsOf(labels),
          config: { unit, displayNameFromDS: name },
          values: points.map(({ value = 0 }) => Number(value) * scale),
        },
      ],
    });
  });
}

export const labelsOf = (pairs: readonly LabelPair[]): Labels =>
  Object.fromEntries(pairs.map(({ name, value = '' }) => [name, value]));

export function seriesName(profileTypeId: string, labels: readonly LabelPair[]): string {
  const [only, ...others] = labels;
  if (only === undefined) return profileTypeLabel(profileTypeId);
  if (others.length === 0) return only.value === undefined || only.value === '' ? `no ${only.name}` : only.value;
  return formatLabelSelector(labels.map(({ name, value = '' }) => ({ name, operator: '=', value })));
}
