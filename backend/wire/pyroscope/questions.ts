/**
 * Pyroscope's request messages -> our questions. Foreign spellings (profile_typeID) end here.
 *
 * Errors: InputError invalid_argument for a malformed selector, profile type or id.
 */
import { InputError } from '../../errors.ts';
import { profileTypeLabel } from '../../model/labels.ts';
import { formatProfileType } from '../../model/profileType.ts';
import type { HeatmapQuestion, MergeQuestion, SeriesQuestion } from '../../model/question.ts';
import type { Matchers } from '../../model/selector.ts';
import { parseUuid } from '../../model/uuid.ts';
import type {
  SelectHeatmapRequest,
  SelectMergeProfileRequest,
  SelectMergeSpanProfileRequest,
  SelectMergeStacktracesRequest,
  SelectSeriesRequest,
} from './gen/querier/v1/querier_pb.js';
import { HeatmapQueryType } from './gen/querier/v1/querier_pb.js';
import type { StackTraceSelector } from './gen/types/v1/types_pb.js';
import { ExemplarType, TimeSeriesAggregationType } from './gen/types/v1/types_pb.js';
import { readLabelSelector } from './labelSelector.ts';
import { parseProfileTypeId } from './profileTypeId.ts';
import { readTypedSelector } from './typedSelector.ts';

interface SelectionRequest {
  readonly profileTypeID: string;
  readonly labelSelector: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** Without a profile_typeID the type may stand in front of the labels, or in them. */
const readSelection = (tenant: string, request: SelectionRequest) => ({
  tenant,
  ...(request.profileTypeID === '' && request.labelSelector.includes(':')
    ? readTypedSelector(request.labelSelector)
    : {
        profileType: parseProfileTypeId(request.profileTypeID),
        matchers: readLabelSelector(request.labelSelector),
      }),
  startMillis: Number(request.start),
  endMillis: Number(request.end),
});

export function readStacktracesQuestion(tenant: string, request: SelectMergeStacktracesRequest): MergeQuestion {
  const { spanSelector, traceIdSelector } = request;
  if (spanSelector.length > 0 && traceIdSelector.length > 0) {
    throw new InputError('invalid_argument', 'span_selector and trace_id_selector cannot be combined');
  }
  return {
    ...readSelection(tenant, request),
    ...readStackSelector(request.stackTraceSelector),
    ...(request.profileIdSelector.length > 0 && { profileIds: request.profileIdSelector.map(parseUuid) }),
    ...(spanSelector.length > 0 && { spanIds: BigUint64Array.from(spanSelector, parseSpanId) }),
    ...(traceIdSelector.length > 0 && { traceIds: traceIdSelector.map(parseTraceId) }),
  };
}

export function readProfileQuestion(tenant: string, request: SelectMergeProfileRequest): MergeQuestion {
  return {
    ...readSelection(tenant, request),
    ...readStackSelector(request.stackTraceSelector),
    ...(request.profileIdSelector.length > 0 && { profileIds: request.profileIdSelector.map(parseUuid) }),
    ...(request.traceIdSelector.length > 0 && { traceIds: request.traceIdSelector.map(parseTraceId) }),
  };
}

export const readSpanQuestion = (tenant: string, request: SelectMergeSpanProfileRequest): MergeQuestion => ({
  ...readSelection(tenant, request),
  callSite: [],
  // None is no condition, as in SelectMergeStacktraces.
  ...(request.spanSelector.length > 0 && { spanIds: BigUint64Array.from(request.spanSelector, parseSpanId) }),
});

function readStackSelector(selector: StackTraceSelector | undefined): Pick<MergeQuestion, 'callSite' | 'goPgo'> {
  const callSite = (selector?.callSite ?? []).map((location) => location.name);
  if (selector?.goPgo === undefined) return { callSite };
  const { keepLocations, aggregateCallees } = selector.goPgo;
  return { callSite, goPgo: { keepLocations, aggregateCallees } };
}

export function readSeriesQuestion(tenant: string, request: SelectSeriesRequest): SeriesQuestion {
  return {
    ...readSelection(tenant, request),
    stepSeconds: request.step,
    groupBy: request.groupBy,
    aggregation: request.aggregation === TimeSeriesAggregationType.AVERAGE ? 'average' : 'sum',
    limit: request.limit === undefined ? undefined : Number(request.limit),
    exemplars: readExemplarType(request.exemplarType),
    callSite: readStackSelector(request.stackTraceSelector).callSite,
  };
}

/** undefined: a kind of heatmap that is not known here, which has nothing in it. */
export function readHeatmapQuestion(tenant: string, request: SelectHeatmapRequest): HeatmapQuestion | undefined {
  const of = readHeatmapType(request.queryType);
  if (of === undefined) return undefined;
  return {
    ...readSelection(tenant, request),
    stepSeconds: request.step,
    groupBy: request.groupBy,
    of,
    limit: request.limit === undefined ? undefined : Number(request.limit),
    exemplars: readHeatmapExemplars(request.exemplarType, of),
  };
}

function readHeatmapType(type: HeatmapQueryType): HeatmapQuestion['of'] | undefined {
  switch (type) {
    case HeatmapQueryType.UNSPECIFIED:
      throw new InputError('invalid_argument', 'valid heatmap query type must be specified');
    case HeatmapQueryType.INDIVIDUAL:
      return 'profiles';
    case HeatmapQueryType.SPAN:
      return 'spans';
    default:
      return undefined;
  }
}

function readHeatmapExemplars(type: ExemplarType, of: HeatmapQuestion['of']): boolean {
  if (type === ExemplarType.UNSPECIFIED || type === ExemplarType.NONE) return false;
  if (type === (of === 'spans' ? ExemplarType.SPAN : ExemplarType.INDIVIDUAL)) return true;
  throw new InputError('invalid_argument', `a heatmap of ${of} has no exemplars of type ${ExemplarType[type] ?? type}`);
}

function readExemplarType(type: ExemplarType): boolean {
  switch (type) {
    case ExemplarType.UNSPECIFIED:
    case ExemplarType.NONE:
      return false;
    case ExemplarType.INDIVIDUAL:
      return true;
    case ExemplarType.SPAN:
      throw new InputError('unimplemented', 'exemplar type SPAN is for heatmaps');
    default:
      throw new InputError('invalid_argument', `unknown exemplar type ${String(type)}`);
  }
}

function parseSpanId(text: string): bigint {
  if (!/^[0-9a-f]{16}$/i.test(text))
    throw new InputError('invalid_argument', `not a span ID of 16 hex digits: ${quote(text)}`);
  return BigInt(`0x${text}`);
}

function parseTraceId(text: string): Uint8Array {
  if (!/^[0-9a-f]{32}$/i.test(text))
    throw new InputError('invalid_argument', `not a trace ID of 32 hex digits: ${quote(text)}`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 64));

/** Each is a whole selector; a series must fit all. */
export const readMatcherList = (matchers: readonly string[]): Matchers =>
  matchers.flatMap((text) => readLabelSelector(text));

/** A query in one text, about any profile type when it names none. */
export function readWholeQuery(text: string): Matchers {
  const brace = text.indexOf('{');
  const hasType = /:/.test(brace < 0 ? text : text.slice(0, brace));
  if (!hasType) return readLabelSelector(text);
  const { profileType, matchers } = readTypedSelector(text);
  return [{ name: profileTypeLabel, op: '=', value: formatProfileType(profileType) }, ...matchers];
}
