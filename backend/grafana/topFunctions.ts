/**
 * The functions that cost most: as a table for people, and as one number a function for rules, which then need no reducer.
 *
 * Shape:  largest self first; against a baseline the largest change, in either direction. Rules get the shares (or changes) of
 *         self or total, as the query says, in frames of the kind "numeric-multi".
 * Units:  values in the profile type's; shares and changes are parts of 1.
 */
import type { CallTree } from '../model/callTree.ts';
import { compareText } from '../model/labels.ts';
import { otherName } from '../model/callTree.ts';
import type { CallTreePair } from '../model/callTreePair.ts';
import { functionSums } from '../query/functionSums.ts';
import type { DataFrame, FieldConfig, FrameField } from './dataFrame.ts';
import { flameGraphUnit, profileTypeName } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';

interface FunctionCost {
  readonly name: string;
  readonly self: number;
  readonly total: number;
  readonly selfShare: number;
  readonly totalShare: number;
  /** Against a baseline, in points of share; 0 without one. */
  readonly selfChange: number;
  readonly totalChange: number;
}

export interface FunctionCosts {
  readonly costs: readonly FunctionCost[];
  readonly isDiff: boolean;
  /** What was cut away and belongs to functions that nobody can name here. */
  readonly cutShare: number;
}

const defaultLimit = 20;
/** Below half a percent nobody needs to be told. */
const leastCutShare = 0.005;

export function costsOfTree(tree: CallTree): FunctionCosts {
  const shares = sharesOf(tree);
  const costs = [...shares].map(([name, share]) => ({ name, ...share, selfChange: 0, totalChange: 0 }));
  return { ...withoutOther(costs), isDiff: false };
}

export function costsOfPair(pair: CallTreePair): FunctionCosts {
  const [before, after] = [pair.left, pair.right].map((side) => sharesOf({ ...pair, ...side }));
  const none = { self: 0, total: 0, selfShare: 0, totalShare: 0 };
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  const costs = [...names].map((name) => {
    const [old, now] = [before?.get(name) ?? none, after?.get(name) ?? none];
    const [selfChange, totalChange] = [now.selfShare - old.selfShare, now.totalShare - old.totalShare];
    return { name, ...now, selfChange, totalChange };
  });
  return { ...withoutOther(costs), isDiff: true };
}

type Shares = Pick<FunctionCost, 'self' | 'total' | 'selfShare' | 'totalShare'>;

function sharesOf(tree: CallTree): ReadonlyMap<string, Shares> {
  const whole = Number(tree.total[0] ?? 0n);
  const share = (part: number): number => (whole > 0 ? part / whole : 0);
  const sums = [...functionSums(tree)].map(([name, sum]): [string, Shares] => {
    const [self, total] = [Number(sum.self), Number(sum.total)];
    return [name, { self, total, selfShare: share(self), totalShare: share(total) }];
  });
  return new Map(sums);
}

const withoutOther = (costs: readonly FunctionCost[]): Pick<FunctionCosts, 'costs' | 'cutShare'> => ({
  costs: costs.filter(({ name }) => name !== otherName),
  cutShare: costs.find(({ name }) => name === otherName)?.selfShare ?? 0,
});

export function topFunctionsTable({ refId, query }: AskedQuery, { costs, isDiff, cutShare }: FunctionCosts): DataFrame {
  const weight = isDiff ? mostChange : ({ self }: FunctionCost) => self;
  const shown = largest(costs, weight, query.limit);
  const unit = flameGraphUnit(query.profileTypeId);
  const share = { unit: 'percentunit', min: 0, max: 1, custom: { cellOptions: { type: 'gauge', mode: 'basic' } } };
  const change = { unit: 'percentunit', decimals: 2 };
  const column = (name: string, config: FieldConfig, read: (cost: FunctionCost) => number): FrameField => ({
    name,
    kind: 'float',
    config,
    values: Float64Array.from(shown, read),
  });
  const cut = `${Math.round(cutShare * 100)} % lie in bars that were too small to be sent; raise "Max nodes" to see their functions.`;
  return {
    name: `Top functions: ${profileTypeName(query.profileTypeId)}`,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      custom: { profileTypeId: query.profileTypeId },
      ...(cutShare >= leastCutShare && { notices: [{ severity: 'info' as const, text: cut }] }),
    },
    fields: [
      { name: 'Function', kind: 'text', values: shown.map(({ name }) => name) },
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
  };
}

export function topFunctionNumbers({ refId, query }: AskedQuery, { costs, isDiff }: FunctionCosts): DataFrame[] {
  const isSelf = query.functionValue === 'self';
  const valueOf = (cost: FunctionCost): number => {
    if (isDiff) return isSelf ? cost.selfChange : cost.totalChange;
    return isSelf ? cost.selfShare : cost.totalShare;
  };
  return largest(costs, valueOf, query.limit).map((cost) => ({
    name: cost.name,
    refId,
    meta: { type: 'numeric-multi', typeVersion: [0, 1], custom: { profileTypeId: query.profileTypeId } },
    fields: [
      {
        name: 'value',
        kind: 'float',
        labels: { function: cost.name },
        config: { unit: 'percentunit', displayNameFromDS: cost.name },
        values: Float64Array.of(valueOf(cost)),
      },
    ],
  }));
}

const mostChange = ({ selfChange, totalChange }: FunctionCost): number =>
  Math.max(Math.abs(selfChange), Math.abs(totalChange));

const largest = (
  costs: readonly FunctionCost[],
  weight: (cost: FunctionCost) => number,
  limit: number | undefined,
): readonly FunctionCost[] =>
  [...costs]
    .sort((a, b) => weight(b) - weight(a) || b.total - a.total || compareText(a.name, b.name))
    .slice(0, limit ?? defaultLimit);
