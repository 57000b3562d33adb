/** querier.v1.QuerierService: message -> question -> answer -> message. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { fromBinary } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { millisOfNanos, nanosOfMillis } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import type { CatalogQuestion } from '../query/catalogQuestions.ts';
import { labelNames, labelValues, profileTypes, seriesLabels } from '../query/catalogQuestions.ts';
import { mergeCallTree, mergeProfile } from '../query/mergeStacks.ts';
import { checkRange } from '../query/scope.ts';
import { selectSeries } from '../query/selectSeries.ts';
import type { Store } from '../store/store.ts';
import { writePprof } from '../wire/pprof/writePprof.ts';
import { writeFlameGraphMessage, writeLabels, writeProfileType, writeSeries } from '../wire/pyroscope/answers.ts';
import { ProfileSchema } from '../wire/pyroscope/gen/google/v1/profile_pb.js';
import type { Profile as PprofMessage } from '../wire/pyroscope/gen/google/v1/profile_pb.js';
import type {
  QuerierService,
  SelectMergeStacktracesRequest,
  SelectMergeStacktracesResponseSchema,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import { ProfileFormat } from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import {
  readMatcherList,
  readProfileQuestion,
  readSeriesQuestion,
  readStacktracesQuestion,
} from '../wire/pyroscope/questions.ts';
import { writeTree } from '../wire/pyroscope/writeTree.ts';
import { isLegacyLabelName, readClientCapabilities } from './clientCapabilities.ts';
import { tenantIn, tenantsIn } from './tenant.ts';

export function createQuerierService(store: Store, limits: Limits): ServiceImpl<typeof QuerierService> {
  const { catalog } = store;
  return {
    profileTypes: ({ start, end }, context) => ({
      profileTypes: profileTypes(catalog, {
        tenant: tenantsIn(context),
        matchers: [],
        range: rangeOrLastDay(start, end, limits, Date.now()),
      }).map(writeProfileType),
    }),
    labelNames: (request, context) => ({
      names: labelNames(catalog, catalogQuestion(tenantsIn(context), request, limits)).filter(namesFor(context)),
    }),
    labelValues: (request, context) => {
      if (request.name === '') throw new InputError('invalid_argument', 'name is required');
      return { names: [...labelValues(catalog, catalogQuestion(tenantsIn(context), request, limits), request.name)] };
    },
    series: (request, context) => {
      const canTake = namesFor(context);
      const wanted = new Set(request.labelNames);
      const keep = (name: string): boolean => canTake(name) && (wanted.size === 0 || wanted.has(name));
      const sets = seriesLabels(catalog, catalogQuestion(tenantsIn(context), request, limits), keep);
      return { labelsSet: sets.map(writeLabels) };
    },
    selectSeries: async (request, context) => {
      const question = readSeriesQuestion(tenantsIn(context), request);
      const lines = await selectSeries(store, question, limits, context.signal);
      return { series: lines.map(writeSeries) };
    },
    selectMergeStacktraces: (request, context) => mergeStacktraces(store, request, limits, context),
    selectMergeProfile: (request, context) =>
      pprofMessage(store, readProfileQuestion(tenantsIn(context), request), limits, context.signal),
    getProfileStats: (_request, context) => {
      const bounds = catalog.bounds(tenantIn(context));
      if (bounds === undefined) return {};
      return {
        dataIngested: true,
        oldestProfileTime: BigInt(millisOfNanos(bounds.oldest)),
        newestProfileTime: BigInt(millisOfNanos(bounds.newest)),
      };
    },
  };
}

async function mergeStacktraces(
  store: Store,
  request: SelectMergeStacktracesRequest,
  limits: Limits,
  context: HandlerContext,
): Promise<MessageInitShape<typeof SelectMergeStacktracesResponseSchema>> {
  const { signal } = context;
  const question = readStacktracesQuestion(tenantsIn(context), request);
  const tree = () =>
    mergeCallTree(
      store,
      question,
      request.maxNodes === undefined ? undefined : Number(request.maxNodes),
      limits,
      signal,
    );
  switch (request.format) {
    case ProfileFormat.PPROF:
      return { pprof: { profile: await pprofMessage(store, question, limits, signal) } };
    case ProfileFormat.TREE:
      return { tree: new Uint8Array(writeTree(await tree())) };
    case ProfileFormat.DOT:
      throw new InputError('unimplemented', 'format DOT is not supported; ask for PPROF and run `pprof -dot` on it');
    default:
      // Formats newer than this server get a flame graph: clients fall back on it, and give up on an error.
      return { flamegraph: writeFlameGraphMessage(await tree()) };
  }
}

async function pprofMessage(
  store: Store,
  question: Parameters<typeof mergeProfile>[1],
  limits: Limits,
  signal: AbortSignal,
): Promise<PprofMessage> {
  const profile = await mergeProfile(store, question, limits, signal);
  return fromBinary(ProfileSchema, profile === undefined ? new Uint8Array(0) : writePprof(profile));
}

interface CatalogRequest {
  readonly matchers: readonly string[];
  readonly start: bigint;
  readonly end: bigint;
}

const catalogQuestion = (
  tenant: string,
  { matchers, start, end }: CatalogRequest,
  limits: Limits,
): CatalogQuestion => ({
  tenant,
  matchers: readMatcherList(matchers),
  range: checkRange(Number(start), Number(end), limits),
});

const dayMillis = 86_400_000;

/** No range at all is the last day up to tomorrow; Pyroscope takes the last hour, which is found too short. */
function rangeOrLastDay(start: bigint, end: bigint, limits: Limits, nowMillis: number): TimeRange {
  if (start !== 0n || end !== 0n) return checkRange(Number(start), Number(end), limits);
  return { start: nanosOfMillis(nowMillis - dayMillis), end: nanosOfMillis(nowMillis + dayMillis) };
}

function namesFor({ requestHeader }: HandlerContext): (name: string) => boolean {
  const { utf8LabelNames } = readClientCapabilities(requestHeader.get('accept') ?? undefined);
  return (name) => utf8LabelNames || isLegacyLabelName(name);
}
