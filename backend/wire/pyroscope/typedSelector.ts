/**
 * Reads a whole query as one text: the profile type and the labels.
 *
 * Shape:  name:type:unit:periodType:periodUnit{service_name="a"}; ":delta" may follow the type, as Parca writes it, and the
 *         braces may be left out. The type may stand in the braces instead: {__profile_type__="..."}.
 * Errors: InputError invalid_argument when there is no type, or as readLabelSelector has them.
 * Source: /pyroscope/render's `query`; Parca's query language (parca.dev/docs/concepts): the same order of the same parts.
 */
import { InputError } from '../../errors.ts';
import { profileTypeLabel } from '../../model/labels.ts';
import type { ProfileType } from '../../model/profileType.ts';
import type { Matchers } from '../../model/selector.ts';
import { readLabelSelector } from './labelSelector.ts';
import { parseProfileTypeId } from './profileTypeId.ts';

export interface TypedSelector {
  readonly profileType: ProfileType;
  /** Without the one on the profile type. */
  readonly matchers: Matchers;
}

export function readTypedSelector(text: string): TypedSelector {
  const brace = text.indexOf('{');
  const type = (brace < 0 ? text : text.slice(0, brace)).trim();
  const matchers = brace < 0 ? [] : readLabelSelector(text.slice(brace));
  if (type !== '') return { profileType: parseProfileTypeId(type), matchers };
  const named = matchers.find(({ name, op }) => name === profileTypeLabel && op === '=');
  if (named === undefined) {
    throw new InputError(
      'invalid_argument',
      `no profile type in ${JSON.stringify(text.slice(0, 200))}: expected name:type:unit:periodType:periodUnit{labels}`,
    );
  }
  return { profileType: parseProfileTypeId(named.value), matchers: matchers.filter((matcher) => matcher !== named) };
}
