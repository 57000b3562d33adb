/**
 * The location column of the v2 schema as tables.
 *
 * Shape:  LocationStruct{address, mapping_file, mapping_build_id, lines ListView<{line, column, function}>} with
 *         function{system_name, filename, start_line}. A location of null lines is one that the agent could not name: it
 *         keeps build id and address. frame_type, which may be missing, is that of the location's functions.
 * Units:  addresses as the agent gives them: virtual in the file, return addresses already one lower.
 * Errors: InputError invalid_argument.
 * Source: reference agents-wire 1.4.
 */
import { frameTypeNumber } from '../../model/frameType.ts';
import type { FunctionColumns, MappingColumns } from '../../model/stackTable.ts';
import { wordsOf } from '../../model/int64Column.ts';
import type { Budget } from './arrow/budget.ts';
import { malformedArrow } from './arrow/budget.ts';
import { int64sOf, structsOf, textsOf } from './arrow/cells.ts';
import type { TextTable } from './arrow/cells.ts';
import type { Column, StructColumn } from './arrow/columns.ts';
import type { FrameTables } from './frameTables.ts';
import { RowGroups } from './rowGroups.ts';

export type Frames = Pick<FrameTables, 'mappings' | 'functions' | 'locations' | 'lines'>;

export function readFrames(structs: StructColumn | undefined, texts: TextTable, budget: Budget): Frames {
  if (structs === undefined) return noFrames;
  const count = structs.length;
  const address = int64sOf(structs.child('address'), 'address', budget);
  const file = textsOf(structs.child('mapping_file'), 'mapping_file', texts, budget);
  const buildId = textsOf(structs.child('mapping_build_id'), 'mapping_build_id', texts, budget);
  const { mapping, mappings } = mappingsOf(count, file, buildId, budget);
  const { lineStart, lineSize, lines, functions } = readLines(structs.child('lines'), texts, budget);
  const frameType = frameTypesOf(structs.child('frame_type'), count, texts, budget);
  return {
    mappings,
    functions,
    lines,
    locations: {
      count,
      mapping,
      address: new BigUint64Array(address.buffer, address.byteOffset, count),
      lineStart,
      lineSize,
      ...(frameType !== undefined && { frameType }),
    },
  };
}

function frameTypesOf(
  column: Column | undefined,
  count: number,
  texts: TextTable,
  budget: Budget,
): Uint8Array | undefined {
  if (column === undefined) return undefined;
  const text = textsOf(column, 'frame_type', texts, budget);
  const numbers = texts.texts.map(frameTypeNumber);
  budget.take(count, 'frame types');
  return Uint8Array.from({ length: count }, (_, location) => numbers[text[location] ?? 0] ?? 0);
}

/** Each pair of file and build id is a mapping; neither is mapping 0. */
function mappingsOf(count: number, file: Uint32Array, buildId: Uint32Array, budget: Budget) {
  const pairs = RowGroups.of(count, budget);
  pairs.divide(file);
  pairs.divide(buildId);
  budget.take(pairs.count * 36, 'mappings');
  const none = Array.from({ length: pairs.count }, (_, pair) => pairs.firstRow(pair)).findIndex(
    (row) => file[row] === 0 && buildId[row] === 0,
  );
  const placeOf = (pair: number): number => (pair === none ? 0 : pair + 1);
  const mappings: MappingColumns = {
    count: pairs.count + 1,
    file: new Uint32Array(pairs.count + 1),
    buildId: new Uint32Array(pairs.count + 1),
    start: new BigUint64Array(pairs.count + 1),
    limit: new BigUint64Array(pairs.count + 1),
    offset: new BigUint64Array(pairs.count + 1),
  };
  for (let pair = 0; pair < pairs.count; pair++) {
    const row = pairs.firstRow(pair);
    mappings.file[pair + 1] = file[row] ?? 0;
    mappings.buildId[pair + 1] = buildId[row] ?? 0;
  }
  return { mapping: pairs.numbers.map(placeOf), mappings };
}

function readLines(column: Column | undefined, texts: TextTable, budget: Budget) {
  if (column?.kind !== 'list') throw malformedArrow('column "lines" is no list');
  const { offsets, sizes } = column.spans();
  const { structs } = structsOf(column.items, 'lines', budget);
  if (structs === undefined) return { ...noFrames, lineStart: offsets, lineSize: sizes };
  const { keys: fn, structs: called } = structsOf(structs.child('function'), 'function', budget);
  const of = (name: string): Int32Array => int32sOf(structs.child(name), name, structs.length, budget);
  return {
    lineStart: offsets,
    lineSize: sizes,
    lines: { fn, number: of('line'), column: of('column') },
    functions: readFunctions(called, texts, budget),
  };
}

function readFunctions(structs: StructColumn | undefined, texts: TextTable, budget: Budget): FunctionColumns {
  if (structs === undefined) return noFrames.functions;
  const name = textsOf(structs.child('system_name'), 'system_name', texts, budget);
  return {
    count: structs.length,
    name,
    systemName: name,
    file: textsOf(structs.child('filename'), 'filename', texts, budget),
    startLine: int32sOf(structs.child('start_line'), 'start_line', structs.length, budget),
  };
}

/** Line numbers come in 64 bits; one that needs more than 31 is none. */
export function int32sOf(column: Column | undefined, name: string, count: number, budget: Budget): Int32Array {
  const words = wordsOf(int64sOf(column, name, budget));
  budget.take(count * 4, 'lines');
  const numbers = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const low = words[2 * row] ?? 0;
    if (words[2 * row + 1] === 0 && low <= 0x7fffffff) numbers[row] = low;
  }
  return numbers;
}

const none = new Uint32Array(0);
const noFrames: Frames = {
  mappings: {
    count: 1,
    file: new Uint32Array(1),
    buildId: new Uint32Array(1),
    start: new BigUint64Array(1),
    limit: new BigUint64Array(1),
    offset: new BigUint64Array(1),
  },
  functions: { count: 0, name: none, systemName: none, file: none, startLine: new Int32Array(0) },
  locations: {
    count: 0,
    mapping: none,
    address: new BigUint64Array(0),
    lineStart: new Int32Array(0),
    lineSize: new Int32Array(0),
  },
  lines: { fn: none, number: new Int32Array(0), column: new Int32Array(0) },
};
