/**
 * A call tree seen from one function, or from a chain of calls: what is called from there, and who called it, merged over all the
 * places where the chain stands.
 *
 * Shape:  columns by node; node 0 is the chain (its last function for callees, its first for callers), a parent stands before
 *         its children, names are those of the tree. A function that calls itself stands in several places of one stack and
 *         counts in each, so node 0 may have more than the function takes.
 * Units:  the tree's. self: of a callee, as in the tree; of callers none but node 0, which has that of the callees' side.
 * Errors: InputError resource_exhausted when a tree is so recursive that the walk would hold the server.
 */
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import type { FunctionWalk } from '../model/functionViews.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';
import { childLists } from './functionSums.ts';
import { NodeTable } from './nodeTable.ts';

/** Nodes visited for one side: some 200 ns each on a busy machine. */
const mostSteps = 5_000_000;

/** The nodes at which the chain ends, root first. */
export function placesOf(tree: CallTree, chain: readonly string[]): readonly number[] {
  const wanted = chain.map((text) => tree.names.indexOf(text));
  if (wanted.length === 0 || wanted.includes(-1)) return [];
  const places: number[] = [];
  for (let node = 1; node < tree.count; node++) if (endsAt(tree, node, wanted)) places.push(node);
  return places;
}

function endsAt({ parent, name }: CallTree, node: number, chain: readonly number[]): boolean {
  let at = node;
  for (let i = chain.length - 1; i >= 0; i--) {
    if (at <= 0 || name[at] !== chain[i]) return false;
    at = parent[at] ?? -1;
  }
  return true;
}

/** The one node of a path from the root; undefined when no stack begins so. */
export function placeOfPath({ count, parent, name, names }: CallTree, path: readonly string[]): number | undefined {
  let at = 0;
  let level = 0;
  // Children stand behind their parents, so one pass finds them all.
  for (let node = 1; node < count && level < path.length; node++) {
    if (parent[node] !== at || names[name[node] ?? 0] !== path[level]) continue;
    at = node;
    level++;
  }
  return level === path.length ? at : undefined;
}

/** Levels below node 0: depth at the most. */
export function walkCallees(tree: CallTree, places: readonly number[], depth: number): FunctionWalk {
  const { first, next } = childLists(tree.parent);
  const growth = new WalkGrowth(tree);
  const nodes: number[] = [];
  const into: number[] = [];
  const levels: number[] = [];
  for (const place of places) {
    nodes.push(place);
    into.push(0);
    levels.push(0);
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      const at = into.pop() ?? 0;
      const level = levels.pop() ?? 0;
      growth.addTotal(at, node);
      growth.addSelf(at, node);
      if (level === depth && (first[node] ?? 0) > 0) growth.cut(at);
      for (let child = level === depth ? 0 : (first[node] ?? 0); child > 0; child = next[child] ?? 0) {
        nodes.push(child);
        into.push(growth.child(at, tree.name[child] ?? 0));
        levels.push(level + 1);
      }
    }
  }
  return growth.finish();
}

/** The places are where a chain of so many functions ends. */
export function walkCallers(
  tree: CallTree,
  places: readonly number[],
  chainLength: number,
  depth: number,
): FunctionWalk {
  const { parent, name } = tree;
  const growth = new WalkGrowth(tree);
  for (const place of places) {
    growth.addTotal(0, place);
    growth.addSelf(0, place);
    let from = place;
    for (let i = 0; i < chainLength; i++) from = parent[from] ?? 0;
    let at = 0;
    for (let level = 0; from > 0; level++, from = parent[from] ?? 0) {
      if (level === depth) {
        growth.cut(at);
        break;
      }
      at = growth.child(at, name[from] ?? 0);
      growth.addTotal(at, place);
    }
  }
  return growth.finish();
}

/** The columns while they grow. */
class WalkGrowth {
  readonly #nodes = new NodeTable();
  readonly #treeSelf: Uint32Array;
  readonly #treeTotal: Uint32Array;
  readonly #cut = new Set<number>();
  #self = new BigInt64Array(64);
  #total = new BigInt64Array(64);
  #selfWords = wordsOf(this.#self);
  #totalWords = wordsOf(this.#total);
  #steps = 0;

  constructor({ self, total }: CallTree) {
    this.#treeSelf = wordsOf(self);
    this.#treeTotal = wordsOf(total);
  }

  child(parent: number, name: number): number {
    if (++this.#steps > mostSteps) {
      throw new InputError(
        'resource_exhausted',
        `callers and callees take more than ${mostSteps} steps: ask for fewer levels, a shorter range or fewer series`,
      );
    }
    const node = this.#nodes.child(parent, name);
    if (node >= this.#self.length) this.#makeRoom();
    return node;
  }

  addTotal(at: number, node: number): void {
    addInt64(this.#totalWords, at, this.#treeTotal, node);
  }

  addSelf(at: number, node: number): void {
    addInt64(this.#selfWords, at, this.#treeSelf, node);
  }

  cut(at: number): void {
    this.#cut.add(at);
  }

  finish(): FunctionWalk {
    const { count } = this.#nodes;
    const { parent, name } = this.#nodes.columns();
    const hasChildren = new Uint8Array(count);
    for (let node = 1; node < count; node++) hasChildren[parent[node] ?? 0] = 1;
    for (const node of this.#cut) hasChildren[node] = 1;
    return { count, parent, name, self: this.#self.slice(0, count), total: this.#total.slice(0, count), hasChildren };
  }

  #makeRoom(): void {
    const [self, total] = [this.#self, this.#total].map((column) => {
      const larger = new BigInt64Array(column.length * 2);
      larger.set(column);
      return larger;
    });
    this.#self = self ?? this.#self;
    this.#total = total ?? this.#total;
    this.#selfWords = wordsOf(this.#self);
    this.#totalWords = wordsOf(this.#total);
  }
}
