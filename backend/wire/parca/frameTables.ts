/**
 * Frames of a whole request, from which each profile takes those that its samples stand in.
 *
 * Shape:  stack s is frames [stackStart[s], stackStart[s] + stackSize[s]), leaf first; stacks may overlap. Likewise the
 *         lines of a location. A frame or a line's function may be noKey: there is none.
 */
import type {
  FunctionColumns,
  LocationColumns,
  MappingColumns,
  StackTable,
  StringTable,
} from '../../model/stackTable.ts';
import { wordsOf } from '../../model/int64Column.ts';
import { FunctionTypes } from '../../model/frameType.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { Budget } from './arrow/budget.ts';
import { noKey } from './arrow/cells.ts';

export interface FrameTables {
  readonly strings: StringTable;
  readonly mappings: MappingColumns;
  readonly functions: FunctionColumns;
  readonly locations: {
    readonly count: number;
    readonly mapping: Uint32Array;
    readonly address: BigUint64Array;
    readonly lineStart: Int32Array;
    readonly lineSize: Int32Array;
    /** Indexes into frameTypeNames. */
    readonly frameType?: Uint8Array;
  };
  readonly lines: {
    readonly fn: Uint32Array;
    readonly number: Int32Array;
    readonly column: Int32Array;
  };
  readonly frames: Uint32Array;
  readonly stackStart: Int32Array;
  readonly stackSize: Int32Array;
}

/** Takes stacks out of the tables, one profile after the other, with only what they need. */
export class StackPicker {
  readonly #tables: FrameTables;
  readonly #budget: Budget;
  readonly #locationPlace: Places;
  readonly #functionPlace: Places;

  constructor(tables: FrameTables, budget: Budget) {
    this.#tables = tables;
    this.#budget = budget;
    this.#locationPlace = new Places(tables.locations.count, budget);
    this.#functionPlace = new Places(tables.functions.count, budget);
  }

  get strings(): StringTable {
    return this.#tables.strings;
  }

  pick(stacks: Uint32Array): StackTable {
    const { frames, stackStart: firstFrame, stackSize, strings, mappings } = this.#tables;
    this.#locationPlace.clear();
    let most = 0;
    for (let i = 0; i < stacks.length; i++) most += stackSize[stacks[i] ?? 0] ?? 0;
    this.#budget.take(most * 4, 'stacks');
    const starts = new Uint32Array(stacks.length + 1);
    const stackLocations = new Uint32Array(most);
    let count = 0;
    for (let i = 0; i < stacks.length; i++) {
      const stack = stacks[i] ?? 0;
      const first = firstFrame[stack] ?? 0;
      const end = first + (stackSize[stack] ?? 0);
      for (let frame = first; frame < end; frame++) {
        const location = frames[frame] ?? noKey;
        if (location !== noKey) stackLocations[count++] = this.#locationPlace.of(location);
      }
      starts[i + 1] = count;
    }
    return {
      strings,
      mappings,
      ...this.#locationsInUse(),
      stackCount: stacks.length,
      stackStart: starts,
      stackLocations: stackLocations.subarray(0, count),
    };
  }

  #locationsInUse(): { readonly locations: LocationColumns; readonly functions: FunctionColumns } {
    const { locations, lines, functions } = this.#tables;
    const used = this.#locationPlace.inUse();
    this.#functionPlace.clear();
    const lineStart = new Uint32Array(used.length + 1);
    const fn = new GrowingUint32(used.length);
    const number = new GrowingUint32(used.length);
    const column = new GrowingUint32(used.length);
    const types = new FunctionTypes(functions.count);
    for (let i = 0; i < used.length; i++) {
      const location = used[i] ?? 0;
      const size = locations.lineSize[location] ?? 0;
      const first = locations.lineStart[location] ?? 0;
      this.#budget.take(size * 12, 'lines');
      for (let line = first; line < first + size; line++) {
        const called = lines.fn[line] ?? noKey;
        if (called === noKey) continue;
        const place = this.#functionPlace.of(called);
        types.note(place, locations.frameType?.[location] ?? 0);
        fn.push(place);
        number.push(lines.number[line] ?? 0);
        column.push(lines.column[line] ?? 0);
      }
      lineStart[i + 1] = fn.length;
    }
    const usedFunctions = this.#functionPlace.inUse();
    const frameType = types.finish()?.slice(0, usedFunctions.length);
    return {
      locations: {
        count: used.length,
        mapping: gathered(locations.mapping, used, new Uint32Array(used.length)),
        address: gatheredWords(locations.address, used),
        lineStart,
        lineFunction: fn.finish(),
        lineNumber: new Int32Array(number.finish()),
        lineColumn: new Int32Array(column.finish()),
      },
      functions: {
        count: usedFunctions.length,
        name: gathered(functions.name, usedFunctions, new Uint32Array(usedFunctions.length)),
        systemName: gathered(functions.systemName, usedFunctions, new Uint32Array(usedFunctions.length)),
        file: gathered(functions.file, usedFunctions, new Uint32Array(usedFunctions.length)),
        startLine: gathered(functions.startLine, usedFunctions, new Int32Array(usedFunctions.length)),
        ...(frameType !== undefined && { frameType }),
      },
    };
  }
}

function gathered<T extends Uint32Array | Int32Array>(column: T, rows: Uint32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = column[rows[i] ?? 0] ?? 0;
  return into;
}

/** A BigInt for each address would take most of the time. */
function gatheredWords(column: BigUint64Array, rows: Uint32Array): BigUint64Array {
  const into = new BigUint64Array(rows.length);
  const source = wordsOf(column);
  const target = wordsOf(into);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    target[2 * i] = source[2 * row] ?? 0;
    target[2 * i + 1] = source[2 * row + 1] ?? 0;
  }
  return into;
}

/** Rows of a table in the order in which one profile asks for them. clear() takes as long as what was asked for. */
class Places {
  readonly #placePlusOne: Uint32Array;
  readonly #rows: Uint32Array;
  #count = 0;

  constructor(count: number, budget: Budget) {
    budget.take(count * 8, 'frames');
    this.#placePlusOne = new Uint32Array(count);
    this.#rows = new Uint32Array(count);
  }

  clear(): void {
    for (const row of this.inUse()) this.#placePlusOne[row] = 0;
    this.#count = 0;
  }

  of(row: number): number {
    const known = this.#placePlusOne[row] ?? 0;
    if (known !== 0) return known - 1;
    this.#rows[this.#count++] = row;
    this.#placePlusOne[row] = this.#count;
    return this.#count - 1;
  }

  /** Until the next clear(). */
  inUse(): Uint32Array {
    return this.#rows.subarray(0, this.#count);
  }
}
