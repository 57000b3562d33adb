/**
 * A profile type with a label selector behind it, as the code mode edits and links carry it.
 *
 * Shape:  process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="checkout"}; a variable may stand for the type, and the
 *         selector may be missing.
 * Errors: answers what is wrong and where instead of throwing: a person is still typing.
 */
import type { LabelMatcher } from './labelSelector.ts';
import { parseLabelSelector } from './labelSelector.ts';

export type TypedSelector =
  | {
      readonly kind: 'selector';
      readonly profileTypeId: string;
      readonly labelSelector: string;
      readonly matchers: readonly LabelMatcher[];
    }
  | { readonly kind: 'mistake'; readonly message: string; readonly offset: number };

const typePattern = /^[\w./-]+(?::[\w./-]*){4,5}$/;
const variablePattern = /^(?:\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+)$/;

export function parseTypedSelector(text: string): TypedSelector {
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
  return {
    kind: 'selector',
    profileTypeId,
    labelSelector: labelSelector === '' ? '{}' : labelSelector,
    matchers: parsed.matchers,
  };
}

export const formatTypedSelector = (profileTypeId: string, labelSelector: string): string =>
  `${profileTypeId}${labelSelector.trim() === '' ? '{}' : labelSelector}`;

/** The brace of the selector, not that of a variable. */
function selectorStart(text: string): number {
  const brace = /(?<!\$)\{/.exec(text)?.index;
  return brace ?? text.length;
}
