/** Our answers -> Pyroscope's messages, as the init objects that protobuf-es takes. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Label, Labels } from '../../model/labels.ts';
import type { CallTree } from '../../model/callTree.ts';
import type { Exemplar, SeriesLine } from '../../model/seriesLine.ts';
import type { FlameGraphSchema } from './gen/querier/v1/querier_pb.js';
import type {
  ExemplarSchema,
  LabelPairSchema,
  LabelsSchema,
  ProfileTypeSchema,
  SeriesSchema,
} from './gen/types/v1/types_pb.js';
import { parseProfileTypeId } from './profileTypeId.ts';
import { writeFlameGraph } from './writeFlameGraph.ts';

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

function writeExemplar({ timeMillis, profileId, value, labels }: Exemplar): MessageInitShape<typeof ExemplarSchema> {
  return { timestamp: BigInt(timeMillis), profileId, value, labels: labels.map(writeLabelPair) };
}

export function writeFlameGraphMessage(tree: CallTree): MessageInitShape<typeof FlameGraphSchema> {
  const { names, levels, total, maxSelf } = writeFlameGraph(tree);
  return { names, levels: levels.map((values) => ({ values })), total, maxSelf };
}
