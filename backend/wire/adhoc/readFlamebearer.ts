/**
 * Reads Pyroscope's own JSON of a flame graph, as its render call answers and people save it: a tree, or the two of a diff.
 *
 * Shape:  levels of bars, 4 numbers each (offset from the bar before, total, self, name) or, of a diff, 7 (the first three for
 *         each side). A bar's parent is the bar above that covers it; of a diff, with both sides' widths added up.
 * Units:  metadata.units names them; whole numbers up to 2^53.
 * Errors: InputError invalid_argument with the path in the JSON.
 * Source: reference pyroscope-api 2.1, 2.2, 2.5.
 */
import { InputError } from '../../errors.ts';
import type { CallTree } from '../../model/callTree.ts';
import { rootName } from '../../model/callTree.ts';

export interface Flamebearer {
  readonly name: string;
  readonly units: string;
  readonly spyName: string;
  readonly sampleRate: number;
  /** One, or left and right of a diff: on the same nodes. */
  readonly trees: readonly CallTree[];
}

export const isFlamebearer = (json: object): json is { readonly flamebearer: unknown } => 'flamebearer' in json;

export function readFlamebearer(json: { readonly flamebearer: unknown; readonly metadata?: unknown }): Flamebearer {
  const flamebearer = objectAt(json.flamebearer, 'flamebearer');
  const metadata = objectAt(json.metadata ?? {}, 'metadata');
  const format = textAt(metadata['format'] ?? 'single', 'metadata.format');
  if (format !== 'single' && format !== 'double') throw wrong('metadata.format', 'expected "single" or "double"');
  const names = listAt(flamebearer['names'], 'flamebearer.names').map((name, i) =>
    textAt(name, `flamebearer.names[${i}]`),
  );
  const levels = listAt(flamebearer['levels'], 'flamebearer.levels');
  const sampleRate = metadata['sampleRate'] ?? 100;
  return {
    name: textAt(metadata['name'] ?? '', 'metadata.name'),
    units: textAt(metadata['units'] ?? '', 'metadata.units'),
    spyName: textAt(metadata['spyName'] ?? '', 'metadata.spyName'),
    sampleRate: typeof sampleRate === 'number' ? sampleRate : 100,
    trees: readLevels(levels, names, format === 'single' ? 1 : 2),
  };
}

interface Bar {
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

const emptyValues = (): { readonly self: bigint[]; readonly total: bigint[] } => ({ self: [], total: [] });

function readLevels(levels: readonly unknown[], names: readonly string[], sides: 1 | 2): readonly CallTree[] {
  const table = new NameTable();
  const parents: number[] = [];
  const nameOf: number[] = [];
  const values = Array.from({ length: sides }, () => emptyValues());
  let above: readonly Bar[] = [{ node: -1, start: 0, end: Infinity }];
  for (const [depth, level] of levels.entries()) {
    const numbers = listAt(level, `flamebearer.levels[${depth}]`);
    const place = (at: number): string => `flamebearer.levels[${depth}][${at}]`;
    const bars: Bar[] = [];
    const edges = [0, 0];
    let covering = 0;
    for (let at = 0; at < numbers.length; at += 3 * sides + 1) {
      const node = parents.length;
      let start = 0;
      let width = 0;
      for (const [side, { self, total }] of values.entries()) {
        const left = countAt(numbers[at + 3 * side], place(at + 3 * side)) + (edges[side] ?? 0);
        const sideTotal = countAt(numbers[at + 3 * side + 1], place(at + 3 * side + 1));
        total.push(BigInt(sideTotal));
        self.push(BigInt(countAt(numbers[at + 3 * side + 2], place(at + 3 * side + 2))));
        edges[side] = left + sideTotal;
        start += left;
        width += sideTotal;
      }
      while (covering < above.length - 1 && (above[covering]?.end ?? 0) <= start) covering++;
      const parent = above[covering];
      if (parent === undefined || start < parent.start || start + width > parent.end)
        throw wrong(place(at), 'no bar of the level above covers this one');
      if (node > 0 && parent.node < 0) throw wrong(place(at), 'more than one root');
      const name = names[countAt(numbers[at + 3 * sides], place(at + 3 * sides))];
      if (name === undefined) throw wrong(place(at + 3 * sides), `expected an index below ${names.length}`);
      parents.push(parent.node);
      nameOf.push(node === 0 ? 0 : table.indexOf(name));
      bars.push({ node, start, end: start + width });
    }
    above = bars;
  }
  if (parents.length === 0) throw wrong('flamebearer.levels', 'there is no root');
  const nodes = {
    count: parents.length,
    parent: Int32Array.from(parents),
    name: Uint32Array.from(nameOf),
    names: table.names,
  };
  return values.map(({ self, total }) => ({
    ...nodes,
    self: BigInt64Array.from(self),
    total: BigInt64Array.from(total),
  }));
}

class NameTable {
  readonly names: string[] = [rootName];
  readonly #indexes = new Map([[rootName, 0]]);

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

const wrong = (place: string, what: string): InputError =>
  new InputError('invalid_argument', `flamebearer, ${place}: ${what}`, 'malformed_profile');

function objectAt(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'expected an object');
  return Object.fromEntries(Object.entries(value));
}

function listAt(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(place, 'expected a list');
  return value;
}

function textAt(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrong(place, 'expected a string');
  return value;
}

function countAt(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw wrong(place, 'expected a whole number');
  return value;
}
