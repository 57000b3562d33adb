/**
 * Stacks that were read before, with their names and their places in one tree of all names: a question adds values to
 * nodes and looks nothing up but ids.
 *
 * Shape:  a StackTable and a tree that only grow; what was handed out stays true. Equal strings, functions and locations
 *         of different readings become one.
 * Units:  bytes() counts the room of columns and texts, at most a third off.
 */
import { GrowingUint32 } from '../model/growingColumn.ts';
import { wordsOf } from '../model/int64Column.ts';
import { rootName } from '../model/callTree.ts';
import type { StackTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { IdIndex } from '../store/clickhouse/idIndex.ts';
import { unsymbolisedName } from './frameNames.ts';
import { NodeTable } from './nodeTable.ts';
import { TableMemory } from './tableMemory.ts';

export interface NameTree {
  /** As in a CallTree. */
  readonly parent: Int32Array;
  readonly name: Uint32Array;
  readonly names: readonly string[];
  /** By stack of the table: the node of its leaf; 0 for a stack without frames. */
  readonly leaf: Uint32Array;
}

export class KnownStacks {
  /** Stands for it with those who must not keep it alive. */
  readonly identity: object = {};
  private readonly ids = new IdIndex(1_024);
  private readonly tables = new TableMemory();
  private readonly stackStart = new GrowingUint32(1_024);
  private readonly stackLocations = new GrowingUint32(16_384);
  private readonly nodes = new NodeTable();
  private readonly leaf = new GrowingUint32(1_024);
  private readonly names: string[] = [rootName];
  private readonly nameIndex = new Map<string, number>([[rootName, 0]]);
  private nameCharacters = 0;
  /** Frames of a location, the caller before its inlined callees, as indexes of names. */
  private readonly frameStart = new GrowingUint32(1_024);
  private readonly frames = new GrowingUint32(1_024);
  private readonly functionName = new GrowingUint32(1_024);

  constructor() {
    this.stackStart.push(0);
    this.frameStart.push(0);
  }

  /** The stack of each id; -1 for one that is not known. */
  find(stackIds: BigUint64Array): Int32Array {
    const words = wordsOf(stackIds);
    const places = new Int32Array(stackIds.length);
    for (let i = 0; i < places.length; i++) places[i] = this.ids.find(words, i);
    return places;
  }

  /** Takes stack i of the table as stackIds[i]. A stack without locations is one that nobody knows: it may come later. */
  add(stackIds: BigUint64Array, table: StackTable): void {
    const moved = this.tables.add(table);
    this.nameLocations();
    const words = wordsOf(stackIds);
    for (let stack = 0; stack < table.stackCount; stack++) {
      const first = table.stackStart[stack] ?? 0;
      const end = table.stackStart[stack + 1] ?? 0;
      if (first === end || this.ids.find(words, stack) >= 0) continue;
      this.ids.add(words, stack);
      let node = 0;
      for (let i = end - 1; i >= first; i--) node = this.descend(node, moved[table.stackLocations[i] ?? 0] ?? 0);
      for (let i = first; i < end; i++) this.stackLocations.push(moved[table.stackLocations[i] ?? 0] ?? 0);
      this.stackStart.push(this.stackLocations.length);
      this.leaf.push(node);
    }
  }

  table(): StackTable {
    return {
      ...this.tables.columns(),
      stackCount: this.leaf.length,
      stackStart: this.stackStart.finish(),
      stackLocations: this.stackLocations.finish(),
    };
  }

  tree(): NameTree {
    return { ...this.nodes.columns(), names: this.names, leaf: this.leaf.finish() };
  }

  /** The node of a path of names from the root; -1 when no stack has it. */
  nodeOf(path: readonly string[]): number {
    let node = 0;
    for (const text of path) {
      const name = this.nameIndex.get(text);
      if (name === undefined) return -1;
      node = this.nodes.find(node, name);
      if (node < 0) return -1;
    }
    return node;
  }

  bytes(): number {
    const columns = [
      this.stackStart,
      this.stackLocations,
      this.leaf,
      this.frameStart,
      this.frames,
      this.functionName,
    ].reduce((sum, column) => sum + column.length, 0);
    // Room doubles, so a column is three quarters full on the average; an id takes 12 bytes, a name an entry and a key.
    return 6 * columns + 24 * this.leaf.length + this.nodes.bytes() + this.tables.bytes() + 2 * this.nameCharacters;
  }

  private descend(from: number, location: number): number {
    let node = from;
    const end = this.frameStart.at(location + 1);
    for (let frame = this.frameStart.at(location); frame < end; frame++) {
      node = this.nodes.child(node, this.frames.at(frame));
    }
    return node;
  }

  /** Those that have come since the last time. */
  private nameLocations(): void {
    const { strings, functions, locations, mappings } = this.tables.columns();
    for (let fn = this.functionName.length; fn < functions.count; fn++) {
      this.functionName.push(this.nameOf(textAt(strings, functions.name[fn] ?? 0)));
    }
    const table = { strings, mappings, locations };
    for (let location = this.frameStart.length - 1; location < locations.count; location++) {
      const first = locations.lineStart[location] ?? 0;
      const end = locations.lineStart[location + 1] ?? 0;
      if (first === end) this.frames.push(this.nameOf(unsymbolisedName(table, location)));
      for (let line = end - 1; line >= first; line--) {
        this.frames.push(this.functionName.at(locations.lineFunction[line] ?? 0));
      }
      this.frameStart.push(this.frames.length);
    }
  }

  private nameOf(text: string): number {
    const known = this.nameIndex.get(text);
    if (known !== undefined) return known;
    this.nameIndex.set(text, this.names.length);
    this.nameCharacters += text.length + 40;
    return this.names.push(text) - 1;
  }
}
