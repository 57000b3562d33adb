/**
 * Sums the bars by function, for the table.
 *
 * Shape:  columns by name index; `rows` are the names that have a bar. The root is no function.
 * Units:  values, as in the data; in a diff changes of shares, from -1 to 1. A function that calls itself counts its total once per stack.
 */
import type { FlameGraphData, Sides } from './flameGraphData.ts';
import { changeOf, wholeOf } from './flameGraphData.ts';
import type { TreeLayout } from './treeLayout.ts';

export interface FunctionTable {
  readonly names: readonly string[];
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly rows: Uint32Array;
  /** In a diff; self and total are then the baseline's. */
  readonly right: RightColumns | undefined;
}

interface RightColumns {
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfChange: Float64Array;
  readonly totalChange: Float64Array;
  /** The largest change of a total, either way. */
  readonly mostChange: number;
}

export type TableColumn = 'name' | 'self' | 'total' | 'totalRight' | 'selfChange' | 'totalChange';

export const totalOfRow = ({ total, right }: FunctionTable, name: number): Sides => ({
  left: total[name] ?? 0,
  right: right?.total[name] ?? 0,
});
export const selfOfRow = ({ self, right }: FunctionTable, name: number): Sides => ({
  left: self[name] ?? 0,
  right: right?.self[name] ?? 0,
});

export interface TableOrder {
  readonly column: TableColumn;
  readonly isDescending: boolean;
}

export function sumFunctions({ data, end }: TreeLayout): FunctionTable {
  const nameCount = data.names.length;
  const [self, total] = [new Float64Array(nameCount), new Float64Array(nameCount)];
  const isDiff = data.totalRight !== undefined;
  const [selfRight, totalRight] = [new Float64Array(isDiff ? nameCount : 0), new Float64Array(isDiff ? nameCount : 0)];
  // Where the outermost open bar of each name ends: bars of the name before that are inside it.
  const openUntil = new Int32Array(nameCount);
  let rowCount = 0;
  for (let bar = 1; bar < data.count; bar++) {
    const name = data.name[bar] ?? 0;
    self[name] = (self[name] ?? 0) + (data.self[bar] ?? 0);
    if (isDiff) selfRight[name] = (selfRight[name] ?? 0) + (data.selfRight?.[bar] ?? 0);
    const until = openUntil[name] ?? 0;
    if (bar < until) continue;
    if (until === 0) rowCount++;
    total[name] = (total[name] ?? 0) + (data.total[bar] ?? 0);
    if (isDiff) totalRight[name] = (totalRight[name] ?? 0) + (data.totalRight?.[bar] ?? 0);
    openUntil[name] = end[bar] ?? 0;
  }
  const rows = new Uint32Array(rowCount);
  let filled = 0;
  for (let name = 0; name < nameCount; name++) if ((openUntil[name] ?? 0) > 0) rows[filled++] = name;
  const table = { names: data.names, self, total, rows };
  if (!isDiff) return { ...table, right: undefined };
  const selfChange = changesOf(data, self, selfRight);
  const totalChange = changesOf(data, total, totalRight);
  const mostChange = totalChange.reduce((most, change) => Math.max(most, Math.abs(change)), 0);
  return { ...table, right: { self: selfRight, total: totalRight, selfChange, totalChange, mostChange } };
}

function changesOf(data: FlameGraphData, left: Float64Array, right: Float64Array): Float64Array {
  const whole = wholeOf(data);
  return left.map((value, name) => changeOf({ left: value, right: right[name] ?? 0 }, whole));
}

/** The rows in order; equals by total, then by name, so that the order is one. */
export function sortRows(table: FunctionTable, { column, isDescending }: TableOrder): Uint32Array {
  const { names, self, total, right } = table;
  const byName = (a: number, b: number): number => {
    const [left = '', right = ''] = [names[a], names[b]];
    return left < right ? -1 : left > right ? 1 : a - b;
  };
  const sign = isDescending ? -1 : 1;
  if (column === 'name') return table.rows.slice().sort((a, b) => sign * byName(a, b));
  const columns = {
    self,
    total,
    totalRight: right?.total,
    selfChange: right?.selfChange,
    totalChange: right?.totalChange,
  };
  const values = columns[column] ?? self;
  const others = values === total ? self : total;
  return table.rows.slice().sort((a, b) => {
    const difference = (values[a] ?? 0) - (values[b] ?? 0);
    if (difference !== 0) return sign * difference;
    return (others[b] ?? 0) - (others[a] ?? 0) || byName(a, b);
  });
}

/** The rows whose name matches, in the order they had; all when nothing is searched for. */
export const filterRows = (rows: Uint32Array, matches: Uint8Array | undefined): Uint32Array =>
  matches === undefined ? rows : rows.filter((name) => matches[name] === 1);
