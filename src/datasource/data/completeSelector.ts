/**
 * What can stand at the cursor of a typed selector, and which part of the text it takes the place of.
 *
 * Shape: `from` and `to` are offsets into the text; a value's stand inside its quotes.
 */
import type { LabelMatcher } from './labelSelector.ts';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';

interface Place {
  readonly from: number;
  readonly to: number;
}
export type Completion =
  | (Place & { readonly kind: 'profileType' })
  | (Place & { readonly kind: 'labelName'; readonly others: string })
  | (Place & { readonly kind: 'labelValue'; readonly name: string; readonly others: string; readonly isQuoted: boolean })
  | { readonly kind: 'nothing' };

/** The last matcher that is begun before the cursor: name, operator, opening quote and what follows. */
const openMatcher = /(?:^|[{,])\s*([\w.$]*)\s*(?:(=~|!~|!=|=)\s*(["'`]?)([^"'`\u0001]*))?$/;

export function completionAt(text: string, offset: number): Completion {
  const brace = /(?<!\$)\{/.exec(text)?.index;
  if (brace === undefined || offset <= brace) {
    return { kind: 'profileType', from: 0, to: brace ?? text.length };
  }
  const before = text.slice(brace + 1, offset);
  const matcher = openMatcher.exec(withoutQuoted(before));
  if (matcher === null) return { kind: 'nothing' };
  const [, name = '', operator, quote = '', typed = ''] = matcher;
  const profileTypeId = text.slice(0, brace).trim();
  const others = othersOf(profileTypeId, text.slice(brace), before.length - matcher[0].length);
  if (operator === undefined) {
    const end = /^[\w.]*/.exec(text.slice(offset))?.[0].length ?? 0;
    return { kind: 'labelName', others, from: offset - name.length, to: offset + end };
  }
  const end = /^[^"'`,}]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return { kind: 'labelValue', name, others, isQuoted: quote !== '', from: offset - typed.length, to: offset + end };
}

/** Commas and braces inside closed quotes are no syntax; lengths stay. */
const withoutQuoted = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, (quoted) => '\u0001'.repeat(quoted.length));

/** Only what goes with the rest of the selector is offered; the matcher at the cursor is left out of it. */
function othersOf(profileTypeId: string, selector: string, matcherStart: number): string {
  const type: readonly LabelMatcher[] = /^[\w./-]+(?::[\w./-]*){4,5}$/.test(profileTypeId)
    ? [{ name: '__profile_type__', operator: '=', value: profileTypeId }]
    : [];
  const ahead = parseLabelSelector(`${selector.slice(0, matcherStart + 1).replace(/,\s*$/, '')}}`);
  return formatLabelSelector([...type, ...(ahead.kind === 'selector' ? ahead.matchers : [])]);
}
