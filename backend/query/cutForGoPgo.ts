/**
 * Cuts summed stacks to what Go's profile-guided optimisation reads: the locations next to the leaf.
 *
 * Shape:  stacks that become equal are added up. Where callees are aggregated, the leaf's line does not tell stacks apart.
 * Source: reference pyroscope-api 1.6, go_pgo.
 */
import type { GoPgo } from '../model/question.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';
import type { LocationColumns, StackTable } from '../model/stackTable.ts';
import type { SummedStacks } from './selectStacks.ts';
import { SequenceTable } from './sequenceTable.ts';

export function cutForGoPgo(
  { stacks, values }: SummedStacks,
  { keepLocations, aggregateCallees }: GoPgo,
): SummedStacks {
  const most = keepLocations === 0 ? Infinity : keepLocations;
  const leaves = aggregateCallees ? leavesWithoutLine(stacks.locations) : undefined;
  const known = new SequenceTable();
  const sums = new BigInt64Array(stacks.stackCount);
  const sumWords = wordsOf(sums);
  const valueWords = wordsOf(values);
  const starts = [0];
  const locations: number[] = [];
  let row = new Uint32Array(64);
  for (let stack = 0; stack < stacks.stackCount; stack++) {
    const first = stacks.stackStart[stack] ?? 0;
    const length = Math.min((stacks.stackStart[stack + 1] ?? 0) - first, most);
    if (length + 1 > row.length) row = new Uint32Array(2 * length + 2);
    // The length stands in front, since a row must not begin another.
    row[0] = length;
    for (let i = 0; i < length; i++) row[i + 1] = stacks.stackLocations[first + i] ?? 0;
    if (leaves !== undefined && length > 0) row[1] = leaves.of[row[1] ?? 0] ?? 0;
    const { index, isNew } = known.index(row, length + 1);
    addInt64(sumWords, index, valueWords, stack);
    if (!isNew) continue;
    for (let i = 0; i < length; i++) locations.push(row[i + 1] ?? 0);
    starts.push(locations.length);
  }
  return {
    values: sums.slice(0, known.count),
    stacks: {
      ...stacks,
      locations: leaves?.locations ?? stacks.locations,
      stackCount: known.count,
      stackStart: Uint32Array.from(starts),
      stackLocations: Uint32Array.from(locations),
    },
  };
}

interface Leaves {
  /** Those that were there, and behind them those without a line. */
  readonly locations: LocationColumns;
  /** For each location, the one without its line. */
  readonly of: Uint32Array;
}

/** Of an inlined chain it is the innermost call whose line goes. */
function leavesWithoutLine(locations: StackTable['locations']): Leaves {
  const known = new SequenceTable();
  const of = new Uint32Array(locations.count);
  const firsts: number[] = [];
  const address = wordsOf(locations.address);
  for (let location = 0; location < locations.count; location++) {
    const first = locations.lineStart[location] ?? 0;
    const end = locations.lineStart[location + 1] ?? 0;
    const row = [locations.mapping[location] ?? 0, address[2 * location] ?? 0, address[2 * location + 1] ?? 0];
    row.push(end - first);
    for (let line = first; line < end; line++) {
      row.push(locations.lineFunction[line] ?? 0, line === first ? 0 : (locations.lineNumber[line] ?? 0));
    }
    const { index, isNew } = known.index(Uint32Array.from(row), row.length);
    if (isNew) firsts.push(location);
    of[location] = locations.count + index;
  }
  return { locations: withLeaves(locations, firsts), of };
}

function withLeaves(locations: LocationColumns, leaves: readonly number[]): LocationColumns {
  const lineStart = [...locations.lineStart];
  const lineFunction = [...locations.lineFunction];
  const lineNumber = [...locations.lineNumber];
  const lineColumn = [...locations.lineColumn];
  for (const location of leaves) {
    const first = locations.lineStart[location] ?? 0;
    for (let line = first; line < (locations.lineStart[location + 1] ?? 0); line++) {
      lineFunction.push(locations.lineFunction[line] ?? 0);
      lineNumber.push(line === first ? 0 : (locations.lineNumber[line] ?? 0));
      lineColumn.push(line === first ? 0 : (locations.lineColumn[line] ?? 0));
    }
    lineStart.push(lineFunction.length);
  }
  return {
    count: locations.count + leaves.length,
    mapping: Uint32Array.from([...locations.mapping, ...leaves.map((leaf) => locations.mapping[leaf] ?? 0)]),
    address: BigUint64Array.from([...locations.address, ...leaves.map((leaf) => locations.address[leaf] ?? 0n)]),
    lineStart: Uint32Array.from(lineStart),
    lineFunction: Uint32Array.from(lineFunction),
    lineNumber: Int32Array.from(lineNumber),
    lineColumn: Int32Array.from(lineColumn),
  };
}
