/** Answers come in any order: where each wanted id stands in one. */
import { wordsOf } from '../../model/int64Column.ts';
import type { IdIndex } from './idIndex.ts';
import type { NativeTable } from './nativeColumns.ts';
import { columnOf } from './nativeColumns.ts';

/** The row of each wanted id; -1 for one that the answer does not have. */
export function rowsById(wanted: IdIndex, table: NativeTable): Int32Array {
  const rows = new Int32Array(wanted.count).fill(-1);
  if (table.rowCount === 0) return rows;
  const words = wordsOf(columnOf(table, 'id', 'UInt64').values);
  for (let row = 0; row < table.rowCount; row++) {
    const at = wanted.find(words, row);
    if (at >= 0) rows[at] = row;
  }
  return rows;
}
