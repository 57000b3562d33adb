/** Our answers -> Pyroscope's messages, as the init objects that protobuf-es takes. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Label, Labels } from '../../model/labels.ts';
import type { CallTree } from '../../model/callTree.ts';
import type { CallTreePair } from '../../model/callTreePair.ts';
import type { Heatmap } from '../../model/heatmap.ts';
import type { Exemplar, SeriesLine } from '../../model/seriesLine.ts';
import type {
  AnalyzeQueryResponseSchema,
  FlameGraphDiffSchema,
  FlameGraphSchema,
} from './gen/querier/v1/querier_pb.js';
import type {
  ExemplarSchema,
  HeatmapSeriesSchema,
  LabelPairSchema,
  LabelsSchema,
  ProfileTypeSchema,
  SeriesSchema,
} from './gen/types/v1/types_pb.js';
import { parseProfileTypeId } from './profileTypeId.ts';
import { writeFlameGraph } from './writeFlameGraph.ts';
import { writeFlameGraphDiff } from './writeFlameGraphDiff.ts';

export const writeLabelPair = ({ name, value }: Label): MessageInitShape<typeof LabelPairSchema> => ({ name, value });

export const writeLabels = (labels: Labels): MessageInitShape<typeof LabelsSchema> => ({
  labels: labels.map(writeLabelPair),
});

export function writeProfileType(id: string): MessageInitShape<typeof ProfileTypeSchema> {
  return { ID: id, ...parseProfileTypeId(id) };
}

export function writeSeries({ labels, points }: SeriesLine): MessageInitShape<typeof SeriesSchema> {
  return {
    labels: labels.map(writeLabelPair),
    points: points.map(({ timeMillis, value, exemplar }) => ({
      value,
      timestamp: BigInt(timeMillis),
      ...(exemplar && { exemplars: [writeExemplar(exemplar)] }),
    })),
  };
}

export function writeHeatmap({ rows, lines }: Heatmap): MessageInitShape<typeof HeatmapSeriesSchema>[] {
  return lines.map(({ labels, slots }) => ({
    labels: labels.map(writeLabelPair),
    slots: slots.map(({ timeMillis, counts, exemplars }) => ({
      timestamp: BigInt(timeMillis),
      yMin: [...rows],
      counts: [...counts],
      exemplars: exemplars.map(writeExemplar),
    })),
  }));
}

function writeExemplar(exemplar: Exemplar): MessageInitShape<typeof ExemplarSchema> {
  const { timeMillis, profileId, spanId = '', traceId = '', value, labels } = exemplar;
  return { timestamp: BigInt(timeMillis), profileId, spanId, traceId, value, labels: labels.map(writeLabelPair) };
}

export function writeFlameGraphMessage(tree: CallTree): MessageInitShape<typeof FlameGraphSchema> {
  const { names, levels, total, maxSelf } = writeFlameGraph(tree);
  return { names, levels: levels.map((values) => ({ values })), total, maxSelf };
}

export function writeDiffMessage(pair: CallTreePair): MessageInitShape<typeof FlameGraphDiffSchema> {
  const { levels, ...rest } = writeFlameGraphDiff(pair);
  return { ...rest, levels: levels.map((values) => ({ values })) };
}

export interface AnalysisFigures {
  readonly seriesCount: number;
  readonly profileCount: number;
  readonly sampleCount: number;
  readonly sampleBytes: number;
}

/** The one component is the store. Its index is in memory and its names are read once, so their bytes are not counted. */
export function writeAnalysis(figures: AnalysisFigures): MessageInitShape<typeof AnalyzeQueryResponseSchema> {
  const seriesCount = BigInt(figures.seriesCount);
  const profileBytes = BigInt(figures.sampleBytes);
  return {
    queryScopes: [
      {
        componentType: 'store',
        componentCount: 1n,
        seriesCount,
        profileCount: BigInt(figures.profileCount),
        sampleCount: BigInt(figures.sampleCount),
        profileBytes,
      },
    ],
    queryImpact: { totalBytesInTimeRange: profileBytes, totalQueriedSeries: seriesCount },
  };
}
