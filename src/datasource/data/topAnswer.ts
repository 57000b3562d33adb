/**
 * GET /api/v1/top: exact sums of functions from the server, for all of a selection or by groups of it, instead of ours from a
 * flame graph that was cut.
 *
 * Shape: int64 as texts, shares from 0 to 1; `before` and `delta` with an offset alone.
 */
import type { FunctionCost } from './topFunctions.ts';

interface ShareAnswer {
  readonly self?: string;
  readonly total?: string;
  readonly selfShare?: number;
  readonly totalShare?: number;
}
interface FunctionAnswer extends ShareAnswer {
  readonly name?: string;
  readonly before?: ShareAnswer;
}
export interface TopGroupAnswer {
  readonly labels?: Readonly<Record<string, string>>;
  readonly total?: string;
  readonly estimate?: { readonly exact?: boolean; readonly errorBound?: number };
  readonly functions?: readonly FunctionAnswer[];
}
export interface TopAnswer {
  readonly groups?: readonly TopGroupAnswer[];
  readonly groupsLeftOut?: number;
}

export interface FunctionGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly costs: readonly FunctionCost[];
}

export const groupsOfTop = ({ groups = [] }: TopAnswer): readonly FunctionGroup[] =>
  groups.map(({ labels = {}, functions = [] }) => ({ labels, costs: functions.map(costOf) }));

/** What a table does not show must be said beside it. */
export function leftOutText({ groupsLeftOut = 0 }: TopAnswer): string {
  if (groupsLeftOut === 0) return '';
  return `The largest groups are shown; ${groupsLeftOut} smaller ones are left out: narrow the labels to see them.`;
}

function costOf({ name = '', before, ...now }: FunctionAnswer): FunctionCost {
  const { self = '0', total = '0', selfShare = 0, totalShare = 0 } = now;
  return {
    name,
    self: Number(self),
    total: Number(total),
    selfShare,
    totalShare,
    selfChange: before === undefined ? 0 : selfShare - (before.selfShare ?? 0),
    totalChange: before === undefined ? 0 : totalShare - (before.totalShare ?? 0),
    baselineTotalShare: before?.totalShare ?? 0,
  };
}
