/**
 * Brings a saved query, of whatever age or origin, into today's form; the editor and the data source see no other.
 *
 * Known origins: Grafana's Pyroscope data source and its forerunner Phlare (same fields, some missing); links that carry
 * one text, as Loki's derived fields write: `query: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="a"}'`;
 * Explore after a switch from another data source, which leaves fields we do not know.
 */
import type { DataQuery } from '@grafana/data';
import type { ProfileQuery, ProfileQueryType, VariableQuery } from './profileQuery.ts';
import { defaultProfileQuery } from './profileQuery.ts';

export type SavedQuery = DataQuery & Readonly<Record<string, unknown>>;

export function migrateQuery(saved: DataQuery): ProfileQuery {
  const { refId, hide, key, datasource } = saved;
  const fields: Readonly<Record<string, unknown>> = { ...saved };
  const link = readLink(textOf(fields['query']));
  const profileTypeId = textOf(fields['profileTypeId']) ?? textOf(fields['profileType']) ?? link?.profileTypeId;
  const query: ProfileQuery = {
    refId,
    ...(datasource !== undefined && { datasource }),
    ...(hide !== undefined && { hide }),
    ...(key !== undefined && { key }),
    queryType: queryTypeOf(fields['queryType']),
    profileTypeId: profileTypeId ?? defaultProfileQuery.profileTypeId,
    labelSelector: textOf(fields['labelSelector']) ?? link?.labelSelector ?? defaultProfileQuery.labelSelector,
    groupBy: listOf(fields['groupBy']),
  };
  const limit = numberOf(fields['limit']);
  const maxNodes = numberOf(fields['maxNodes']);
  const spanSelector = listOf(fields['spanSelector']);
  const step = textOf(fields['step']);
  if (limit !== undefined) query.limit = limit;
  if (maxNodes !== undefined) query.maxNodes = maxNodes;
  if (spanSelector.length > 0) query.spanSelector = spanSelector;
  else if (link?.spanId !== undefined) query.spanSelector = [link.spanId];
  if (step !== undefined) query.step = step;
  return query;
}

/** Old variables are a text: profileTypes(), labels() or labelValues(name). */
export function migrateVariableQuery(saved: unknown): VariableQuery {
  const refId = 'PyrolensVariable';
  if (typeof saved === 'string') {
    const values = /^\s*label_?values\(\s*"?([\w.]+)"?\s*\)\s*$/i.exec(saved)?.[1];
    if (values !== undefined) return { refId, type: 'labelValue', labelName: values };
    return { refId, type: /^\s*label/i.test(saved) ? 'label' : 'profileType' };
  }
  const fields: Readonly<Record<string, unknown>> = typeof saved === 'object' && saved !== null ? { ...saved } : {};
  const type = fields['type'];
  const query: VariableQuery = {
    refId: textOf(fields['refId']) ?? refId,
    type: type === 'label' || type === 'labelValue' ? type : 'profileType',
  };
  const labelName = textOf(fields['labelName']);
  const profileTypeId = textOf(fields['profileTypeId']);
  const labelSelector = textOf(fields['labelSelector']);
  if (labelName !== undefined) query.labelName = labelName;
  if (profileTypeId !== undefined) query.profileTypeId = profileTypeId;
  if (labelSelector !== undefined) query.labelSelector = labelSelector;
  return query;
}

interface Link {
  readonly profileTypeId?: string;
  readonly labelSelector?: string;
  readonly spanId?: string;
}

function readLink(text: string | undefined): Link | undefined {
  const parts = /^\s*(?:span:([0-9a-f]{16})|([\w./-]+(?::[\w./-]*){4,5})?\s*(\{.*\})?)\s*$/i.exec(text ?? '');
  if (parts === null) return undefined;
  const [, spanId, profileTypeId, labelSelector] = parts;
  return {
    ...(spanId !== undefined && { spanId }),
    ...(profileTypeId !== undefined && { profileTypeId }),
    ...(labelSelector !== undefined && { labelSelector }),
  };
}

function queryTypeOf(value: unknown): ProfileQueryType {
  return value === 'metrics' || value === 'both' || value === 'profile' ? value : defaultProfileQuery.queryType;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Editors of old kept numbers as texts. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '');
