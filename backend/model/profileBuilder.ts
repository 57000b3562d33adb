/**
 * Builds profiles from what readers of text and of other row-wise formats find, one thing at a time.
 *
 * Shape:  one TableBuilder may serve several profiles (events of one file), each with a SampleBuilder of its own. Equal
 *         strings, mappings, functions and locations are kept once. Samples are not merged: ingest does that.
 * Units:  as in Profile.
 */
import { GrowingUint32 } from './growingColumn.ts';
import type { Profile } from './profile.ts';
import type { StackTable } from './stackTable.ts';

export interface MappingRow {
  readonly file: string;
  readonly buildId: string;
  readonly start: bigint;
  readonly limit: bigint;
  readonly offset: bigint;
}

export interface FunctionLine {
  readonly name: string;
  readonly systemName?: string;
  readonly file?: string;
  readonly startLine?: number;
  /** Index into frameTypeNames. */
  readonly frameType?: number;
  readonly line?: number;
  readonly column?: number;
}

export type ProfileTables = Pick<StackTable, 'strings' | 'mappings' | 'functions' | 'locations'>;

export class TableBuilder {
  readonly #strings = new Map<string, number>([['', 0]]);
  readonly #mappings = new Map<string, number>();
  readonly #mappingRows: MappingRow[] = [{ file: '', buildId: '', start: 0n, limit: 0n, offset: 0n }];
  readonly #functions = new Map<string, number>();
  readonly #functionNumbers: number[] = [];
  readonly #locations = new Map<string, number>();
  readonly #locationMapping: number[] = [];
  readonly #locationAddress: bigint[] = [];
  readonly #lineStart: number[] = [0];
  readonly #lines: number[] = [];

  string(text: string): number {
    return intern(this.#strings, text, () => undefined);
  }

  mapping(row: MappingRow): number {
    const key = `${row.start}/${row.limit}/${row.offset}/${row.buildId}/${row.file}`;
    if (key === '0/0/0//') return 0;
    return intern(this.#mappings, key, () => this.#mappingRows.push(row)) + 1;
  }

  /** A location with the lines of one address, the innermost inlined call first; without lines it has no symbols. */
  location(lines: readonly FunctionLine[], mapping = 0, address = 0n): number {
    const numbers = lines.flatMap((line) => [this.#function(line), line.line ?? 0, line.column ?? 0]);
    return intern(this.#locations, `${mapping}/${address}/${numbers.join()}`, () => {
      this.#locationMapping.push(mapping);
      this.#locationAddress.push(address);
      for (const number of numbers) this.#lines.push(number);
      this.#lineStart.push(this.#lines.length / 3);
    });
  }

  finish(): ProfileTables {
    // Strings are added on the way, so their table comes last.
    const mappings = {
      count: this.#mappingRows.length,
      file: Uint32Array.from(this.#mappingRows, ({ file }) => this.string(file)),
      buildId: Uint32Array.from(this.#mappingRows, ({ buildId }) => this.string(buildId)),
      start: BigUint64Array.from(this.#mappingRows, ({ start }) => start),
      limit: BigUint64Array.from(this.#mappingRows, ({ limit }) => limit),
      offset: BigUint64Array.from(this.#mappingRows, ({ offset }) => offset),
    };
    const lineCount = this.#lines.length / 3;
    const functionCount = this.#functionNumbers.length / 5;
    const functionNumber = (column: number) => (_: unknown, row: number) =>
      this.#functionNumbers[5 * row + column] ?? 0;
    const frameType = Uint8Array.from({ length: functionCount }, functionNumber(4));
    const lineNumber = (column: number) => (_: unknown, row: number) => this.#lines[3 * row + column] ?? 0;
    return {
      mappings,
      functions: {
        count: functionCount,
        name: Uint32Array.from({ length: functionCount }, functionNumber(0)),
        systemName: Uint32Array.from({ length: functionCount }, functionNumber(1)),
        file: Uint32Array.from({ length: functionCount }, functionNumber(2)),
        startLine: Int32Array.from({ length: functionCount }, functionNumber(3)),
        ...(frameType.some((type) => type > 0) && { frameType }),
      },
      locations: {
        count: this.#locationMapping.length,
        mapping: Uint32Array.from(this.#locationMapping),
        address: BigUint64Array.from(this.#locationAddress),
        lineStart: Uint32Array.from(this.#lineStart),
        lineFunction: Uint32Array.from({ length: lineCount }, lineNumber(0)),
        lineNumber: Int32Array.from({ length: lineCount }, lineNumber(1)),
        lineColumn: Int32Array.from({ length: lineCount }, lineNumber(2)),
      },
      strings: stringTableOf([...this.#strings.keys()]),
    };
  }

  #function({ name, systemName = name, file = '', startLine = 0, frameType = 0 }: FunctionLine): number {
    const row = [this.string(name), this.string(systemName), this.string(file), startLine, frameType];
    return intern(this.#functions, row.join(), () => this.#functionNumbers.push(...row));
  }
}

export function stringTableOf(texts: readonly string[]): StackTable['strings'] {
  const parts = texts.map((text) => Buffer.from(text, 'utf8'));
  const starts = new Uint32Array(parts.length);
  const ends = new Uint32Array(parts.length);
  let at = 0;
  parts.forEach((part, i) => {
    starts[i] = at;
    ends[i] = at += part.length;
  });
  return { bytes: new Uint8Array(Buffer.concat(parts)), starts, ends };
}

function intern(known: Map<string, number>, key: string, add: () => void): number {
  const index = known.get(key);
  if (index !== undefined) return index;
  const made = known.size;
  known.set(key, made);
  add();
  return made;
}

/** A sample's label: string indexes of its name and its text. */
export type SampleLabel = readonly [name: number, text: number];

export class SampleBuilder {
  readonly #typeCount: number;
  readonly #values: bigint[] = [];
  readonly #stackStart: number[] = [0];
  readonly #stackLocations = new GrowingUint32(256);
  readonly #labelStart: number[] = [0];
  readonly #labelName: number[] = [];
  readonly #labelText: number[] = [];

  constructor(typeCount: number) {
    this.#typeCount = typeCount;
  }

  get count(): number {
    return this.#stackStart.length - 1;
  }

  /** Locations leaf first; one value per sample type. */
  add(locations: ArrayLike<number>, values: readonly bigint[], labels: readonly SampleLabel[] = []): void {
    this.#stackLocations.pushAll(locations);
    this.#stackStart.push(this.#stackLocations.length);
    for (let type = 0; type < this.#typeCount; type++) this.#values.push(values[type] ?? 0n);
    for (const [name, text] of labels) {
      this.#labelName.push(name);
      this.#labelText.push(text);
    }
    this.#labelStart.push(this.#labelName.length);
  }

  finish(
    tables: ProfileTables,
    head: Pick<Profile, 'sampleTypes' | 'periodType' | 'period' | 'timeNanos' | 'durationNanos'>,
  ): Profile {
    return {
      ...head,
      defaultSampleType: '',
      sampleCount: this.count,
      values: BigInt64Array.from(this.#values),
      labelStart: Uint32Array.from(this.#labelStart),
      labelName: Uint32Array.from(this.#labelName),
      labelText: Uint32Array.from(this.#labelText),
      stacks: {
        ...tables,
        stackCount: this.count,
        stackStart: Uint32Array.from(this.#stackStart),
        stackLocations: this.#stackLocations.finish(),
      },
    };
  }
}
