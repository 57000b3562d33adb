/**
 * The functions that cost most, as a table: self and total with their shares and, against a baseline, the changes.
 *
 * Units: values in the profile type's unit; shares and changes are parts of 1 (Grafana's percentunit).
 */
import type { DataFrame, Field } from '@grafana/data';
import { createDataFrame, FieldType } from '@grafana/data';
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import { shareOf, wholeOf } from '../../flamegraph/flameGraphData.ts';
import { sumFunctions } from '../../flamegraph/functionTable.ts';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import { layoutTree } from '../../flamegraph/treeLayout.ts';
import type { ProfileQuery } from './profileQuery.ts';
import { flameGraphUnit } from './profileTypeUnits.ts';
import type { FunctionGroup } from './topAnswer.ts';

export interface FunctionCost {
  readonly name: string;
  readonly self: number;
  readonly total: number;
  /** Parts of 1. */
  readonly selfShare: number;
  readonly totalShare: number;
  /** Against a baseline, in points of share; 0 without one. */
  readonly selfChange: number;
  readonly totalChange: number;
  readonly baselineTotalShare: number;
}

/** What bars too small to send were summed up as; it is no function. */
const cutName = 'other';

/** Largest self first; with a baseline the largest change, in either direction. */
export function functionCosts(graph: FlameGraphData): readonly FunctionCost[] {
  const table = sumFunctions(layoutTree(graph));
  const whole = wholeOf(graph);
  const { right } = table;
  const shownWhole = right === undefined ? whole.left : whole.right;
  const costs = [...table.rows].map((row): FunctionCost => {
    const self = (right ?? table).self[row] ?? 0;
    const total = (right ?? table).total[row] ?? 0;
    return {
      name: table.names[row] ?? '',
      self,
      total,
      selfShare: shareOf(self, shownWhole),
      totalShare: shareOf(total, shownWhole),
      selfChange: right?.selfChange[row] ?? 0,
      totalChange: right?.totalChange[row] ?? 0,
      baselineTotalShare: shareOf(table.total[row] ?? 0, whole.left),
    };
  });
  return costs.filter(({ name }) => name !== cutName).sort(right === undefined ? bySelf : byChange);
}

type Order = (a: FunctionCost, b: FunctionCost) => number;

const compareNames: Order = ({ name: a }, { name: b }) => (a < b ? -1 : a > b ? 1 : 0);
const mostChange = ({ selfChange, totalChange }: FunctionCost): number =>
  Math.max(Math.abs(selfChange), Math.abs(totalChange));

export const bySelf: Order = (a, b) => b.self - a.self || b.total - a.total || compareNames(a, b);
export const byChange: Order = (a, b) => mostChange(b) - mostChange(a) || b.total - a.total || compareNames(a, b);

const leastCutShare = 0.005;

/** How much of the whole was cut away and belongs to functions that nobody can name here; '' when it is next to nothing. */
export function cutText(graph: FlameGraphData): string {
  const table = sumFunctions(layoutTree(graph));
  const row = table.names.indexOf(cutName);
  const cut = row < 0 ? 0 : shareOf((table.right ?? table).self[row] ?? 0, rootOf(graph));
  if (cut < leastCutShare) return '';
  return `${Math.round(cut * 100)} % lie in bars that were too small to be sent; raise "Max nodes" to see their functions.`;
}

const rootOf = (graph: FlameGraphData): number => {
  const { left, right } = wholeOf(graph);
  return graph.totalRight === undefined ? left : right;
};

export function topFunctionsFrame(
  { refId, profileTypeId, groupBy }: ProfileQuery,
  groups: readonly FunctionGroup[],
  isDiff: boolean,
  notice: string,
): DataFrame {
  const rows = groups.flatMap(({ labels, costs }) => costs.map((cost) => ({ labels, cost })));
  const unit = flameGraphUnit(profileTypeId);
  const share = { unit: 'percentunit', min: 0, max: 1, custom: { cellOptions: { type: 'gauge', mode: 'basic' } } };
  const change = { unit: 'percentunit', decimals: 2 };
  const texts = (name: string, values: string[]): Field => ({ name, type: FieldType.string, config: {}, values });
  const column = (name: string, config: Field['config'], read: (cost: FunctionCost) => number): Field => ({
    name,
    type: FieldType.number,
    config,
    values: rows.map(({ cost }) => read(cost)),
  });
  return createDataFrame({
    name: `Top functions: ${profileTypeLabel(profileTypeId)}`,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      custom: { profileTypeId },
      ...(notice !== '' && { notices: [{ severity: 'info', text: notice }] }),
    },
    fields: [
      ...groupBy.map((label) =>
        texts(
          label,
          rows.map(({ labels }) => labels[label] ?? ''),
        ),
      ),
      texts(
        'Function',
        rows.map(({ cost: { name } }) => name),
      ),
      column('Self', { unit }, ({ self }) => self),
      column('Self share', share, ({ selfShare }) => selfShare),
      column('Total', { unit }, ({ total }) => total),
      column('Total share', share, ({ totalShare }) => totalShare),
      ...(isDiff
        ? [
            column('Change of self share', change, ({ selfChange }) => selfChange),
            column('Change of total share', change, ({ totalChange }) => totalChange),
          ]
        : []),
    ],
  });
}
