/** SelectMergeStacktraces and Diff about functions: Drilldown's formats FUNCTIONS, FUNCTION_TREE and SANDWICH. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { InputError } from '../errors.ts';
import type { MergeQuestion } from '../model/question.ts';
import { functionTable, functionTables, functionTree, sandwich } from '../query/functionViews.ts';
import type { QuestionContext } from '../query/questionContext.ts';
import {
  checkFunctionOptions,
  readFunctionLimit,
  readTreeWish,
  writeFunctionTable,
  writeFunctionTree,
  writeSandwich,
} from '../wire/pyroscope/functionViews.ts';
import type {
  DiffResponseSchema,
  SelectMergeStacktracesRequest,
  SelectMergeStacktracesResponseSchema,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import { ProfileFormat } from '../wire/pyroscope/gen/querier/v1/querier_pb.js';

type MergeMessage = MessageInitShape<typeof SelectMergeStacktracesResponseSchema>;

/** undefined: the request is not about functions. */
export function askFunctions(
  request: SelectMergeStacktracesRequest,
  question: MergeQuestion,
): ((context: QuestionContext) => Promise<MergeMessage>) | undefined {
  switch (request.format) {
    case ProfileFormat.FUNCTIONS: {
      checkFunctionOptions(request);
      const limit = readFunctionLimit(request);
      return async (context) => ({ functions: writeFunctionTable(await functionTable(context, question, limit)) });
    }
    case ProfileFormat.FUNCTION_TREE: {
      checkFunctionOptions(request);
      const wish = readTreeWish(request);
      return async (context) => ({ functionTree: writeFunctionTree(await functionTree(context, question, wish)) });
    }
    case ProfileFormat.SANDWICH:
      return async (context) => {
        const nodes = request.maxNodes === undefined ? undefined : Number(request.maxNodes);
        const layers = await sandwich(context, question, request.sandwichFunction ?? '', nodes);
        return { sandwich: layers === undefined ? {} : writeSandwich(layers) };
      };
    default:
      return undefined;
  }
}

interface Sides {
  readonly left: SelectMergeStacktracesRequest;
  readonly right: SelectMergeStacktracesRequest;
}

/** The left side says what is wanted of both. */
export function askFunctionsDiff(
  { left, right }: Sides,
  leftQuestion: MergeQuestion,
  rightQuestion: MergeQuestion,
): (context: QuestionContext) => Promise<MessageInitShape<typeof DiffResponseSchema>> {
  if (left.profileTypeID !== right.profileTypeID)
    throw new InputError('invalid_argument', 'projection diff requires two profiles of the same type');
  for (const side of [left, right]) checkFunctionOptions(side);
  if (left.format === ProfileFormat.FUNCTION_TREE) {
    const wish = readTreeWish(left);
    return async (context) => {
      const [leftTree, rightTree] = await Promise.all([
        functionTree(context, leftQuestion, wish),
        functionTree(context, rightQuestion, wish),
      ]);
      return { functionTree: { left: writeFunctionTree(leftTree), right: writeFunctionTree(rightTree) } };
    };
  }
  const limit = readFunctionLimit(left);
  return async (context) => {
    const [leftTable, rightTable] = await functionTables(context, leftQuestion, rightQuestion, limit);
    return { functions: { left: writeFunctionTable(leftTable), right: writeFunctionTable(rightTable) } };
  };
}
