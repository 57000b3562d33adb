/**
 * Reads a query as the editor saved it, of whatever age: the twin of the data source's migrateQuery, to which a test holds it.
 *
 * Shape:  the fields bear the data source's names. `query` is the whole of it in one text, as links have it:
 *         [span:ID | trace:ID | profile:ID] [profile type][{selector}] [| function="name" or function=~"pattern"].
 * Errors: InputError invalid_argument for what would otherwise be answered with nothing: no profile type, and a template
 *         variable of a dashboard, which nobody fills in for an alert rule.
 */
import { InputError } from '../errors.ts';
import { functionListStart, readFunctionList } from './functionList.ts';
import type { Fields } from './readFields.ts';
import { fieldsOf, listOf, numberOf, oneOf, textOf } from './readFields.ts';

export const queryTypes = [
  'metrics',
  'profile',
  'both',
  'diff',
  'topFunctions',
  'functionShare',
  'heatmap',
  'exemplars',
  'versions',
] as const;
export type QueryType = (typeof queryTypes)[number];

export type Comparison =
  | { readonly kind: 'offset'; readonly offset: string }
  | { readonly kind: 'selector'; readonly labelSelector: string; readonly offset?: string }
  | { readonly kind: 'label'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'range';
      readonly startMillis: number;
      readonly endMillis: number;
      readonly labelSelector?: string;
    };

export interface SavedQuery {
  readonly queryType: QueryType;
  readonly profileTypeId: string;
  readonly labelSelector: string;
  readonly groupBy: readonly string[];
  readonly spanSelector: readonly string[];
  readonly traceIdSelector: readonly string[];
  readonly profileIdSelector: readonly string[];
  readonly limit: number | undefined;
  readonly maxNodes: number | undefined;
  /** Least step, as in 30s. */
  readonly step: string | undefined;
  readonly functions: readonly string[];
  readonly functionValue: 'total' | 'self';
  readonly shownAs: 'share' | 'rate';
  readonly exemplarsOf: 'profiles' | 'spans' | undefined;
  readonly compareWith: Comparison | undefined;
}

export function readSavedQuery(fields: Fields): SavedQuery {
  const link = readLink(textOf(fields['query']));
  const query: SavedQuery = {
    queryType: oneOf(fields['queryType'], queryTypes) ?? (link.functions === undefined ? 'profile' : 'functionShare'),
    profileTypeId:
      textOf(fields['profileTypeId']) ?? textOf(fields['profileType']) ?? link.parts['profileTypeId'] ?? '',
    labelSelector: textOf(fields['labelSelector']) ?? link.parts['labelSelector'] ?? '{}',
    groupBy: listOf(fields['groupBy']),
    spanSelector: orLinked(listOf(fields['spanSelector']), link.parts['spanId']),
    traceIdSelector: orLinked(listOf(fields['traceIdSelector']), link.parts['traceId']),
    profileIdSelector: orLinked(listOf(fields['profileIdSelector']), link.parts['profileId']),
    limit: numberOf(fields['limit']),
    maxNodes: numberOf(fields['maxNodes']),
    step: textOf(fields['step']),
    functions: functionsOf(listOf(fields['functions']), link),
    functionValue: oneOf(fields['functionValue'], ['total', 'self'] as const) ?? 'total',
    shownAs: oneOf(fields['shownAs'], ['share', 'rate'] as const) ?? 'share',
    exemplarsOf: oneOf(fields['exemplarsOf'], ['profiles', 'spans'] as const),
    compareWith: readComparison(fields['compareWith']),
  };
  return checkQuery(query);
}

function checkQuery(query: SavedQuery): SavedQuery {
  if (query.profileTypeId === '') throw new InputError('invalid_argument', 'the query has no profile type');
  for (const text of [query.profileTypeId, query.labelSelector, ...query.groupBy, ...query.functions]) {
    const variable = wholeVariable.exec(text)?.[0];
    if (variable === undefined) continue;
    throw new InputError(
      'invalid_argument',
      `${variable} stays as it is here: alert rules and recording rules have no dashboard to take its value from`,
    );
  }
  return query;
}

/** Only where it is a whole value: a dollar sign in the midst of one is Java's. */
const wholeVariable = /(?<=^|["'`])(?:\$\{\w[^}]*\}|\$\w+|\[\[\w[^\]]*\]\])(?=$|["'`])/;

const orLinked = (given: readonly string[], linked: string | undefined): readonly string[] =>
  given.length === 0 && linked !== undefined ? [linked] : given;

/** A text is an offset: people write dashboards by hand. */
function readComparison(saved: unknown): Comparison | undefined {
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

const idPattern =
  /^(?:span:(?<spanId>[0-9a-f]{16})|trace:(?<traceId>[0-9a-f]{32})|profile:(?<profileId>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))\s*/i;
const typedSelectorPattern = /^(?<profileTypeId>[\w./-]+(?::[\w./-]*){4,5})?\s*(?<labelSelector>\{.*\})?$/;

interface Link {
  readonly parts: Readonly<Record<string, string | undefined>>;
  readonly functions: readonly string[] | undefined;
}
const noLink: Link = { parts: {}, functions: undefined };

function readLink(text: string | undefined): Link {
  const trimmed = (text ?? '').trim();
  const ids = idPattern.exec(trimmed);
  const selection = trimmed.slice(ids?.[0].length ?? 0);
  const listStart = functionListStart(selection);
  const functions = listStart === undefined ? undefined : readFunctionList(selection.slice(listStart));
  const rest = typedSelectorPattern.exec(
    selection.slice(0, listStart === undefined ? undefined : listStart - 1).trim(),
  );
  if (rest === null || (listStart !== undefined && functions === undefined)) return noLink;
  return { parts: { ...ids?.groups, ...rest.groups }, functions };
}

const functionsOf = (given: readonly string[], { functions = [] }: Link): readonly string[] =>
  given.length > 0 ? given : functions;
