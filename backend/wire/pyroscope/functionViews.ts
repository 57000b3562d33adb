/**
 * Answers about functions -> messages, and what their requests wish for.
 *
 * Errors: InputError invalid_argument for options that do not go together.
 * Source: reference pyroscope-api 1.6 (unreleased); the texts are Pyroscope's. Field numbers are our own: see querier.proto.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { InputError } from '../../errors.ts';
import type {
  CutWalk,
  FunctionTable,
  FunctionTree,
  FunctionWalk,
  NamedWalk,
  Sandwich,
} from '../../model/functionViews.ts';
import type { FunctionTreeWish } from '../../model/question.ts';
import type {
  FunctionTableSchema,
  FunctionTreeNodeSchema,
  FunctionTreeSchema,
  FunctionTreeSideSchema,
  SandwichNodeSchema,
  SandwichSchema,
  SelectMergeStacktracesRequest,
} from './gen/querier/v1/querier_pb.js';
import { FunctionTreeDirection, FunctionTreeSelection, ProfileFormat } from './gen/querier/v1/querier_pb.js';

type Node = MessageInitShape<typeof FunctionTreeNodeSchema> & { children: Node[] };
type LayerNode = MessageInitShape<typeof SandwichNodeSchema> & { children: LayerNode[] };

export const isFunctionFormat = (format: ProfileFormat): boolean =>
  format === ProfileFormat.FUNCTIONS || format === ProfileFormat.FUNCTION_TREE;

/** What the table and the tree have in common. */
export function checkFunctionOptions({ maxNodes, stackTraceSelector }: SelectMergeStacktracesRequest): void {
  if (maxNodes !== undefined) throw wrong('function projections use format options, not max_nodes');
  if (stackTraceSelector?.goPgo !== undefined) throw wrong('function projections do not support go_pgo');
  if (stackTraceSelector?.callSite.some(({ name }) => name === '') === true)
    throw wrong('call_site requires nonempty function names');
}

/** 0: all. */
export const readFunctionLimit = ({ formatOptions }: SelectMergeStacktracesRequest): number =>
  Number(formatOptions?.functions?.limit ?? 0n);

export function readTreeWish({ formatOptions }: SelectMergeStacktracesRequest): FunctionTreeWish {
  const options = formatOptions?.functionTree;
  if (options === undefined) throw wrong('FUNCTION_TREE requires format_options.function_tree');
  const { direction, selection, maxDepth = 1 } = options;
  const { CALLERS, CALLEES, BOTH } = FunctionTreeDirection;
  if (![CALLERS, CALLEES, BOTH].includes(direction)) throw wrong('function tree requires a valid direction');
  const of = kinds[selection];
  if (of === undefined) throw wrong('function tree requires a valid selection');
  return { of, callers: direction !== CALLEES, callees: direction !== CALLERS, depth: maxDepth };
}

const kinds: Readonly<Partial<Record<FunctionTreeSelection, FunctionTreeWish['of']>>> = {
  [FunctionTreeSelection.ROOT_PATH]: 'path',
  [FunctionTreeSelection.FUNCTION_CHAIN]: 'chain',
};

const wrong = (message: string): InputError => new InputError('invalid_argument', message);

export const writeFunctionTable = ({
  functions,
  total,
  functionCount,
}: FunctionTable): MessageInitShape<typeof FunctionTableSchema> => ({
  functions: functions.map((row) => ({ name: row.name, total: row.total, self: row.self })),
  total,
  totalFunctions: BigInt(functionCount),
});

export const writeFunctionTree = ({
  names,
  callers,
  callees,
}: FunctionTree): MessageInitShape<typeof FunctionTreeSchema> => ({
  ...(callers && { callers: writeSide(names, callers) }),
  ...(callees && { callees: writeSide(names, callees) }),
});

function writeSide(
  names: readonly string[],
  { name, walk }: NamedWalk,
): MessageInitShape<typeof FunctionTreeSideSchema> {
  if (walk === undefined) return {};
  const root = nest(walk, (node): Node => ({
    name: node === 0 ? name : (names[walk.name[node] ?? 0] ?? ''),
    total: walk.total[node] ?? 0n,
    self: walk.self[node] ?? 0n,
    hasChildren: walk.hasChildren[node] === 1,
    children: [],
  }));
  sortNodes(root, ({ name: text }) => text ?? '');
  return { root };
}

/** Names are told once, in the order in which the halves use them. */
export function writeSandwich(sandwich: Sandwich): MessageInitShape<typeof SandwichSchema> {
  const { name, self, total } = sandwich;
  const used = [name];
  const indexOf = new Map([[name, 0]]);
  const write = (walk: CutWalk): LayerNode => {
    const root = nest(walk, (node): LayerNode => {
      const text = node === 0 ? name : (sandwich.names[walk.name[node] ?? 0] ?? '');
      const known = indexOf.get(text);
      const nameIndex = known ?? used.push(text) - 1;
      if (known === undefined) indexOf.set(text, nameIndex);
      return {
        nameIndex,
        total: walk.total[node] ?? 0n,
        self: walk.self[node] ?? 0n,
        truncated: walk.truncated[node] === 1,
        children: [],
      };
    });
    sortNodes(root, ({ nameIndex }) => used[nameIndex ?? 0] ?? '');
    return root;
  };
  return { callers: write(sandwich.callers), callees: write(sandwich.callees), names: used, self, total };
}

/** Rows whose parents stand before them -> nodes within nodes. */
function nest<Made extends { children: Made[] }>(
  { count, parent }: Pick<FunctionWalk, 'count' | 'parent'>,
  make: (node: number) => Made,
): Made {
  const root = make(0);
  const made = [root];
  for (let node = 1; node < count; node++) {
    const one = make(node);
    made.push(one);
    made[parent[node] ?? 0]?.children.push(one);
  }
  return root;
}

function sortNodes<Made extends { total?: bigint; children: Made[] }>(
  root: Made,
  nameOf: (node: Made) => string,
): void {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.children.sort((a, b) => {
      const [mine, theirs] = [a.total ?? 0n, b.total ?? 0n];
      return mine < theirs ? 1 : mine > theirs ? -1 : nameOf(a) < nameOf(b) ? -1 : 1;
    });
    for (const child of node.children) waiting.push(child);
  }
}
