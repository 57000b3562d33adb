/**
 * SelectMergeStacktraces, at once or in the background.
 *
 * Shape:  with async.type FORCE the answer is an id and IN_PROGRESS; with async.request_id it is what became of that question.
 *         Where it is switched off, which is the default, the field means nothing.
 * Source: reference pyroscope-api 1.6, async.
 */
import { create } from '@bufbuild/protobuf';
import type { HandlerContext, MethodImpl } from '@connectrpc/connect';
import type {
  QuerierService,
  SelectMergeStacktracesRequest,
  SelectMergeStacktracesResponse,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import {
  AsyncQueryResponseSchema,
  AsyncQueryStatus,
  AsyncQueryType,
  SelectMergeStacktracesResponseSchema,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import { readStacktracesQuestion } from '../wire/pyroscope/questions.ts';
import type { AsyncState } from './asyncQuestions.ts';
import { createAsyncQuestions } from './asyncQuestions.ts';
import { askFunctions } from './functionAnswers.ts';
import type { MergeAnswer } from './mergeAnswers.ts';
import type { QuestionExtras } from '../query/questionContext.ts';
import { askMerge, messageOfMerge, respondMerge } from './mergeAnswers.ts';
import { extrasIn } from './questionExtras.ts';
import type { QuestionRoom } from './questionRoom.ts';
import { tenantsIn } from './tenant.ts';

type Merge = MethodImpl<(typeof QuerierService)['method']['selectMergeStacktraces']>;

export function createAsyncMerge(room: QuestionRoom): Merge {
  const { asyncQuestions } = room.limits;
  const background = createAsyncQuestions<MergeAnswer>(asyncQuestions, room.now, room.closing);
  const ask = (
    request: SelectMergeStacktracesRequest,
    tenants: string,
    signal: AbortSignal,
    extras?: QuestionExtras,
  ): Promise<MergeAnswer> => {
    const question = readStacktracesQuestion(tenants, request);
    const functions = askFunctions(request, question);
    const nodes = request.maxNodes === undefined ? undefined : Number(request.maxNodes);
    return room.ask(
      async (context) =>
        functions === undefined
          ? askMerge(context, question, request.format, nodes)
          : { kind: 'message', message: await functions(context) },
      signal,
      extras,
    );
  };
  return async (request: SelectMergeStacktracesRequest, context: HandlerContext) => {
    const tenants = tenantsIn(context);
    const { async: wish } = request;
    if (asyncQuestions > 0 && wish !== undefined && wish.requestId !== '') {
      return answerOf(wish.requestId, background.state(tenants, wish.requestId));
    }
    if (asyncQuestions > 0 && wish?.type === AsyncQueryType.FORCE) {
      // What is wrong with the question is told now, not in the background.
      askFunctions(request, readStacktracesQuestion(tenants, request));
      const extras = extrasIn(context);
      const requestId = background.start(tenants, (signal) => ask(request, tenants, signal, extras));
      return answerOf(requestId, { kind: 'running' });
    }
    return respondMerge(await ask(request, tenants, context.signal, extrasIn(context)), context);
  };
}

function answerOf(requestId: string, state: AsyncState<MergeAnswer>): SelectMergeStacktracesResponse {
  const answer = create(
    SelectMergeStacktracesResponseSchema,
    state.kind === 'done' ? messageOfMerge(state.answer) : {},
  );
  answer.async = create(AsyncQueryResponseSchema, {
    requestId,
    status: statuses[state.kind],
    errorMessage: state.kind === 'failed' ? state.message : '',
  });
  return answer;
}

const statuses: Readonly<Record<AsyncState<MergeAnswer>['kind'], AsyncQueryStatus>> = {
  running: AsyncQueryStatus.IN_PROGRESS,
  failed: AsyncQueryStatus.FAILURE,
  done: AsyncQueryStatus.SUCCESS,
};
