/**
 * Brings a saved query, of whatever age or origin, into today's form; the editor and the data source see no other.
 *
 * Known origins: our own older versions; Grafana's Pyroscope data source and its forerunner Phlare (same fields, some
 * missing); links that carry one text, as Loki's derived fields write:
 * `query: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="a"}'`; Explore after a switch from another data
 * source, which leaves fields we do not know.
 */
import type { DataQuery } from '@grafana/data';
import { functionListStart, parseFunctionList } from './functionList.ts';
import type { Comparison, ProfileQuery, ProfileQueryType } from './profileQuery.ts';
import { defaultProfileQuery, queryVersion } from './profileQuery.ts';
import type { Fields } from './readFields.ts';
import { fieldsOf, listOf, numberOf, oneOf, textOf } from './readFields.ts';

export type SavedQuery = DataQuery & Fields;

export function migrateQuery(saved: DataQuery): ProfileQuery {
  const { refId, hide, key, datasource } = saved;
  const fields = fieldsOf(saved);
  const link = readLink(textOf(fields['query']));
  const profileTypeId = textOf(fields['profileTypeId']) ?? textOf(fields['profileType']) ?? link?.profileTypeId;
  return {
    refId,
    ...(datasource !== undefined && { datasource }),
    ...(hide !== undefined && { hide }),
    ...(key !== undefined && { key }),
    version: queryVersion,
    queryType: oneOf(fields['queryType'], queryTypes) ?? link?.queryType ?? defaultProfileQuery.queryType,
    profileTypeId: profileTypeId ?? defaultProfileQuery.profileTypeId,
    labelSelector: textOf(fields['labelSelector']) ?? link?.labelSelector ?? defaultProfileQuery.labelSelector,
    groupBy: listOf(fields['groupBy']),
    ...selectorsOf(fields, link),
    ...(link?.functions !== undefined && { functions: [...link.functions] }),
    ...optionsOf(fields),
  };
}

const queryTypes: readonly ProfileQueryType[] = [
  'metrics',
  'profile',
  'both',
  'diff',
  'topFunctions',
  'functionShare',
  'heatmap',
  'exemplars',
  'versions',
];

function selectorsOf(fields: Fields, link: Link | undefined): Partial<ProfileQuery> {
  const spans = listOf(fields['spanSelector']);
  const traces = listOf(fields['traceIdSelector']);
  const profiles = listOf(fields['profileIdSelector']);
  if (spans.length === 0 && link?.spanId !== undefined) spans.push(link.spanId);
  if (traces.length === 0 && link?.traceId !== undefined) traces.push(link.traceId);
  if (profiles.length === 0 && link?.profileId !== undefined) profiles.push(link.profileId);
  const [splitBy, callSite] = [listOf(fields['splitBy']), listOf(fields['callSite'])];
  return {
    ...(splitBy.length > 0 && { splitBy }),
    ...(callSite.length > 0 && { callSite }),
    ...(spans.length > 0 && { spanSelector: spans }),
    ...(traces.length > 0 && { traceIdSelector: traces }),
    ...(profiles.length > 0 && { profileIdSelector: profiles }),
  };
}

function optionsOf(fields: Fields): Partial<ProfileQuery> {
  const limit = numberOf(fields['limit']);
  const maxNodes = numberOf(fields['maxNodes']);
  const step = textOf(fields['step']);
  const functions = listOf(fields['functions']);
  const functionValue = oneOf(fields['functionValue'], ['total', 'self']);
  const shownAs = oneOf(fields['shownAs'], ['share', 'rate']);
  const exemplarsOf = oneOf(fields['exemplarsOf'], ['profiles', 'spans']);
  const compareWith = comparisonOf(fields['compareWith']);
  return {
    ...(limit !== undefined && { limit }),
    ...(maxNodes !== undefined && { maxNodes }),
    ...(step !== undefined && { step }),
    ...(functions.length > 0 && { functions }),
    ...(functionValue !== undefined && { functionValue }),
    ...(shownAs !== undefined && { shownAs }),
    ...(exemplarsOf !== undefined && { exemplarsOf }),
    ...(compareWith !== undefined && { compareWith }),
  };
}

/** A text is an offset: people write dashboards by hand. */
export function comparisonOf(saved: unknown): Comparison | undefined {
  const text = textOf(saved);
  if (text !== undefined) return { kind: 'offset', offset: text };
  const fields = fieldsOf(saved);
  const offset = textOf(fields['offset']);
  const labelSelector = textOf(fields['labelSelector']);
  const [name, value] = [textOf(fields['name']), textOf(fields['value'])];
  const [startMillis, endMillis] = [numberOf(fields['startMillis']), numberOf(fields['endMillis'])];
  switch (fields['kind']) {
    case 'offset':
      return offset === undefined ? undefined : { kind: 'offset', offset };
    case 'selector':
      if (labelSelector === undefined) return undefined;
      return { kind: 'selector', labelSelector, ...(offset !== undefined && { offset }) };
    case 'label':
      return name === undefined || value === undefined ? undefined : { kind: 'label', name, value };
    case 'range':
      if (startMillis === undefined || endMillis === undefined) return undefined;
      return { kind: 'range', startMillis, endMillis, ...(labelSelector !== undefined && { labelSelector }) };
    default:
      return undefined;
  }
}

interface Link {
  readonly profileTypeId?: string;
  readonly labelSelector?: string;
  readonly spanId?: string;
  readonly traceId?: string;
  readonly profileId?: string;
  readonly functions?: readonly string[];
  readonly queryType?: ProfileQueryType;
}

/** Only samples of one span, trace or profile: what a log line or an exemplar names. */
const idPattern =
  /^(?:span:(?<spanId>[0-9a-f]{16})|trace:(?<traceId>[0-9a-f]{32})|profile:(?<profileId>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))\s*/i;
const typedSelectorPattern = /^(?<profileTypeId>[\w./-]+(?::[\w./-]*){4,5})?\s*(?<labelSelector>\{.*\})?$/;

/** [span:ID | trace:ID | profile:ID] [profile type][{selector}] [| function="name" or function=~"pattern"] */
function readLink(text: string | undefined): Link | undefined {
  const trimmed = (text ?? '').trim();
  const ids = idPattern.exec(trimmed);
  const selection = trimmed.slice(ids?.[0].length ?? 0);
  const listStart = functionListStart(selection);
  const list = listStart === undefined ? undefined : parseFunctionList(selection.slice(listStart));
  const rest = typedSelectorPattern.exec(selection.slice(0, listStart === undefined ? undefined : listStart - 1).trim());
  if (rest === null || list?.kind === 'mistake') return undefined;
  const found = Object.entries({ ...ids?.groups, ...rest.groups }).filter(([, part]) => textOf(part) !== undefined);
  return {
    ...Object.fromEntries(found),
    ...(list !== undefined && { functions: list.functions, queryType: 'functionShare' as const }),
  };
}
