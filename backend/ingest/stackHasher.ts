/**
 * Gives stacks, locations and functions of a profile their ids: keyed hashes of content. Whatever no kept sample refers to
 * is never hashed, so profiles that share large tables cost what they use.
 *
 * Shape:  hashStack(i) leaves the id in `low` and `high`; ids of locations and functions are asked for by index afterwards.
 *         The first word of what is hashed tells the kind, so that one set can hold ids of all kinds.
 */
import type { Limits } from '../limits.ts';
import { wordsOf } from '../model/int64Column.ts';
import type { StackTable } from '../model/stackTable.ts';
import { ContentHash } from './contentHash.ts';

const functionKind = 1;
const locationKind = 2;
const stackKind = 3;

/** Ids of one table, hashed when first asked for. */
export interface LazyIds {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly done: Uint8Array;
}

const lazyIds = (count: number): LazyIds => ({
  low: new Uint32Array(count),
  high: new Uint32Array(count),
  done: new Uint8Array(count),
});

/** Ids of a profile's tables. Profiles of one request may share tables and then share these. */
export interface TableIds {
  readonly functions: LazyIds;
  readonly locations: LazyIds;
}

export const tableIdsOf = ({ functions, locations }: StackTable): TableIds => ({
  functions: lazyIds(functions.count),
  locations: lazyIds(locations.count),
});

export class StackHasher {
  low = 0;
  high = 0;
  readonly functionIds: LazyIds;
  readonly locationIds: LazyIds;
  private readonly stacks: StackTable;
  private readonly hash: ContentHash;
  private readonly limits: Pick<Limits, 'stackDepth' | 'symbolBytes'>;
  private readonly addressWords: Uint32Array;
  private readonly mappingWords: readonly Uint32Array[];

  constructor(
    stacks: StackTable,
    ids: TableIds,
    hashKey: Uint8Array,
    limits: Pick<Limits, 'stackDepth' | 'symbolBytes'>,
  ) {
    this.stacks = stacks;
    this.hash = new ContentHash(hashKey);
    this.limits = limits;
    this.functionIds = ids.functions;
    this.locationIds = ids.locations;
    this.addressWords = wordsOf(stacks.locations.address);
    const { start, limit, offset } = stacks.mappings;
    this.mappingWords = [start, limit, offset].map(wordsOf);
  }

  /** Where the kept part of a stack begins: a stack that is too deep loses frames at the leaf. */
  firstLocation(stack: number): number {
    const { stackStart } = this.stacks;
    return Math.max(stackStart[stack] ?? 0, (stackStart[stack + 1] ?? 0) - this.limits.stackDepth);
  }

  hashStack(stack: number): void {
    const { stackStart, stackLocations } = this.stacks;
    const from = this.firstLocation(stack);
    const end = stackStart[stack + 1] ?? 0;
    // All at once and before: hashing a location uses the same hash.
    for (let i = from; i < end; i++) this.needLocation(stackLocations[i] ?? 0);
    const { hash, locationIds } = this;
    hash.start();
    hash.word(stackKind);
    hash.word(end - from);
    for (let i = from; i < end; i++) {
      const location = stackLocations[i] ?? 0;
      hash.word(locationIds.low[location] ?? 0);
      hash.word(locationIds.high[location] ?? 0);
    }
    hash.finish();
    this.low = hash.low;
    this.high = hash.high;
  }

  /** First byte of a symbol that is kept: one that is too long loses its head, at a character's border. */
  symbolStart(string: number): number {
    const { bytes, starts, ends } = this.stacks.strings;
    const start = starts[string] ?? 0;
    const end = ends[string] ?? 0;
    if (end - start <= this.limits.symbolBytes) return start;
    let at = end - this.limits.symbolBytes;
    while (at < end && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
    return at;
  }

  private needLocation(location: number): void {
    const { locationIds, hash } = this;
    if (locationIds.done[location] === 1) return;
    const { locations, mappings } = this.stacks;
    const first = locations.lineStart[location] ?? 0;
    const end = locations.lineStart[location + 1] ?? 0;
    for (let line = first; line < end; line++) this.needFunction(locations.lineFunction[line] ?? 0);
    const mapping = locations.mapping[location] ?? 0;
    hash.start();
    hash.word(locationKind);
    hash.word(end - first);
    this.text(mappings.file[mapping] ?? 0);
    this.text(mappings.buildId[mapping] ?? 0);
    if (first === end) this.placeOf(location, mapping);
    for (let line = first; line < end; line++) {
      const fn = locations.lineFunction[line] ?? 0;
      hash.word(this.functionIds.low[fn] ?? 0);
      hash.word(this.functionIds.high[fn] ?? 0);
      hash.word(locations.lineNumber[line] ?? 0);
      hash.word(locations.lineColumn[line] ?? 0);
    }
    this.finish(locationIds, location);
  }

  private placeOf(location: number, mapping: number): void {
    const { hash, addressWords } = this;
    hash.word(addressWords[2 * location] ?? 0);
    hash.word(addressWords[2 * location + 1] ?? 0);
    for (const words of this.mappingWords) {
      hash.word(words[2 * mapping] ?? 0);
      hash.word(words[2 * mapping + 1] ?? 0);
    }
  }

  private needFunction(fn: number): void {
    const { functionIds, hash } = this;
    if (functionIds.done[fn] === 1) return;
    const { functions } = this.stacks;
    hash.start();
    hash.word(functionKind);
    this.symbol(functions.name[fn] ?? 0);
    this.symbol(functions.systemName[fn] ?? 0);
    this.text(functions.file[fn] ?? 0);
    hash.word(functions.startLine[fn] ?? 0);
    // What has no type keeps the id that it had before there were types.
    const type = functions.frameType?.[fn] ?? 0;
    if (type > 0) hash.word(type);
    this.finish(functionIds, fn);
  }

  private finish(ids: LazyIds, index: number): void {
    this.hash.finish();
    ids.low[index] = this.hash.low;
    ids.high[index] = this.hash.high;
    ids.done[index] = 1;
  }

  private text(string: number): void {
    const { bytes, starts, ends } = this.stacks.strings;
    this.hash.text(bytes, starts[string] ?? 0, ends[string] ?? 0);
  }

  private symbol(string: number): void {
    const { bytes, ends } = this.stacks.strings;
    this.hash.text(bytes, this.symbolStart(string), ends[string] ?? 0);
  }
}
