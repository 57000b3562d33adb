/**
 * Single profiles and spans: how many had how large a total over time, and the largest of them as a table.
 *
 * Shape:  a heatmap is a row for each cell that has any (xMax, yMin, yMax, count), one frame a group of series. Tables, largest
 *         first, link to the flame graph of each row.
 * Units:  the profile type's, of the whole profile or span.
 * Source: Grafana's data plane, "heatmap-cells".
 */
import type { Heatmap, HeatmapLine } from '../model/heatmap.ts';
import { formatLabels } from '../model/labels.ts';
import type { Exemplar, SeriesLine } from '../model/seriesLine.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { DataFrame, FieldLink, FrameField } from './dataFrame.ts';
import { flameGraphUnit, metricUnit, profileTypeName } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';

const defaultLimit = 100;

export function heatmapFrames(asked: AskedQuery, stepSeconds: number, { rows, lines }: Heatmap): readonly DataFrame[] {
  const { refId, query } = asked;
  const unit = flameGraphUnit(query.profileTypeId);
  return lines.map(({ labels, slots }) => {
    const cells = cellsOf(rows, slots);
    const column = (name: string, read: (cell: Cell) => number): FrameField => ({
      name,
      kind: 'float',
      config: { unit },
      values: Float64Array.from(cells, read),
    });
    return {
      name: profileTypeName(query.profileTypeId),
      refId,
      meta: { type: 'heatmap-cells', custom: { profileTypeId: query.profileTypeId } },
      fields: [
        {
          name: 'xMax',
          kind: 'time',
          config: { interval: stepSeconds * 1_000 },
          values: BigInt64Array.from(cells, ({ timeMillis }) => nanosOfMillis(timeMillis)),
        },
        column('yMin', ({ from }) => from),
        column('yMax', ({ to }) => to),
        {
          name: 'count',
          kind: 'float',
          labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
          config: { unit: 'short' },
          values: Float64Array.from(cells, ({ count }) => count),
        },
      ],
    };
  });
}

interface Cell {
  readonly timeMillis: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Rows are equally high; the last one's upper bound is not said. */
function cellsOf(rows: readonly number[], slots: HeatmapLine['slots']): readonly Cell[] {
  const height = rows.length > 1 ? (rows[1] ?? 0) - (rows[0] ?? 0) : 1;
  return slots.flatMap(({ timeMillis, counts }) =>
    counts.flatMap((count, row) => {
      const from = rows[row] ?? 0;
      return count === 0 ? [] : [{ timeMillis, from, to: rows[row + 1] ?? from + height, count }];
    }),
  );
}

/** What was grouped by stands at the series and not at its exemplars. */
export const exemplarsOfLines = (lines: readonly SeriesLine[]): readonly Exemplar[] =>
  lines.flatMap(({ labels, points }) =>
    points.flatMap(({ exemplar }) =>
      exemplar === undefined ? [] : [{ ...exemplar, labels: [...labels, ...exemplar.labels] }],
    ),
  );

export const exemplarsOfHeatmap = ({ lines }: Heatmap): readonly Exemplar[] =>
  lines.flatMap(({ labels, slots }) =>
    slots.flatMap(({ exemplars }) => exemplars.map((one) => ({ ...one, labels: [...labels, ...one.labels] }))),
  );

export function exemplarTable(asked: AskedQuery, exemplars: readonly Exemplar[]): readonly DataFrame[] {
  if (exemplars.length === 0) return [];
  const { refId, query } = asked;
  const rows = [...exemplars]
    .sort((a, b) => (a.value === b.value ? a.timeMillis - b.timeMillis : a.value < b.value ? 1 : -1))
    .slice(0, query.limit ?? defaultLimit);
  const texts = (name: string, read: (exemplar: Exemplar) => string, links?: readonly FieldLink[]): FrameField => ({
    name,
    kind: 'text',
    ...(links !== undefined && { config: { links } }),
    values: rows.map(read),
  });
  const ids =
    query.exemplarsOf === 'spans'
      ? [
          texts('Span', ({ spanId = '' }) => spanId, [linkTo(asked, 'spanSelector', 'Flame graph of this span')]),
          texts('Trace', ({ traceId = '' }) => traceId),
        ]
      : [texts('Profile', ({ profileId }) => profileId, [linkToProfile(asked)])];
  return [
    {
      name: query.exemplarsOf === 'spans' ? 'Spans' : 'Profiles',
      refId,
      meta: { preferredVisualisationType: 'table', custom: { profileTypeId: query.profileTypeId } },
      fields: [
        { name: 'Time', kind: 'time', values: BigInt64Array.from(rows, ({ timeMillis }) => nanosOfMillis(timeMillis)) },
        {
          name: 'Value',
          kind: 'int',
          config: { unit: flameGraphUnit(query.profileTypeId) },
          values: BigInt64Array.from(rows, ({ value }) => value),
        },
        ...ids,
        texts('Labels', ({ labels }) => formatLabels(labels)),
      ],
    },
  ];
}

/** Grafana draws a frame of this topic and name over the series of the same query. */
export function exemplarMarks(asked: AskedQuery, exemplars: readonly Exemplar[]): readonly DataFrame[] {
  if (exemplars.length === 0) return [];
  const { unit, factor } = metricUnit(asked.query.profileTypeId);
  const scale = factor(asked.stepSeconds);
  return [
    {
      name: 'exemplar',
      refId: asked.refId,
      meta: { dataTopic: 'annotations', custom: { resultType: 'exemplar' } },
      fields: [
        {
          name: 'Time',
          kind: 'time',
          values: BigInt64Array.from(exemplars, ({ timeMillis }) => nanosOfMillis(timeMillis)),
        },
        {
          name: 'Value',
          kind: 'float',
          config: { unit },
          values: Float64Array.from(exemplars, ({ value }) => Number(value) * scale),
        },
        {
          name: 'Id',
          kind: 'text',
          config: { links: [linkToProfile(asked)] },
          values: exemplars.map(({ profileId }) => profileId),
        },
      ],
    },
  ];
}

const linkToProfile = (asked: AskedQuery): FieldLink =>
  linkTo(asked, 'profileIdSelector', 'Flame graph of this profile');

function linkTo({ refId, query, target }: AskedQuery, selector: string, title: string): FieldLink {
  const { profileTypeId, labelSelector } = query;
  const asked = { refId, queryType: 'profile', profileTypeId, labelSelector, [selector]: ['${__value.raw}'] };
  return { title, url: '', internal: { datasourceUid: target.uid, datasourceName: target.name, query: asked } };
}
