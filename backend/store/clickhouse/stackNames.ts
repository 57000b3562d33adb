/**
 * Locations, functions, mappings and texts of a StackTable from dictionary rows, column by column.
 *
 * Shape:  texts and mappings are told apart by hashes that the engine made; only the first of equal ones is looked at.
 *         A location or function that no row tells about has no lines, no names and no mapping.
 */
import { wordsOf } from '../../model/int64Column.ts';
import type { FunctionColumns, LocationColumns, MappingColumns, StackTable } from '../../model/stackTable.ts';
import { IdIndex } from './idIndex.ts';
import type { NativeColumn, NativeTable } from './nativeColumns.ts';
import { columnOf, int32Column, ofKind, uint64Column } from './nativeColumns.ts';
import { rowsById } from './rowsById.ts';
import { TextCollector } from './textCollector.ts';
import type { HashedText } from './textCollector.ts';

/** Lines of the wanted locations, by the locations' indexes. */
export interface WantedLines {
  readonly rows: Int32Array;
  readonly table: NativeTable;
  /** Functions that the lines are in. */
  readonly functions: IdIndex;
  readonly columns: Pick<LocationColumns, 'lineStart' | 'lineFunction' | 'lineNumber' | 'lineColumn'>;
}

export function linesOf(locations: IdIndex, table: NativeTable): WantedLines {
  const rows = rowsById(locations, table);
  const { starts, items } = arrayOf(table, 'function_ids', uint64Column(new BigUint64Array(0)));
  const functionWords = wordsOf(ofKind(items, 'UInt64').values);
  const numbers = ofKind(arrayOf(table, 'lines', noInt32).items, 'Int32').values;
  const places = ofKind(arrayOf(table, 'columns', noInt32).items, 'Int32').values;
  const lineStart = new Uint32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? -1;
    lineStart[at + 1] = (lineStart[at] ?? 0) + (row < 0 ? 0 : (starts[row + 1] ?? 0) - (starts[row] ?? 0));
  }
  const lineCount = lineStart[rows.length] ?? 0;
  const lineFunction = new Uint32Array(lineCount);
  const lineNumber = new Int32Array(lineCount);
  const lineColumn = new Int32Array(lineCount);
  const functions = new IdIndex(lineCount);
  let line = 0;
  for (const row of rows) {
    if (row < 0) continue;
    const end = starts[row + 1] ?? 0;
    for (let item = starts[row] ?? 0; item < end; item++, line++) {
      lineFunction[line] = functions.add(functionWords, item);
      lineNumber[line] = numbers[item] ?? 0;
      lineColumn[line] = places[item] ?? 0;
    }
  }
  return { rows, table, functions, columns: { lineStart, lineFunction, lineNumber, lineColumn } };
}

const noInt32 = int32Column(new Int32Array(0));

function arrayOf(table: NativeTable, name: string, none: NativeColumn): { starts: Uint32Array; items: NativeColumn } {
  return table.rowCount === 0 ? { starts: new Uint32Array(1), items: none } : columnOf(table, name, 'Array');
}

export function namesOf(
  lines: WantedLines,
  functionRows: NativeTable,
): Pick<StackTable, 'strings' | 'mappings' | 'functions' | 'locations'> {
  const texts = new TextCollector(3 * lines.functions.count);
  const functions = functionsOf(lines.functions, functionRows, texts);
  const { mappings, mapping } = mappingsOf(lines, texts);
  const count = lines.rows.length;
  const address = numbersOf(lines.table, 'address', lines.rows, new BigUint64Array(count));
  return { strings: texts.finish(), mappings, functions, locations: { count, mapping, address, ...lines.columns } };
}

function functionsOf(wanted: IdIndex, table: NativeTable, texts: TextCollector): FunctionColumns {
  const rows = rowsById(wanted, table);
  const text = (column: string): Uint32Array => textsOf(table, column, `${column}_hash`, rows, texts);
  const startLine = new Int32Array(rows.length);
  if (table.rowCount > 0) {
    const { values } = columnOf(table, 'start_line', 'Int32');
    rows.forEach((row, at) => (startLine[at] = row < 0 ? 0 : (values[row] ?? 0)));
  }
  return {
    count: rows.length,
    name: text('name'),
    systemName: text('system_name'),
    file: text('file'),
    startLine,
  };
}

function hashedText(table: NativeTable, text: string, hash: string): HashedText {
  return { text: columnOf(table, text, 'String'), hashes: wordsOf(columnOf(table, hash, 'UInt64').values) };
}

/** String indexes of a column at the given rows; '' where there is no row. */
function textsOf(table: NativeTable, text: string, hash: string, rows: Int32Array, texts: TextCollector): Uint32Array {
  const indexes = new Uint32Array(rows.length);
  if (table.rowCount === 0) return indexes;
  const column = hashedText(table, text, hash);
  rows.forEach((row, at) => (indexes[at] = row < 0 ? 0 : texts.add(column, row)));
  return indexes;
}

function numbersOf(table: NativeTable, name: string, rows: Int32Array, target: BigUint64Array): BigUint64Array {
  if (table.rowCount === 0) return target;
  const from = wordsOf(columnOf(table, name, 'UInt64').values);
  const to = wordsOf(target);
  rows.forEach((row, at) => {
    if (row < 0) return;
    to[2 * at] = from[2 * row] ?? 0;
    to[2 * at + 1] = from[2 * row + 1] ?? 0;
  });
  return target;
}

interface Mappings {
  readonly mappings: MappingColumns;
  /** Of each location. */
  readonly mapping: Uint32Array;
}

function mappingsOf({ rows, table }: WantedLines, texts: TextCollector): Mappings {
  const mapping = new Uint32Array(rows.length);
  // Row -1 stands for mapping 0, "none".
  const firstRows = [-1];
  if (table.rowCount > 0) {
    const known = new IdIndex(16);
    const hashes = wordsOf(columnOf(table, 'mapping_hash', 'UInt64').values);
    const isNone = noneTest(table);
    rows.forEach((row, at) => {
      if (row < 0 || isNone(row)) return;
      const index = known.add(hashes, row) + 1;
      if (index === firstRows.length) firstRows.push(row);
      mapping[at] = index;
    });
  }
  const wanted = Int32Array.from(firstRows);
  const numbers = (name: string) => numbersOf(table, name, wanted, new BigUint64Array(wanted.length));
  const mappings = {
    count: wanted.length,
    file: textsOf(table, 'file_text', 'file_hash', wanted, texts),
    buildId: textsOf(table, 'build_id_text', 'build_id_hash', wanted, texts),
    start: numbers('mapping_start'),
    limit: numbers('mapping_limit'),
    offset: numbers('mapping_offset'),
  };
  return { mappings, mapping };
}

/** Whether a row has no mapping: no file, no build id, zeros. */
function noneTest(table: NativeTable): (row: number) => boolean {
  const file = columnOf(table, 'file_text', 'String');
  const buildId = columnOf(table, 'build_id_text', 'String');
  const numbers = ['mapping_start', 'mapping_limit', 'mapping_offset'].map((name) =>
    wordsOf(columnOf(table, name, 'UInt64').values),
  );
  return (row) =>
    file.starts[row] === file.ends[row] &&
    buildId.starts[row] === buildId.ends[row] &&
    numbers.every((words) => words[2 * row] === 0 && words[2 * row + 1] === 0);
}
