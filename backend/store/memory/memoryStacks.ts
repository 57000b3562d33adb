/** A StackTable from dictionary rows, one Map at a time: the obvious twin of the columnar one. */
import { stringTableOf } from '../../model/profileBuilder.ts';
import type { FunctionRow, LocationRow, StackRow } from '../../model/record.ts';
import type { StackTable } from '../../model/stackTable.ts';

export interface Dictionary {
  stack(id: bigint): StackRow | undefined;
  location(id: bigint): LocationRow | undefined;
  function(id: bigint): FunctionRow | undefined;
}

const unknownLocation = (id: bigint): LocationRow => ({
  id,
  file: '',
  buildId: '',
  address: 0n,
  mappingStart: 0n,
  mappingLimit: 0n,
  mappingOffset: 0n,
  functionIds: new BigUint64Array(0),
  lines: new Int32Array(0),
  columns: new Int32Array(0),
});

/** Gives every distinct key the next index and remembers what stood behind it. */
class Interned<Row> {
  readonly rows: Row[] = [];
  readonly #indexes = new Map<bigint | string, number>();

  index(key: bigint | string, row: () => Row): number {
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.rows.length);
    return this.rows.push(row()) - 1;
  }
}

type Mapping = Pick<LocationRow, 'file' | 'buildId' | 'mappingStart' | 'mappingLimit' | 'mappingOffset'>;
const mappingKey = (m: Mapping): string =>
  JSON.stringify([m.file, m.buildId, `${m.mappingStart}`, `${m.mappingLimit}`, `${m.mappingOffset}`]);

export function stackTableOf(dictionary: Dictionary, stackIds: BigUint64Array): StackTable {
  const locations = new Interned<LocationRow>();
  const stackStart = [0];
  const stackLocations: number[] = [];
  for (const id of stackIds) {
    for (const locationId of dictionary.stack(id)?.locationIds ?? []) {
      const row = () => dictionary.location(locationId) ?? unknownLocation(locationId);
      stackLocations.push(locations.index(locationId, row));
    }
    stackStart.push(stackLocations.length);
  }
  return {
    ...columnsOf(dictionary, locations.rows),
    stackCount: stackIds.length,
    stackStart: Uint32Array.from(stackStart),
    stackLocations: Uint32Array.from(stackLocations),
  };
}

function columnsOf(
  dictionary: Dictionary,
  locations: readonly LocationRow[],
): Pick<StackTable, 'strings' | 'mappings' | 'functions' | 'locations'> {
  const texts = new Interned<string>();
  const text = (value: string): number => texts.index(value, () => value);
  text('');
  const mappings = new Interned<Mapping>();
  mappings.index(mappingKey(unknownLocation(0n)), () => unknownLocation(0n));
  const functions = new Interned<FunctionRow>();
  const functionIndex = (id: bigint): number =>
    functions.index(id, () => dictionary.function(id) ?? { id, name: '', systemName: '', file: '', startLine: 0 });
  const mapping = Uint32Array.from(locations, (row) => mappings.index(mappingKey(row), () => row));
  const lineFunction = locations.flatMap((row) => [...row.functionIds].map(functionIndex));
  const lineStart = [0];
  for (const row of locations) lineStart.push((lineStart.at(-1) ?? 0) + row.functionIds.length);
  const columns = {
    mappings: {
      count: mappings.rows.length,
      file: Uint32Array.from(mappings.rows, (row) => text(row.file)),
      buildId: Uint32Array.from(mappings.rows, (row) => text(row.buildId)),
      start: BigUint64Array.from(mappings.rows, (row) => row.mappingStart),
      limit: BigUint64Array.from(mappings.rows, (row) => row.mappingLimit),
      offset: BigUint64Array.from(mappings.rows, (row) => row.mappingOffset),
    },
    functions: {
      count: functions.rows.length,
      name: Uint32Array.from(functions.rows, (row) => text(row.name)),
      systemName: Uint32Array.from(functions.rows, (row) => text(row.systemName)),
      file: Uint32Array.from(functions.rows, (row) => text(row.file)),
      startLine: Int32Array.from(functions.rows, (row) => row.startLine),
    },
    locations: {
      count: locations.length,
      mapping,
      address: BigUint64Array.from(locations, (row) => row.address),
      lineStart: Uint32Array.from(lineStart),
      lineFunction: Uint32Array.from(lineFunction),
      lineNumber: Int32Array.from(locations.flatMap((row) => [...row.lines])),
      lineColumn: Int32Array.from(locations.flatMap((row) => [...row.columns])),
    },
  };
  return { ...columns, strings: stringTableOf(texts.rows) };
}
