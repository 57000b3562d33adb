/**
 * Which stacks a chosen set of functions runs in, by itself or in what it calls.
 *
 * Shape:  functions are numbered in the order in which they are met; a stack is looked at once a question, from its leaf to
 *         the root, and a function that calls itself counts once.
 */
import { GrowingUint32 } from '../model/growingColumn.ts';
import type { KnownStacks, NameTree } from '../query/knownStacks.ts';
import type { FunctionChoice } from './metricSelector.ts';

export interface StackFunctions {
  /** The function of the leaf; -1: none of the chosen. */
  readonly self: number;
  /** Distinct. */
  readonly all: readonly number[];
}

/** A verdict on every name of a tree, made once and carried on when names are added. */
interface Verdicts {
  /** 1: chosen. */
  readonly column: GrowingUint32;
}

/** So many choices are remembered of a tenant's names; the one asked longest ago goes first. */
const mostChoices = 256;

export class FunctionVerdicts {
  readonly #byKnown = new WeakMap<KnownStacks, Map<string, Verdicts>>();

  /** The column is as long as the names or longer. */
  of(known: KnownStacks, names: readonly string[], choice: FunctionChoice): GrowingUint32 {
    const choices = this.#byKnown.get(known) ?? new Map<string, Verdicts>();
    this.#byKnown.set(known, choices);
    const verdicts = choices.get(choice.key) ?? { column: new GrowingUint32(names.length) };
    choices.delete(choice.key);
    choices.set(choice.key, verdicts);
    const { column } = verdicts;
    for (let i = column.length; i < names.length; i++) column.push(choice.matches(names[i] ?? '') ? 1 : 0);
    for (const oldest of choices.keys()) {
      if (choices.size <= mostChoices) break;
      choices.delete(oldest);
    }
    return column;
  }
}

/** Numbers functions over all pieces of a question, which may lie in several trees. */
export class FunctionNumbers {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** In StackMatches.codes: not looked at yet, and none of the chosen functions. */
export const unseen = 0;
export const withoutAny = 1;

/** A look-up for each sample of a question: numbers in a column, because an object for each takes six times as long. */
export class StackMatches {
  readonly known: KnownStacks;
  /** By code - 2. */
  readonly lists: StackFunctions[] = [];
  readonly #choice: FunctionChoice;
  readonly #verdicts: FunctionVerdicts;
  readonly #numbers: FunctionNumbers;
  #codes: Int32Array;
  #tree: NameTree;
  #isChosen: GrowingUint32;

  constructor(known: KnownStacks, choice: FunctionChoice, verdicts: FunctionVerdicts, numbers: FunctionNumbers) {
    this.known = known;
    this.#choice = choice;
    this.#verdicts = verdicts;
    this.#numbers = numbers;
    this.#tree = known.tree();
    this.#codes = new Int32Array(this.#tree.leaf.length);
    this.#isChosen = verdicts.of(known, this.#tree.names, choice);
  }

  /** By place, for all places below `count`. */
  codes(count: number): Int32Array {
    if (count <= this.#codes.length) return this.#codes;
    // Trees only grow: stacks that came since are behind those that were there.
    this.#tree = this.known.tree();
    this.#isChosen = this.#verdicts.of(this.known, this.#tree.names, this.#choice);
    const longer = new Int32Array(this.#tree.leaf.length);
    longer.set(this.#codes);
    return (this.#codes = longer);
  }

  /** Sets the code of a stack that is unseen. */
  look(place: number): number {
    const { parent, name, names, leaf } = this.#tree;
    const first = leaf[place] ?? 0;
    let self = -1;
    const all: number[] = [];
    for (let node = first; node > 0; node = parent[node] ?? 0) {
      const index = name[node] ?? 0;
      if (this.#isChosen.at(index) !== 1) continue;
      const number = this.#numbers.numberOf(this.#choice.joinedAs ?? names[index] ?? '');
      if (node === first) self = number;
      if (!all.includes(number)) all.push(number);
    }
    const code = all.length === 0 ? withoutAny : this.lists.push({ self, all }) + 1;
    this.#codes[place] = code;
    return code;
  }
}
