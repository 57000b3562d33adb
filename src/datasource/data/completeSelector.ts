/**
 * What can stand at the cursor of a typed selector, and which part of the text it takes the place of.
 *
 * Shape: `from` and `to` are offsets into the text; a value's stand inside its quotes.
 */
import { functionListStart } from './functionList.ts';
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
  | (Place & { readonly kind: 'functionKeyword' })
  | (Place & {
      readonly kind: 'functionName';
      readonly profileTypeId: string;
      readonly labelSelector: string;
      /** Behind =~ a name stands as an expression. */
      readonly isPattern: boolean;
      readonly isQuoted: boolean;
    })
  | { readonly kind: 'nothing' };

/** The last matcher that is begun before the cursor: name, operator, opening quote and what follows. */
const openMatcher = /(?:^|[{,])\s*([\w.$]*)\s*(?:(=~|!~|!=|=)\s*(["'`]?)([^"'`\u0001]*))?$/;

/** The last function that is begun before the cursor. */
const openFunction = /(?:^|\bor\b)\s*(?:(\w*)|function\s*(=~|=)\s*(["'`]?)([^"'`\u0001]*))$/;

export function completionAt(text: string, offset: number): Completion {
  const listStart = functionListStart(text);
  if (listStart !== undefined && offset >= listStart) return functionAt(text, listStart, offset);
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

function functionAt(text: string, listStart: number, offset: number): Completion {
  const open = openFunction.exec(withoutQuoted(text.slice(listStart, offset)));
  if (open === null) return { kind: 'nothing' };
  const [, keyword, operator, quote = '', typed = ''] = open;
  if (operator === undefined) {
    const end = /^\w*/.exec(text.slice(offset))?.[0].length ?? 0;
    return { kind: 'functionKeyword', from: offset - (keyword ?? '').length, to: offset + end };
  }
  const selection = text.slice(0, listStart - 1);
  const brace = /(?<!\$)\{/.exec(selection)?.index ?? selection.length;
  const end = /^[^"'`]*(?=["'`])/.exec(text.slice(offset))?.[0].length ?? 0;
  return {
    kind: 'functionName',
    profileTypeId: selection.slice(0, brace).trim(),
    labelSelector: selection.slice(brace).trim(),
    isPattern: operator === '=~',
    isQuoted: quote !== '',
    from: offset - typed.length,
    to: offset + (quote === '' ? 0 : end),
  };
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
