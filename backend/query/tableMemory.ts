/**
 * Strings, mappings, functions and locations of many stack tables in one, equal rows once.
 *
 * Shape:  the columns of a StackTable, growing. 64-bit numbers are two words, low word first.
 */
import { GrowingUint32 } from '../model/growingColumn.ts';
import { wordsOf } from '../model/int64Column.ts';
import type { StackTable } from '../model/stackTable.ts';
import { SequenceTable } from './sequenceTable.ts';
import { TextMemory } from './textMemory.ts';

export type NamedTables = Pick<StackTable, 'strings' | 'mappings' | 'functions' | 'locations'>;

const growing = (): GrowingUint32 => new GrowingUint32(1_024);

export class TableMemory {
  private readonly texts = new TextMemory();
  private readonly mappings = { rows: new SequenceTable(), file: growing(), buildId: growing() };
  private readonly mappingWords = { start: growing(), limit: growing(), offset: growing() };
  private readonly functions = { rows: new SequenceTable(), name: growing(), systemName: growing(), file: growing() };
  private readonly startLine = growing();
  private readonly locations = { rows: new SequenceTable(), mapping: growing(), address: growing() };
  private readonly lineStart = growing();
  private readonly lines = { fn: growing(), number: growing(), column: growing() };
  /** The row that is being looked up. */
  private row = new Uint32Array(64);

  constructor() {
    this.lineStart.push(0);
    this.texts.index(new Uint8Array(0), 0, 0);
    this.addMapping(0, 0, [0, 0, 0, 0, 0, 0]);
  }

  /** The location here of each location of the table. */
  add(table: NamedTables): Uint32Array {
    const text = this.addTexts(table);
    const mappings = this.addMappings(table, text);
    const functions = this.addFunctions(table, text);
    return this.addLocations(table, mappings, functions);
  }

  columns(): NamedTables {
    const { mappings, mappingWords, functions, locations, lines } = this;
    return {
      strings: this.texts.table(),
      mappings: {
        count: mappings.rows.count,
        file: mappings.file.finish(),
        buildId: mappings.buildId.finish(),
        start: wide(mappingWords.start),
        limit: wide(mappingWords.limit),
        offset: wide(mappingWords.offset),
      },
      functions: {
        count: functions.rows.count,
        name: functions.name.finish(),
        systemName: functions.systemName.finish(),
        file: functions.file.finish(),
        startLine: signed(this.startLine),
      },
      locations: {
        count: locations.rows.count,
        mapping: locations.mapping.finish(),
        address: wide(locations.address),
        lineStart: this.lineStart.finish(),
        lineFunction: lines.fn.finish(),
        lineNumber: signed(lines.number),
        lineColumn: signed(lines.column),
      },
    };
  }

  bytes(): number {
    const { mappings, functions, locations, lines } = this;
    const numbers = 8 * mappings.rows.count + 4 * functions.rows.count + 4 * locations.rows.count + 3 * lines.fn.length;
    const tables = mappings.rows.bytes() + functions.rows.bytes() + locations.rows.bytes();
    return 6 * numbers + tables + this.texts.bytes();
  }

  private addTexts({ strings }: NamedTables): (index: number) => number {
    const known = new Int32Array(strings.starts.length).fill(-1);
    return (index) => {
      const place = known[index] ?? -1;
      if (place >= 0) return place;
      const { bytes, starts, ends } = strings;
      return (known[index] = this.texts.index(bytes, starts[index] ?? 0, ends[index] ?? 0));
    };
  }

  private addMappings({ mappings }: NamedTables, text: (index: number) => number): Uint32Array {
    const words = [mappings.start, mappings.limit, mappings.offset].map(wordsOf);
    return Uint32Array.from({ length: mappings.count }, (_, i) =>
      this.addMapping(
        text(mappings.file[i] ?? 0),
        text(mappings.buildId[i] ?? 0),
        words.flatMap((word) => [word[2 * i] ?? 0, word[2 * i + 1] ?? 0]),
      ),
    );
  }

  private addMapping(file: number, buildId: number, words: readonly number[]): number {
    this.row.set([file, buildId, ...words]);
    const { index, isNew } = this.mappings.rows.index(this.row, 8);
    if (isNew) {
      this.mappings.file.push(file);
      this.mappings.buildId.push(buildId);
      [this.mappingWords.start, this.mappingWords.limit, this.mappingWords.offset].forEach((column, i) => {
        column.push(words[2 * i] ?? 0);
        column.push(words[2 * i + 1] ?? 0);
      });
    }
    return index;
  }

  private addFunctions({ functions }: NamedTables, text: (index: number) => number): Uint32Array {
    const moved = new Uint32Array(functions.count);
    const { row } = this;
    for (let fn = 0; fn < functions.count; fn++) {
      row[0] = text(functions.name[fn] ?? 0);
      row[1] = text(functions.systemName[fn] ?? 0);
      row[2] = text(functions.file[fn] ?? 0);
      row[3] = functions.startLine[fn] ?? 0;
      const { index, isNew } = this.functions.rows.index(row, 4);
      moved[fn] = index;
      if (!isNew) continue;
      this.functions.name.push(row[0]);
      this.functions.systemName.push(row[1]);
      this.functions.file.push(row[2]);
      this.startLine.push(row[3]);
    }
    return moved;
  }

  private addLocations({ locations }: NamedTables, mappings: Uint32Array, functions: Uint32Array): Uint32Array {
    const moved = new Uint32Array(locations.count);
    const address = wordsOf(locations.address);
    for (let location = 0; location < locations.count; location++) {
      const first = locations.lineStart[location] ?? 0;
      const end = locations.lineStart[location + 1] ?? 0;
      const length = 4 + 3 * (end - first);
      if (length > this.row.length) this.row = new Uint32Array(2 * length);
      const { row } = this;
      row[0] = mappings[locations.mapping[location] ?? 0] ?? 0;
      row[1] = address[2 * location] ?? 0;
      row[2] = address[2 * location + 1] ?? 0;
      // Rows differ in length, and none may be the beginning of another.
      row[3] = end - first;
      for (let line = first, at = 4; line < end; line++) {
        row[at++] = functions[locations.lineFunction[line] ?? 0] ?? 0;
        row[at++] = locations.lineNumber[line] ?? 0;
        row[at++] = locations.lineColumn[line] ?? 0;
      }
      const { index, isNew } = this.locations.rows.index(row, length);
      moved[location] = index;
      if (isNew) this.keepLocation(row, length);
    }
    return moved;
  }

  private keepLocation(row: Uint32Array, length: number): void {
    this.locations.mapping.push(row[0] ?? 0);
    this.locations.address.push(row[1] ?? 0);
    this.locations.address.push(row[2] ?? 0);
    for (let at = 4; at < length; at += 3) {
      this.lines.fn.push(row[at] ?? 0);
      this.lines.number.push(row[at + 1] ?? 0);
      this.lines.column.push(row[at + 2] ?? 0);
    }
    this.lineStart.push(this.lines.fn.length);
  }
}

function wide(column: GrowingUint32): BigUint64Array {
  const words = column.finish();
  return new BigUint64Array(words.buffer, words.byteOffset, words.length / 2);
}

function signed(column: GrowingUint32): Int32Array {
  const words = column.finish();
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}
