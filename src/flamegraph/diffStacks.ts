/** Turns two texts of folded stacks into a diff, for tests: every bar of both, those of the baseline first. */
import type { FlameGraphData } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';

export function readDiff(baseline: string, comparison: string, unit = 'count'): FlameGraphData {
  const values = (text: string, factor: number): string =>
    text.replace(/ (\d+)\s*$/gm, (_all, value: string) => ` ${Number(value) * factor}`);
  // Both sides in one number, so that they have one shape: tests stay below 2^20 on each side.
  const side = 2 ** 20;
  const both = readFoldedStacks(`${values(baseline, 1)}\n${values(comparison, side)}`, unit);
  const left = (column: Float64Array): Float64Array => column.map((value) => value % side);
  const right = (column: Float64Array): Float64Array => column.map((value) => Math.floor(value / side));
  return {
    ...both,
    total: left(both.total),
    self: left(both.self),
    totalRight: right(both.total),
    selfRight: right(both.self),
  };
}

/** A bar a line: indented by level, name, total and self; of a diff both sides. */
export const drawingOf = ({ count, level, name, names, total, self, totalRight, selfRight }: FlameGraphData): string =>
  Array.from({ length: count }, (_, bar) => {
    const right = totalRight === undefined ? '' : ` | ${totalRight[bar]} ${selfRight?.[bar]}`;
    return `${'  '.repeat(level[bar] ?? 0)}${names[name[bar] ?? -1]} ${total[bar]} ${self[bar]}${right}`;
  }).join('\n');
