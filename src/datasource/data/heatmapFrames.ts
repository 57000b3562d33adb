/**
 * How many profiles (or spans) had how large a total, over time: the frame that Grafana's heatmap panel reads as cells.
 *
 * Shape:  rows of (xMax, yMin, yMax, count), one per cell that has any; a slot's time is its right edge.
 * Source: querier.v1.SelectHeatmap; DataFrameType "heatmap-cells".
 */
import type { DataFrame } from '@grafana/data';
import { createDataFrame, DataFrameType, FieldType } from '@grafana/data';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { Exemplar } from './exemplarFrames.ts';
import type { LabelPair } from './frames.ts';
import { labelsOf } from './frames.ts';
import { flameGraphUnit } from './profileTypeUnits.ts';

/** Explore would draw lines of the cells' bounds. */
const heatmapPanel = 'heatmap';

export interface HeatmapSlotAnswer {
  readonly timestamp?: string;
  readonly yMin?: readonly (number | string)[];
  readonly counts?: readonly number[];
  readonly exemplars?: readonly Exemplar[];
}
export interface HeatmapSeriesAnswer {
  readonly labels?: readonly LabelPair[];
  readonly slots?: readonly HeatmapSlotAnswer[];
}

export function heatmapFrames(
  refId: string,
  profileTypeId: string,
  stepSeconds: number,
  series: readonly HeatmapSeriesAnswer[],
): readonly DataFrame[] {
  return series.map(({ labels = [], slots = [] }) => {
    const cells = slots.flatMap((slot) => cellsOf(slot));
    const unit = flameGraphUnit(profileTypeId);
    return createDataFrame({
      name: profileTypeLabel(profileTypeId),
      refId,
      meta: { type: DataFrameType.HeatmapCells, preferredVisualisationPluginId: heatmapPanel, custom: { profileTypeId } },
      fields: [
        {
          name: 'xMax',
          type: FieldType.time,
          config: { interval: stepSeconds * 1000 },
          values: cells.map(({ timeMillis }) => timeMillis),
        },
        { name: 'yMin', type: FieldType.number, config: { unit }, values: cells.map(({ from }) => from) },
        { name: 'yMax', type: FieldType.number, config: { unit }, values: cells.map(({ to }) => to) },
        {
          name: 'count',
          type: FieldType.number,
          config: { unit: 'short' },
          labels: labelsOf(labels),
          values: cells.map(({ count }) => count),
        },
      ],
    });
  });
}

interface Cell {
  readonly timeMillis: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Rows are equally high; the last one's upper bound is not said. */
function cellsOf({ timestamp = '0', yMin = [], counts = [] }: HeatmapSlotAnswer): readonly Cell[] {
  const bounds = yMin.map(Number);
  const height = bounds.length > 1 ? (bounds[1] ?? 0) - (bounds[0] ?? 0) : 1;
  return counts.flatMap((count, row) => {
    const from = bounds[row] ?? 0;
    return count === 0 ? [] : [{ timeMillis: Number(timestamp), from, to: bounds[row + 1] ?? from + height, count }];
  });
}
