/**
 * The dictionary rows that a day may lack for a profile's stacks: those whose ids are not known to be stored.
 *
 * Shape:  every id stands once; `ids` has all of them, to be marked as known once they are committed.
 */
import { frameTypeName } from '../model/frameType.ts';
import type { DictionaryRows, FunctionRow, LocationRow, StackRow } from '../model/record.ts';
import type { StackTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { bigId } from './contentHash.ts';
import { IdSet } from './idSet.ts';
import type { StackHasher } from './stackHasher.ts';

export interface MissingRows {
  readonly rows: DictionaryRows;
  readonly ids: IdSet;
}

type IsKnown = (low: number, high: number) => boolean;

/** `samples`: one for each distinct stack; `stackIds`: their ids, in the same order. */
export function missingRows(
  table: StackTable,
  hasher: StackHasher,
  day: number,
  stacks: { readonly stackIds: IdSet; readonly sampleOfStack: readonly number[] },
  isKnown: IsKnown,
): MissingRows {
  const writer = new RowWriter(table, hasher, isKnown);
  stacks.sampleOfStack.forEach((sample, number) => {
    writer.addStack(sample, stacks.stackIds.low(number), stacks.stackIds.high(number));
  });
  const { ids, stackRows, locationRows, functionRows } = writer;
  return { ids, rows: { day, stacks: stackRows, locations: locationRows, functions: functionRows } };
}

class RowWriter {
  readonly ids = new IdSet();
  readonly stackRows: StackRow[] = [];
  readonly locationRows: LocationRow[] = [];
  readonly functionRows: FunctionRow[] = [];
  private readonly table: StackTable;
  private readonly hasher: StackHasher;
  private readonly isKnown: IsKnown;

  constructor(table: StackTable, hasher: StackHasher, isKnown: IsKnown) {
    this.table = table;
    this.hasher = hasher;
    this.isKnown = isKnown;
  }

  /** A stack that is stored has its locations stored too, and so on. */
  addStack(stack: number, low: number, high: number): void {
    if (!this.isNew(low, high)) return;
    const { locationIds } = this.hasher;
    const from = this.hasher.firstLocation(stack);
    const end = this.table.stackStart[stack + 1] ?? 0;
    const ids = new BigUint64Array(end - from);
    for (let i = from; i < end; i++) {
      const location = this.table.stackLocations[i] ?? 0;
      ids[i - from] = bigId(locationIds.low[location] ?? 0, locationIds.high[location] ?? 0);
      this.addLocation(location);
    }
    this.stackRows.push({ id: bigId(low, high), locationIds: ids });
  }

  private addLocation(location: number): void {
    const { low, high } = this.hasher.locationIds;
    if (!this.isNew(low[location] ?? 0, high[location] ?? 0)) return;
    const { locations, mappings } = this.table;
    const first = locations.lineStart[location] ?? 0;
    const end = locations.lineStart[location + 1] ?? 0;
    const mapping = locations.mapping[location] ?? 0;
    const functions = locations.lineFunction.subarray(first, end);
    // What has lines needs no address: the same function at many addresses is one location.
    const place = (column: BigUint64Array, at: number): bigint => (first === end ? (column[at] ?? 0n) : 0n);
    this.locationRows.push({
      id: bigId(low[location] ?? 0, high[location] ?? 0),
      file: this.text(mappings.file[mapping] ?? 0),
      buildId: this.text(mappings.buildId[mapping] ?? 0),
      address: place(locations.address, location),
      mappingStart: place(mappings.start, mapping),
      mappingLimit: place(mappings.limit, mapping),
      mappingOffset: place(mappings.offset, mapping),
      functionIds: BigUint64Array.from(functions, (fn) => this.addFunction(fn)),
      lines: locations.lineNumber.slice(first, end),
      columns: locations.lineColumn.slice(first, end),
    });
  }

  private addFunction(fn: number): bigint {
    const { low, high } = this.hasher.functionIds;
    const id = bigId(low[fn] ?? 0, high[fn] ?? 0);
    if (!this.isNew(low[fn] ?? 0, high[fn] ?? 0)) return id;
    const { functions } = this.table;
    const type = functions.frameType?.[fn] ?? 0;
    this.functionRows.push({
      id,
      name: this.symbol(functions.name[fn] ?? 0),
      systemName: this.symbol(functions.systemName[fn] ?? 0),
      file: this.text(functions.file[fn] ?? 0),
      startLine: functions.startLine[fn] ?? 0,
      ...(type > 0 && { frameType: frameTypeName(type) }),
    });
    return id;
  }

  private isNew(low: number, high: number): boolean {
    if (this.ids.has(low, high) || this.isKnown(low, high)) return false;
    this.ids.add(low, high);
    return true;
  }

  private text(string: number): string {
    return textAt(this.table.strings, string);
  }

  private symbol(string: number): string {
    const { bytes, ends } = this.table.strings;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
      'utf8',
      this.hasher.symbolStart(string),
      ends[string],
    );
  }
}
