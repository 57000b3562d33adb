/**
 * Writes a pair of call trees as Pyroscope's FlameGraphDiff.
 *
 * Shape:  7 numbers a bar: offset, total and self of the left side, then of the right, then the name.
 * Source: reference pyroscope-api 2.2, worked example there.
 */
import type { CallTreePair } from '../../model/callTreePair.ts';
import { layoutBars } from './layoutBars.ts';
import { levelsOf } from './writeFlameGraph.ts';
import type { FlameGraphBars, FlameGraphLevels } from './writeFlameGraph.ts';

export interface FlameGraphDiffLevels extends FlameGraphLevels {
  readonly leftTicks: bigint;
  readonly rightTicks: bigint;
}

export function barsOfPair(pair: CallTreePair): FlameGraphBars {
  const [left = 0n, right = 0n] = [pair.left.total[0], pair.right.total[0]];
  return { bars: layoutBars(pair, [pair.left, pair.right]), total: left + right, ticks: { left, right } };
}

export function writeFlameGraphDiff(pair: CallTreePair): FlameGraphDiffLevels {
  const graph = levelsOf(barsOfPair(pair));
  return { ...graph, leftTicks: pair.left.total[0] ?? 0n, rightTicks: pair.right.total[0] ?? 0n };
}
