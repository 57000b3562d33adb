/**
 * A profile type with a label selector behind it, as the code mode edits and links carry it.
 *
 * Shape:  process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="checkout"}; a variable may stand for the type, and the
 *         selector may be missing. Functions may follow behind a bar, as functionList.ts has them.
 * Errors: answers what is wrong and where instead of throwing: a person is still typing.
 */
import { formatFunctionList, functionListStart, parseFunctionList } from './functionList.ts';
import type { LabelMatcher, Mistake } from './labelSelector.ts';
import { parseLabelSelector } from './labelSelector.ts';

export type TypedSelector =
  | {
      readonly kind: 'selector';
      readonly profileTypeId: string;
      readonly labelSelector: string;
      readonly matchers: readonly LabelMatcher[];
      /** As a query has them; none without a bar. */
      readonly functions: readonly string[];
    }
  | Mistake;

const typePattern = /^[\w./-]+(?::[\w./-]*){4,5}$/;
const variablePattern = /^(?:\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+)$/;

export function parseTypedSelector(whole: string): TypedSelector {
  const listStart = functionListStart(whole);
  const text = whole.slice(0, listStart === undefined ? undefined : listStart - 1);
  const brace = selectorStart(text);
  const typeText = text.slice(0, brace);
  const profileTypeId = typeText.trim();
  const typeOffset = typeText.length - typeText.trimStart().length;
  if (profileTypeId === '') return { kind: 'mistake', message: 'a profile type is expected', offset: typeOffset };
  if (!typePattern.test(profileTypeId) && !variablePattern.test(profileTypeId)) {
    const message = 'this is no profile type: it has five parts, name:sampleType:sampleUnit:periodType:periodUnit';
    return { kind: 'mistake', message, offset: typeOffset };
  }
  const labelSelector = text.slice(brace).trim();
  const parsed = parseLabelSelector(labelSelector);
  if (parsed.kind === 'mistake') {
    const skipped = text.length - text.slice(brace).trimStart().length;
    return { ...parsed, offset: skipped + parsed.offset };
  }
  const list = parseFunctionList(whole.slice(listStart));
  if (listStart !== undefined && list.kind === 'mistake') return { ...list, offset: listStart + list.offset };
  return {
    kind: 'selector',
    profileTypeId,
    labelSelector: labelSelector === '' ? '{}' : labelSelector,
    matchers: parsed.matchers,
    functions: listStart === undefined || list.kind === 'mistake' ? [] : list.functions,
  };
}

export function formatTypedSelector(
  profileTypeId: string,
  labelSelector: string,
  functions: readonly string[] = [],
): string {
  const list = functions.length === 0 ? '' : ` | ${formatFunctionList(functions)}`;
  return `${profileTypeId}${labelSelector.trim() === '' ? '{}' : labelSelector}${list}`;
}

/** The brace of the selector, not that of a variable. */
function selectorStart(text: string): number {
  const brace = /(?<!\$)\{/.exec(text)?.index;
  return brace ?? text.length;
}
