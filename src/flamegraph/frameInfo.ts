/** What a bar, or a row of the table, is to the surroundings. */
import { selfOf, totalOf, wholeOf } from './flameGraphData.ts';
import { nameOf } from './focusPath.ts';
import { selfOfRow, totalOfRow } from './functionTable.ts';
import type { FlameGraphState, FrameInfo } from './mountFlameGraph.types.ts';
import type { GraphScene } from './paintGraph.ts';
import type { ShownGraph } from './shownGraph.ts';
import { stackOf } from './shownGraph.ts';

export function frameOfBar({ layout, isInverted }: GraphScene, bar: number): FrameInfo {
  const { data } = layout;
  return {
    name: nameOf(layout, bar),
    stack: stackOf(layout, bar, isInverted),
    total: totalOf(data, bar),
    self: selfOf(data, bar),
    whole: wholeOf(data),
    unit: data.unit,
  };
}

export function frameOfRow(shown: ShownGraph, state: FlameGraphState, name: number): FrameInfo {
  const table = shown.table(state);
  const { data } = shown;
  const sums = { total: totalOfRow(table, name), self: selfOfRow(table, name), whole: wholeOf(data) };
  return { name: data.names[name] ?? '', stack: undefined, ...sums, unit: data.unit };
}
