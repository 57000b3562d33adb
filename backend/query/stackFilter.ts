/**
 * Keeps the part of a call tree that regular expressions on function names choose.
 *
 * Shape:  keep:  only stacks with a frame that matches.             a;b;c with "b" stays a;b;c
 *         drop:  no stacks with a frame that matches.
 *         focus: as keep, and drawn from the outermost match on.    a;b;c with "b" becomes b;c
 *         hide:  frames that match go, their callers take their self values.  a;b;c with "b" becomes a;c
 *         In this order, when several are given. An expression matches anywhere in a name, as pprof's do.
 * Units:  the tree's; matchedShare is the share of its total that stays, 1 for an empty tree.
 * Errors: InputError invalid_argument for an expression that is none, or that is too long.
 */
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import { rootName, sumTotals } from '../model/callTree.ts';
import { addInt64, wordsOf } from '../model/int64Column.ts';
import { compileSearch } from './matcherTests.ts';
import { NodeTable } from './nodeTable.ts';
import type { RecalledStacks } from './stackMemory.ts';

export interface StackFilter {
  readonly keep?: string;
  readonly drop?: string;
  readonly focus?: string;
  readonly hide?: string;
}

export interface FilteredTree {
  readonly tree: CallTree;
  readonly matchedShare: number;
}

export const isEmptyFilter = ({ keep, drop, focus, hide }: StackFilter): boolean =>
  keep === undefined && drop === undefined && focus === undefined && hide === undefined;

export function filterTree(tree: CallTree, filter: StackFilter): FilteredTree {
  if (isEmptyFilter(filter)) return { tree, matchedShare: 1 };
  const keep = nodesNamed(tree, filter.keep);
  const drop = nodesNamed(tree, filter.drop);
  const focus = nodesNamed(tree, filter.focus);
  const hide = nodesNamed(tree, filter.hide);
  /** Whether the node or a caller of it matches. */
  const kept = keep && spread(tree, keep);
  const dropped = drop && spread(tree, drop);
  const focused = focus && spread(tree, focus);
  const nodes = new NodeTable();
  const self = new BigInt64Array(tree.count);
  const selfWords = wordsOf(self);
  const oldWords = wordsOf(tree.self);
  /** The new node of each old one; one that is not drawn stands for its caller. */
  const moved = new Uint32Array(tree.count);
  for (let node = 0; node < tree.count; node++) {
    const parent = tree.parent[node] ?? -1;
    const caller = parent < 0 ? 0 : (moved[parent] ?? 0);
    const isDrawn = parent >= 0 && hide?.[node] !== 1 && focused?.[node] !== 0;
    const stays = kept?.[node] !== 0 && dropped?.[node] !== 1 && focused?.[node] !== 0;
    moved[node] = isDrawn ? nodes.child(caller, tree.name[node] ?? 0) : caller;
    if (stays) addInt64(selfWords, moved[node] ?? 0, oldWords, node);
  }
  const { parent, name } = nodes.columns();
  const whole = tree.total[0] ?? 0n;
  const all = self.slice(0, nodes.count);
  const filtered = withoutEmpty({ parent, name, names: tree.names, self: all });
  return { tree: filtered, matchedShare: whole === 0n ? 1 : Number(filtered.total[0] ?? 0n) / Number(whole) };
}

export interface KeptStacks {
  readonly stacks: RecalledStacks;
  readonly values: BigInt64Array;
  readonly matchedShare: number;
}

/** For profiles, which have locations and no tree: stacks go or stay as they are. */
export function keepStacks(
  { stacks, values }: Pick<KeptStacks, 'stacks' | 'values'>,
  { keep, drop, focus, hide }: StackFilter,
): KeptStacks {
  if (focus !== undefined || hide !== undefined)
    throw new InputError('unimplemented', 'focus and hide are for flame graphs; merged profiles take keep and drop');
  if (keep === undefined && drop === undefined) return { stacks, values, matchedShare: 1 };
  const { leaf, ...tree } = stacks.known.tree();
  const nodes = { ...tree, count: tree.parent.length };
  const [kept, dropped] = [keep, drop].map((pattern) => {
    const found = nodesNamed(nodes, pattern);
    return found && spread(nodes, found);
  });
  const stays = (i: number): boolean => {
    const node = leaf[stacks.places[i] ?? -1] ?? 0;
    return kept?.[node] !== 0 && dropped?.[node] !== 1;
  };
  const sum = (column: BigInt64Array): number => column.reduce((all, value) => all + Number(value), 0);
  const left = values.filter((_, i) => stays(i));
  const whole = sum(values);
  return {
    stacks: { ...stacks, places: stacks.places.filter((_, i) => stays(i)) },
    values: left,
    matchedShare: whole === 0 ? 1 : sum(left) / whole,
  };
}

/** By node, 1 for those that match; undefined without an expression. The root is no frame. */
function nodesNamed(
  { names, name, count }: Pick<CallTree, 'names' | 'name' | 'count'>,
  pattern: string | undefined,
): Uint8Array | undefined {
  if (pattern === undefined) return undefined;
  const matches = compileSearch(pattern);
  const isNamed = Uint8Array.from(names, (text) => (matches(text) ? 1 : 0));
  const found = new Uint8Array(count);
  for (let node = 1; node < count; node++) found[node] = isNamed[name[node] ?? 0] ?? 0;
  return found;
}

/** From each node to all that it calls. */
function spread({ parent, count }: Pick<CallTree, 'parent' | 'count'>, found: Uint8Array): Uint8Array {
  const reached = found.slice();
  for (let node = 1; node < count; node++) if (reached[parent[node] ?? 0] === 1) reached[node] = 1;
  return reached;
}

/** Leaves out nodes to which nothing came. */
function withoutEmpty({ parent, name, names, self }: Omit<CallTree, 'count' | 'total'>): CallTree {
  const total = sumTotals(parent.slice(), self);
  const place = new Int32Array(parent.length).fill(-1);
  const stay: number[] = [];
  for (let node = 0; node < parent.length; node++) {
    if (node === 0 || total[node] !== 0n) place[node] = stay.push(node) - 1;
  }
  return {
    count: stay.length,
    parent: Int32Array.from(stay, (node) => (node === 0 ? -1 : (place[parent[node] ?? 0] ?? 0))),
    name: Uint32Array.from(stay, (node) => name[node] ?? 0),
    names: names.length === 0 ? [rootName] : names,
    self: BigInt64Array.from(stay, (node) => self[node] ?? 0n),
    total: BigInt64Array.from(stay, (node) => total[node] ?? 0n),
  };
}
