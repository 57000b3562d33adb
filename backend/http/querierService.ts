/** querier.v1.QuerierService: message -> question -> answer -> message, or bytes where answers are large. */
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { millisOfNanos, nanosOfMillis } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import { analyzeQuery } from '../query/analyzeQuery.ts';
import type { CatalogQuestion } from '../query/catalogQuestions.ts';
import { labelNames, labelValues, profileTypes, seriesLabels } from '../query/catalogQuestions.ts';
import { diffCallTrees, mergeCallTree } from '../query/mergeStacks.ts';
import { checkRange } from '../query/scope.ts';
import { selectHeatmap } from '../query/selectHeatmap.ts';
import { selectSeries } from '../query/selectSeries.ts';
import { writeAnalysis, writeHeatmap, writeLabels, writeProfileType, writeSeries } from '../wire/pyroscope/answers.ts';
import type { QuerierService, SelectMergeStacktracesRequest } from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import {
  DiffResponseSchema,
  ProfileFormat,
  SelectMergeSpanProfileResponseSchema,
} from '../wire/pyroscope/gen/querier/v1/querier_pb.js';
import {
  readHeatmapQuestion,
  readMatcherList,
  readProfileQuestion,
  readSeriesQuestion,
  readSpanQuestion,
  readStacktracesQuestion,
  readWholeQuery,
} from '../wire/pyroscope/questions.ts';
import { barsOfTree } from '../wire/pyroscope/writeFlameGraph.ts';
import { barsOfPair } from '../wire/pyroscope/writeFlameGraphDiff.ts';
import { writeTree } from '../wire/pyroscope/writeTree.ts';
import { isFunctionFormat } from '../wire/pyroscope/functionViews.ts';
import { createAsyncMerge } from './asyncMerge.ts';
import { isLegacyLabelName, readClientCapabilities } from './clientCapabilities.ts';
import { askFunctionsDiff } from './functionAnswers.ts';
import { graphWriters, pprofBytes, respondPprof } from './mergeAnswers.ts';
import { answerBytes } from './preparedBody.ts';
import { exactExtrasIn, extrasIn } from './questionExtras.ts';
import type { QuestionRoom } from './questionRoom.ts';
import { tenantIn, tenantsIn } from './tenant.ts';

export function createQuerierService(room: QuestionRoom): ServiceImpl<typeof QuerierService> {
  return { ...catalogMethods(room), ...sampleMethods(room) };
}

type CatalogMethod = 'profileTypes' | 'labelNames' | 'labelValues' | 'series' | 'getProfileStats';

function catalogMethods({ store, limits }: QuestionRoom): Pick<ServiceImpl<typeof QuerierService>, CatalogMethod> {
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

function sampleMethods(room: QuestionRoom): Omit<ServiceImpl<typeof QuerierService>, CatalogMethod> {
  const selectMergeStacktraces = createAsyncMerge(room);
  return {
    selectMergeStacktraces,
    selectSeries: async (request, context) => {
      const question = readSeriesQuestion(tenantsIn(context), request);
      const lines = await room.ask((asked) => selectSeries(asked, question), context.signal, exactExtrasIn(context));
      return { series: lines.map(writeSeries) };
    },
    selectMergeSpanProfile: async (request, context) => {
      const question = readSpanQuestion(tenantsIn(context), request);
      const tree = await room.ask(
        (asked) => mergeCallTree(asked, question, nodesOf(request)),
        context.signal,
        extrasIn(context),
      );
      if (request.format === ProfileFormat.TREE) return { tree: new Uint8Array(writeTree(tree)) };
      return answerBytes(SelectMergeSpanProfileResponseSchema, graphWriters(barsOfTree(tree)), context);
    },
    selectMergeProfile: async (request, context) => {
      const question = readProfileQuestion(tenantsIn(context), request);
      return respondPprof(
        await room.ask((asked) => pprofBytes(asked, question), context.signal, extrasIn(context)),
        context,
      );
    },
    selectHeatmap: async (request, context) => {
      const question = readHeatmapQuestion(tenantsIn(context), request);
      if (question === undefined) return {};
      return {
        series: writeHeatmap(
          await room.ask((asked) => selectHeatmap(asked, question), context.signal, exactExtrasIn(context)),
        ),
      };
    },
    diff: async (request, context) => {
      const sides = { left: sideOf('left', request.left), right: sideOf('right', request.right) };
      const leftQuestion = readStacktracesQuestion(tenantsIn(context), sides.left);
      const rightQuestion = readStacktracesQuestion(tenantsIn(context), sides.right);
      if (isFunctionFormat(sides.left.format)) {
        const ask = askFunctionsDiff(sides, leftQuestion, rightQuestion);
        return room.ask(ask, context.signal, extrasIn(context));
      }
      // Pyroscope takes the larger limit, and none counts as 0.
      const nodes = Math.max(Number(sides.left.maxNodes ?? 0n), Number(sides.right.maxNodes ?? 0n));
      const pair = await room.ask(
        (asked) => diffCallTrees(asked, leftQuestion, rightQuestion, nodes),
        context.signal,
        extrasIn(context),
      );
      return answerBytes(DiffResponseSchema, graphWriters(barsOfPair(pair)), context);
    },
    analyzeQuery: async ({ start, end, query }, context) => {
      // Nothing was asked for, and no client shows an error here.
      if (query === '' && start === 0n && end === 0n) return {};
      const question = {
        tenant: tenantsIn(context),
        matchers: readWholeQuery(query),
        startMillis: Number(start),
        endMillis: Number(end),
      };
      return writeAnalysis(await room.ask((asked) => analyzeQuery(asked, question), context.signal, extrasIn(context)));
    },
  };
}

function sideOf(name: string, request: SelectMergeStacktracesRequest | undefined): SelectMergeStacktracesRequest {
  if (request === undefined) throw new InputError('invalid_argument', `a diff needs ${name}`);
  return request;
}

const nodesOf = ({ maxNodes }: { readonly maxNodes?: bigint }): number | undefined =>
  maxNodes === undefined ? undefined : Number(maxNodes);

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
