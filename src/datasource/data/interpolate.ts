/**
 * Puts the values of template variables into queries.
 *
 * A variable with several values cannot stand behind "=": the matcher becomes "=~" (and "!=" becomes "!~") and the
 * values one alternation. That is why selectors are taken apart first; text that does not parse, as {$filters} in whole,
 * is replaced as it stands.
 */
import type { AdHocVariableFilter } from '@grafana/data';
import type { LabelMatcher, MatchOperator } from './labelSelector.ts';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';
import type { Comparison, ProfileQuery } from './profileQuery.ts';

/** What a format function is told about its variable. */
interface VariableFacts {
  readonly multi?: boolean;
  readonly includeAll?: boolean;
}
export type FormatValue = (value: unknown, variable?: VariableFacts) => string;
/** Grafana's TemplateSrv.replace with the scoped variables of the request bound. */
export type ReplaceVariables = (text: string, format?: FormatValue) => string;

export function interpolateQuery(
  query: ProfileQuery,
  replace: ReplaceVariables,
  filters: readonly AdHocVariableFilter[] = [],
): ProfileQuery {
  return {
    ...query,
    profileTypeId: replace(query.profileTypeId),
    labelSelector: addFilters(interpolateSelector(query.labelSelector, replace), filters),
    groupBy: query.groupBy.flatMap((label) => valuesOf(label, replace)),
    ...(query.splitBy && { splitBy: query.splitBy.flatMap((label) => valuesOf(label, replace)) }),
    ...(query.spanSelector && { spanSelector: query.spanSelector.flatMap((span) => valuesOf(span, replace)) }),
    ...(query.traceIdSelector && { traceIdSelector: query.traceIdSelector.flatMap((id) => valuesOf(id, replace)) }),
    ...(query.profileIdSelector && {
      profileIdSelector: query.profileIdSelector.flatMap((id) => valuesOf(id, replace)),
    }),
    ...(query.step !== undefined && { step: replace(query.step) }),
    ...(query.functions && { functions: query.functions.flatMap((pattern) => interpolateFunction(pattern, replace)) }),
    ...(query.compareWith && { compareWith: interpolateComparison(query.compareWith, replace, filters) }),
  };
}

/** A variable that is the whole text was chosen from a list of names, so its values are names. */
function interpolateFunction(pattern: string, replace: ReplaceVariables): readonly string[] {
  const isVariable = /^\^?\s*(?:\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+)\s*\$?$/.test(pattern);
  const bare = pattern.replace(/^\^|\$$/g, '').trim();
  if (!isVariable || replace(bare) === bare) return [replace(pattern, (value) => listOf(value).map(escapeRegex).join('|'))];
  return valuesOf(bare, replace).map((name) => `^${escapeRegex(name)}$`);
}

function interpolateComparison(
  comparison: Comparison,
  replace: ReplaceVariables,
  filters: readonly AdHocVariableFilter[],
): Comparison {
  const selector = (text: string): string => addFilters(interpolateSelector(text, replace), filters);
  switch (comparison.kind) {
    case 'offset':
      return { kind: 'offset', offset: replace(comparison.offset) };
    case 'selector':
      return {
        ...comparison,
        labelSelector: selector(comparison.labelSelector),
        ...(comparison.offset !== undefined && { offset: replace(comparison.offset) }),
      };
    case 'label':
      return { kind: 'label', name: replace(comparison.name), value: replace(comparison.value) };
    case 'range':
      return {
        ...comparison,
        ...(comparison.labelSelector !== undefined && { labelSelector: selector(comparison.labelSelector) }),
      };
  }
}

export function interpolateSelector(text: string, replace: ReplaceVariables): string {
  const parsed = parseLabelSelector(text);
  if (parsed.kind === 'mistake') {
    return replace(text, (value) => listOf(value).join('|'));
  }
  const matchers = parsed.matchers.map((matcher) => interpolateMatcher(matcher, replace));
  const whole = formatLabelSelector(matchers);
  return matchers.every((matcher, i) => matcher === parsed.matchers[i]) && text.trim() !== '' ? text : whole;
}

/** The selector with the dashboard's filters added. */
export function addFilters(selector: string, filters: readonly AdHocVariableFilter[]): string {
  const added = filters.filter(({ key }) => key !== '').map(matcherOfFilter);
  const parsed = parseLabelSelector(selector);
  if (added.length === 0 || parsed.kind === 'mistake') return selector;
  return formatLabelSelector([...parsed.matchers, ...added]);
}

// RE2's special characters; the server's regular expressions are anchored at both ends.
export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const regexOperator: Readonly<Record<MatchOperator, MatchOperator>> = { '=': '=~', '!=': '!~', '=~': '=~', '!~': '!~' };

function interpolateMatcher(matcher: LabelMatcher, replace: ReplaceVariables): LabelMatcher {
  const name = replace(matcher.name);
  const given: { readonly values: readonly string[]; readonly isChoice: boolean }[] = [];
  // Values come back as marks, so that they can be told from the text around them.
  const marked = replace(matcher.value, (value, variable) => {
    const isChoice = Array.isArray(value) || variable?.multi === true || variable?.includeAll === true;
    given.push({ values: listOf(value), isChoice });
    return `\u0001${given.length - 1}\u0001`;
  });
  if (marked === matcher.value && name === matcher.name) return matcher;
  const pieces = marked.split('\u0001');
  const isRegex = matcher.operator === '=~' || matcher.operator === '!~';
  const isSeveral = given.some(({ values }) => values.length > 1);
  if (!isRegex && !isSeveral) {
    const value = pieces.map((piece, i) => (i % 2 === 0 ? piece : (given[Number(piece)]?.values[0] ?? ''))).join('');
    // "All" with a custom value arrives as that text; behind "=" these two can only be meant as expressions.
    const isAll = value !== matcher.value && (value === '.*' || value === '.+');
    return { name, operator: isAll ? regexOperator[matcher.operator] : matcher.operator, value };
  }
  const value = pieces.map((piece, i) => {
    if (i % 2 === 0) return isRegex ? piece : escapeRegex(piece);
    const { values = [], isChoice = true } = given[Number(piece)] ?? {};
    // What a person typed into a text box may be an expression; what was chosen from a list is not.
    if (values.length === 1) return isChoice || !isRegex ? escapeRegex(values[0] ?? '') : (values[0] ?? '');
    return `(${values.map(escapeRegex).join('|')})`;
  });
  return { name, operator: regexOperator[matcher.operator], value: value.join('') };
}

function matcherOfFilter({ key, operator, value, values }: AdHocVariableFilter): LabelMatcher {
  const alternatives = (values ?? [value]).map(escapeRegex).join('|');
  switch (operator) {
    case '=|':
      return { name: key, operator: '=~', value: alternatives };
    case '!=|':
      return { name: key, operator: '!~', value: alternatives };
    case '!=':
    case '=~':
    case '!~':
      return { name: key, operator, value };
    default:
      return { name: key, operator: '=', value };
  }
}

/** A text that may be a variable of several values, as a list of them. */
function valuesOf(text: string, replace: ReplaceVariables): readonly string[] {
  const replaced = replace(text, (value) => listOf(value).join('\u0001'));
  return replaced.split('\u0001').filter((value) => value !== '');
}

const listOf = (value: unknown): readonly string[] => [value].flat().map(String);
