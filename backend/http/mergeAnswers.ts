/** Answers of SelectMergeStacktraces and its kin, in each format, as a message and as bytes. */
import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { fromBinary } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import type { MergeQuestion } from '../model/question.ts';
import { drawCallGraph } from '../query/drawCallGraph.ts';
import { mergeCallTree, mergeProfile } from '../query/mergeStacks.ts';
import type { QuestionContext } from '../query/questionContext.ts';
import { writePprof } from '../wire/pprof/writePprof.ts';
import { ProfileSchema } from '../wire/pyroscope/gen/google/v1/profile_pb.js';
import { ProfileFormat, SelectMergeStacktracesResponseSchema } from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import { writeFlameGraphMessage } from '../wire/pyroscope/answers.ts';
import { pprofJson } from '../wire/pyroscope/pprofJson.ts';
import { wrapMessages } from '../wire/pyroscope/wrapMessages.ts';
import type { FlameGraphBars } from '../wire/pyroscope/writeFlameGraph.ts';
import { barsOfTree, writeFlameGraphJson, writeFlameGraphProto } from '../wire/pyroscope/writeFlameGraph.ts';
import { writeDot } from '../wire/pyroscope/writeDot.ts';
import { writeTree } from '../wire/pyroscope/writeTree.ts';
import type { BodyWriters } from './preparedBody.ts';
import { answerBytes } from './preparedBody.ts';

export type MergeAnswer =
  | { readonly kind: 'graph'; readonly graph: FlameGraphBars; readonly message: () => MessageInit }
  | { readonly kind: 'tree'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'dot'; readonly text: string }
  | { readonly kind: 'pprof'; readonly bytes: Uint8Array }
  | { readonly kind: 'message'; readonly message: MessageInit };

type MessageInit = MessageInitShape<typeof SelectMergeStacktracesResponseSchema>;

/** Nodes of a drawing when the question does not say. */
const usualDotNodes = 100;

export async function askMerge(
  context: QuestionContext,
  question: MergeQuestion,
  format: ProfileFormat,
  maxNodes: number | undefined,
): Promise<MergeAnswer> {
  switch (format) {
    case ProfileFormat.PPROF:
      return { kind: 'pprof', bytes: await pprofBytes(context, question) };
    case ProfileFormat.TREE:
      return { kind: 'tree', bytes: new Uint8Array(writeTree(await mergeCallTree(context, question, maxNodes))) };
    case ProfileFormat.DOT:
      return { kind: 'dot', text: await dotText(context, question, maxNodes) };
    default: {
      // Formats newer than this server get a flame graph: clients fall back on it, and give up on an error.
      const tree = await mergeCallTree(context, question, maxNodes);
      return { kind: 'graph', graph: barsOfTree(tree), message: () => ({ flamegraph: writeFlameGraphMessage(tree) }) };
    }
  }
}

/** No bytes when there is no such series. */
export async function pprofBytes(context: QuestionContext, question: MergeQuestion): Promise<Uint8Array> {
  const profile = await mergeProfile(context, question);
  return profile === undefined ? new Uint8Array(0) : writePprof(profile);
}

/** '' when there is nothing. */
export async function dotText(
  context: QuestionContext,
  question: MergeQuestion,
  maxNodes: number | undefined,
): Promise<string> {
  const profile = await mergeProfile(context, question);
  if (profile === undefined || profile.sampleCount === 0) return '';
  const nodes = maxNodes === undefined || maxNodes <= 0 ? usualDotNodes : maxNodes;
  return writeDot(drawCallGraph(profile, Math.min(nodes, context.limits.maxNodes)), question.profileType);
}

export function messageOfMerge(answer: MergeAnswer): MessageInit {
  switch (answer.kind) {
    case 'graph':
      return answer.message();
    case 'tree':
      return { tree: answer.bytes };
    case 'dot':
      return { dot: answer.text };
    case 'message':
      return answer.message;
    case 'pprof':
      return { pprof: { profile: fromBinary(ProfileSchema, answer.bytes) } };
  }
}

type Respondent = Pick<HandlerContext, 'requestHeader' | 'values'>;

export function respondMerge(
  answer: MergeAnswer,
  context: Respondent,
): MessageInit | MessageShape<typeof SelectMergeStacktracesResponseSchema> {
  switch (answer.kind) {
    case 'graph':
      return answerBytes(SelectMergeStacktracesResponseSchema, graphWriters(answer.graph), context);
    case 'pprof': {
      const { bytes } = answer;
      const writers: BodyWriters = {
        json: () => pprofJson(bytes, '{"pprof":{"profile":', '}}'),
        proto: () => wrapMessages(bytes, [1, 5]),
      };
      return answerBytes(SelectMergeStacktracesResponseSchema, writers, context);
    }
    case 'tree':
    case 'dot':
    case 'message':
      return messageOfMerge(answer);
  }
}

export const respondPprof = (bytes: Uint8Array, context: Respondent): MessageShape<typeof ProfileSchema> =>
  answerBytes(ProfileSchema, { json: () => pprofJson(bytes), proto: () => bytes }, context);

export const graphWriters = (graph: FlameGraphBars): BodyWriters => ({
  json: () => writeFlameGraphJson(graph),
  proto: () => writeFlameGraphProto(graph),
});
