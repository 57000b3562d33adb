/**
 * adhocprofiles.v1.AdHocProfileService: people upload a profile of any format, look at it, and compare two.
 *
 * Shape:  a file is read when it is uploaded, so that what cannot be drawn is not kept, and again whenever it is asked for.
 * Errors: invalid_argument for what is no base64 or no profile, and for two files without a common type; else as adhocFiles.
 * Source: reference pyroscope-api 1.12 and correction 18. Speedscope, JFR, OTLP and bpftrace are read here and not there.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { CallTree } from '../../model/callTree.ts';
import { checkMaxNodes } from '../../query/mergeStacks.ts';
import { pairTrees } from '../../query/pairTrees.ts';
import { truncatePair, truncateTree } from '../../query/truncateTree.ts';
import type {
  AdHocProfileService,
  AdHocProfilesGetResponseSchema,
  AdHocProfilesProfileMetadata,
} from '../../wire/pyroscope/gen/adhocprofiles/v1/adhocprofiles_pb.js';
import type { FlamebearerGraph } from '../../wire/pyroscope/writeFlamebearer.ts';
import { writeFlamebearer } from '../../wire/pyroscope/writeFlamebearer.ts';
import { writeFlameGraph } from '../../wire/pyroscope/writeFlameGraph.ts';
import { writeFlameGraphDiff } from '../../wire/pyroscope/writeFlameGraphDiff.ts';
import { tenantIn } from '../tenant.ts';
import type { AdhocFilesOptions } from './adhocFiles.ts';
import { createAdhocFiles } from './adhocFiles.ts';
import type { AdhocView } from './adhocViews.ts';
import { pickView, readAdhocViews } from './adhocViews.ts';

export function createAdhocService(options: AdhocFilesOptions): ServiceImpl<typeof AdHocProfileService> {
  const { limits } = options;
  const files = createAdhocFiles(options);
  return {
    upload: async ({ name, profile, maxNodes }, context) => {
      const nodes = nodesOf(maxNodes, limits);
      const bytes = decodeBase64(profile);
      const views = readAdhocViews(bytes, name, limits);
      const answer = answerOf(views, undefined, nodes);
      return { ...headOf(await files.add(tenantIn(context), name, bytes)), ...answer };
    },
    get: async ({ id, profileType, maxNodes }, context) => {
      const nodes = nodesOf(maxNodes, limits);
      const { head, bytes } = await files.read(tenantIn(context), id);
      return { ...headOf(head), ...answerOf(readAdhocViews(bytes, head.name, limits), profileType, nodes) };
    },
    list: async (_request, context) => ({ profiles: [...(await files.list(tenantIn(context)))] }),
    diff: async ({ leftId, rightId, profileType, maxNodes }, context) => {
      const nodes = nodesOf(maxNodes, limits);
      const [left, right] = await Promise.all(
        [leftId, rightId].map(async (id) => {
          const { head, bytes } = await files.read(tenantIn(context), id);
          return readAdhocViews(bytes, head.name, limits);
        }),
      );
      return diffOf(left ?? [], right ?? [], profileType, nodes);
    },
  };
}

const nodesOf = (maxNodes: bigint | undefined, limits: Limits): number =>
  checkMaxNodes(maxNodes === undefined ? undefined : Number(maxNodes), limits);

function decodeBase64(text: string): Uint8Array {
  const plain = text.replaceAll(/[\r\n]/g, '');
  if (plain === '') throw new InputError('invalid_argument', 'profile: the file is empty');
  // Buffer passes over what is no base64; here that is a mistake of the client.
  const wrong = /[^A-Za-z0-9+/]/.exec(plain.replace(/={1,2}$/, ''));
  if (wrong !== null) throw new InputError('invalid_argument', `profile: illegal base64 at character ${wrong.index}`);
  if (plain.length % 4 !== 0) throw new InputError('invalid_argument', 'profile: the base64 ends too early');
  return new Uint8Array(Buffer.from(plain, 'base64'));
}

type Answer = MessageInitShape<typeof AdHocProfilesGetResponseSchema>;

const headOf = ({ id, name, uploadedAt }: AdHocProfilesProfileMetadata): Answer => ({ id, name, uploadedAt });

function answerOf(views: readonly AdhocView[], type: string | undefined, nodes: number): Answer {
  const view = pickView(views, type);
  return {
    profileType: view.head.name,
    profileTypes: views.map(({ head }) => head.name),
    flamebearerProfile: writeFlamebearer(graphOf(view.trees(), nodes), view.head, {
      timeline: null,
      groups: view.groups,
    }),
  };
}

function graphOf(trees: readonly CallTree[], nodes: number): FlamebearerGraph {
  const [left, right] = trees;
  if (left === undefined) throw new InputError('invalid_argument', 'there is no flame graph in the file');
  return right === undefined ? writeFlameGraph(truncateTree(left, nodes)) : diffGraph(left, right, nodes);
}

function diffGraph(left: CallTree, right: CallTree, nodes: number): FlamebearerGraph {
  const pair = truncatePair(pairTrees(truncateTree(left, nodes), truncateTree(right, nodes)), nodes);
  const { names, levels, total, maxSelf } = writeFlameGraphDiff(pair);
  const ticks = { left: pair.left.total[0] ?? 0n, right: pair.right.total[0] ?? 0n };
  return { names, levels, total, maxSelf, ticks };
}

function diffOf(
  left: readonly AdhocView[],
  right: readonly AdhocView[],
  type: string | undefined,
  nodes: number,
): { readonly profileTypes: string[]; readonly flamebearerProfile: string } {
  const namesOf = (views: readonly AdhocView[]): string[] => views.map(({ head }) => head.name);
  const rightNames = new Set(namesOf(right));
  const common = namesOf(left).filter((name) => rightNames.has(name));
  const [first] = common;
  if (first === undefined) {
    const sides = [left, right].map((views) => `[${namesOf(views).join(' ').slice(0, 500)}]`);
    throw new InputError(
      'invalid_argument',
      `no common profile types between left (${sides[0]}) and right (${sides[1]})`,
    );
  }
  const chosen = type !== undefined && common.includes(type) ? type : first;
  const view = pickView(left, chosen);
  const [leftTree, leftOther] = view.trees();
  const [rightTree, rightOther] = pickView(right, chosen).trees();
  if (leftTree === undefined || rightTree === undefined || leftOther !== undefined || rightOther !== undefined)
    throw new InputError('invalid_argument', 'a diff cannot be compared with another profile');
  return {
    profileTypes: common,
    flamebearerProfile: writeFlamebearer(diffGraph(leftTree, rightTree, nodes), view.head),
  };
}
