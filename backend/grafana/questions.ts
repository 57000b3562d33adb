/**
 * Saved queries as questions to the store, by way of the messages that the data source would send for them: both ways of asking
 * are checked and read alike.
 *
 * Units: milliseconds; steps in seconds.
 */
import { create } from '@bufbuild/protobuf';
import type { HeatmapQuestion, MergeQuestion, SeriesQuestion } from '../model/question.ts';
import {
  HeatmapQueryType,
  SelectHeatmapRequestSchema,
  SelectMergeStacktracesRequestSchema,
  SelectSeriesRequestSchema,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import { ExemplarType, TimeSeriesAggregationType } from '../wire/pyroscope/gen/types/v1/types_pb.js';
import { readHeatmapQuestion, readSeriesQuestion, readStacktracesQuestion } from '../wire/pyroscope/questions.ts';
import type { Baseline } from './comparison.ts';
import { isState } from './profileTypeUnits.ts';
import type { SavedQuery } from './savedQuery.ts';

/** A query, and what it is about besides. */
export interface AskedQuery {
  readonly refId: string;
  readonly query: SavedQuery;
  readonly tenant: string;
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepSeconds: number;
  /** The data source: where links of the answer lead. */
  readonly target: { readonly uid: string; readonly name: string };
}

export const seriesQuestion = (asked: AskedQuery, exemplars = false): SeriesQuestion => {
  const { query, tenant, stepSeconds } = asked;
  const message = create(SelectSeriesRequestSchema, {
    ...selection(asked),
    step: stepSeconds,
    groupBy: [...query.groupBy],
    // Snapshots of a state do not add up: two in a step are not twice the memory.
    ...(isState(query.profileTypeId) && { aggregation: TimeSeriesAggregationType.AVERAGE }),
    ...(query.limit !== undefined && { limit: BigInt(Math.trunc(query.limit)) }),
    ...(exemplars && { exemplarType: ExemplarType.INDIVIDUAL }),
  });
  return readSeriesQuestion(tenant, message);
};

export const mergeQuestion = (asked: AskedQuery): MergeQuestion => {
  const { spanSelector, traceIdSelector, profileIdSelector } = asked.query;
  const message = create(SelectMergeStacktracesRequestSchema, {
    ...selection(asked),
    spanSelector: [...spanSelector],
    traceIdSelector: [...traceIdSelector],
    profileIdSelector: [...profileIdSelector],
  });
  return readStacktracesQuestion(asked.tenant, message);
};

export const heatmapQuestion = (
  asked: AskedQuery,
  stepSeconds: number,
  exemplars: boolean,
): HeatmapQuestion | undefined => {
  const { query, tenant } = asked;
  const ofSpans = query.exemplarsOf === 'spans';
  const message = create(SelectHeatmapRequestSchema, {
    ...selection(asked),
    step: stepSeconds,
    groupBy: [...query.groupBy],
    queryType: ofSpans ? HeatmapQueryType.SPAN : HeatmapQueryType.INDIVIDUAL,
    ...(exemplars && { exemplarType: ofSpans ? ExemplarType.SPAN : ExemplarType.INDIVIDUAL }),
  });
  return readHeatmapQuestion(tenant, message);
};

/** Spans, traces and profiles belong to one side of a comparison, so the baseline has none. */
export const baselineQuestion = (asked: AskedQuery, baseline: Baseline): MergeQuestion => {
  const { labelSelector, startMillis, endMillis } = baseline;
  const query = { ...asked.query, labelSelector, spanSelector: [], traceIdSelector: [], profileIdSelector: [] };
  return mergeQuestion({ ...asked, query, startMillis, endMillis });
};

const selection = ({ query, startMillis, endMillis }: AskedQuery) => ({
  profileTypeID: query.profileTypeId,
  labelSelector: query.labelSelector,
  start: BigInt(Math.trunc(startMillis)),
  end: BigInt(Math.trunc(endMillis)),
});
