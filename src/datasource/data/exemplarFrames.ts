/**
 * Single profiles and spans: as a table of their own, and as the marks that Grafana draws over a time series.
 *
 * Units: values in the profile type's unit, of the whole profile or span.
 */
import type { DataFrame, DataLink, Field } from '@grafana/data';
import { createDataFrame, DataTopic, FieldType } from '@grafana/data';
import { formatLabelSelector } from './labelSelector.ts';
import type { LabelPair, SeriesAnswer } from './frames.ts';
import type { HeatmapSeriesAnswer } from './heatmapFrames.ts';
import type { ProfileQuery } from './profileQuery.ts';
import { flameGraphUnit } from './profileTypeUnits.ts';

export interface Exemplar {
  readonly timestamp?: string;
  readonly profileId?: string;
  readonly spanId?: string;
  readonly traceId?: string;
  readonly value?: string;
  readonly labels?: readonly LabelPair[];
}

/** Where links lead: a query of this data source. */
export interface LinkTarget {
  readonly uid: string;
  readonly name: string;
}

export const exemplarsOfSeries = (series: readonly SeriesAnswer[]): readonly Exemplar[] =>
  series.flatMap(({ labels, points = [] }) =>
    points.flatMap(({ exemplars = [] }) => exemplars.map((each) => withLabels(each, labels))),
  );

export const exemplarsOfHeatmap = (series: readonly HeatmapSeriesAnswer[]): readonly Exemplar[] =>
  series.flatMap(({ labels, slots = [] }) =>
    slots.flatMap(({ exemplars = [] }) => exemplars.map((each) => withLabels(each, labels))),
  );

/** What was grouped by stands at the series and not at its exemplars. */
const withLabels = (exemplar: Exemplar, labels: readonly LabelPair[] = []): Exemplar => ({
  ...exemplar,
  labels: [...labels, ...(exemplar.labels ?? [])],
});

/** The largest come first. */
export function exemplarTable(
  query: ProfileQuery,
  exemplars: readonly Exemplar[],
  limit: number,
  target: LinkTarget,
): DataFrame {
  const rows = [...exemplars].sort((a, b) => Number(b.value ?? 0) - Number(a.value ?? 0)).slice(0, limit);
  const ofSpans = query.exemplarsOf === 'spans';
  const texts = (name: string, read: (exemplar: Exemplar) => string, links?: DataLink[]): Field => ({
    name,
    type: FieldType.string,
    config: links === undefined ? {} : { links },
    values: rows.map(read),
  });
  return createDataFrame({
    name: ofSpans ? 'Spans' : 'Profiles',
    refId: query.refId,
    meta: { preferredVisualisationType: 'table', custom: { profileTypeId: query.profileTypeId } },
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: rows.map(({ timestamp = '0' }) => Number(timestamp)),
      },
      {
        name: 'Value',
        type: FieldType.number,
        // Grafana shows a lone field of this name under the name of the frame.
        config: { displayName: 'Value', unit: flameGraphUnit(query.profileTypeId) },
        values: rows.map(({ value = '0' }) => Number(value)),
      },
      ...(ofSpans
        ? [
            texts('Span', ({ spanId = '' }) => spanId, [linkTo(query, target, 'spanSelector', 'Flame graph of this span')]),
            texts('Trace', ({ traceId = '' }) => traceId),
          ]
        : [
            texts('Profile', ({ profileId = '' }) => profileId, [
              linkTo(query, target, 'profileIdSelector', 'Flame graph of this profile'),
            ]),
          ]),
      texts('Labels', ({ labels = [] }) =>
        formatLabelSelector(labels.filter(isShown).map(({ name, value = '' }) => ({ name, operator: '=', value }))),
      ),
    ],
  });
}

/** The server's own begin with two underscores. */
const isShown = ({ name }: LabelPair): boolean => !name.startsWith('__');

/** Grafana draws a frame of this topic and name over the series of the same query. */
export function exemplarMarks(
  query: ProfileQuery,
  exemplars: readonly Exemplar[],
  scale: number,
  unit: string,
  target: LinkTarget,
): DataFrame {
  return createDataFrame({
    name: 'exemplar',
    refId: query.refId,
    meta: { dataTopic: DataTopic.Annotations, custom: { resultType: 'exemplar' } },
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: exemplars.map(({ timestamp = '0' }) => Number(timestamp)),
      },
      {
        name: 'Value',
        type: FieldType.number,
        config: { unit },
        values: exemplars.map(({ value = '0' }) => Number(value) * scale),
      },
      {
        name: 'Id',
        type: FieldType.string,
        config: { links: [linkTo(query, target, 'profileIdSelector', 'Flame graph of this profile')] },
        values: exemplars.map(({ profileId = '' }) => profileId),
      },
    ],
  });
}

function linkTo(
  query: ProfileQuery,
  { uid, name }: LinkTarget,
  selector: 'spanSelector' | 'profileIdSelector',
  title: string,
): DataLink {
  const { profileTypeId, labelSelector } = query;
  const asked: ProfileQuery = {
    refId: query.refId,
    queryType: 'profile',
    profileTypeId,
    labelSelector,
    groupBy: [],
    [selector]: ['${__value.raw}'],
  };
  return { title, url: '', internal: { datasourceUid: uid, datasourceName: name, query: asked } };
}
