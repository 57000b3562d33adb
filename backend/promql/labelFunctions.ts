/**
 * label_replace and label_join.
 *
 * Errors: InputError failed_precondition, as what is wrong is known only when the strings are looked at.
 * Source: Prometheus 2.42, promql/functions.go (funcLabelReplace, funcLabelJoin); Go's Regexp.Expand.
 */
import { InputError } from '../errors.ts';
import { labelValue } from '../model/labels.ts';
import type { AnchoredPattern } from './anchoredPattern.ts';
import { compileAnchored } from './anchoredPattern.ts';
import { joinSeries } from './joinSeries.ts';
import { setLabel } from './labelSets.ts';
import type { VectorValue } from './value.ts';

export function replaceLabel(vector: VectorValue, texts: readonly string[]): VectorValue {
  const [target = '', replacement = '', source = '', expression = ''] = texts;
  const pattern = compileArgument(expression);
  checkLabelName('label_replace', 'destination', target);
  return joinSeries(
    vector.series.map((one) => {
      const groups = pattern.groups(labelValue(one.labels, source) ?? '');
      if (groups === undefined) return one;
      return { ...one, labels: setLabel(one.labels, target, expand(replacement, groups, pattern)) };
    }),
  );
}

export function joinLabels(vector: VectorValue, texts: readonly string[]): VectorValue {
  const [target = '', separator = '', ...sources] = texts;
  for (const source of sources) checkLabelName('label_join', 'source', source);
  checkLabelName('label_join', 'destination', target);
  return joinSeries(
    vector.series.map((one) => {
      const value = sources.map((source) => labelValue(one.labels, source) ?? '').join(separator);
      return { ...one, labels: setLabel(one.labels, target, value) };
    }),
  );
}

function compileArgument(expression: string): AnchoredPattern {
  try {
    return compileAnchored(expression);
  } catch (error) {
    // In a selector a bad pattern is bad syntax; here it is an argument.
    if (!(error instanceof InputError)) throw error;
    throw new InputError('failed_precondition', `invalid regular expression in label_replace(): ${expression}`);
  }
}

function checkLabelName(where: string, what: string, name: string): void {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return;
  throw new InputError('failed_precondition', `invalid ${what} label name in ${where}(): ${name}`);
}

/** $1, $name, ${name} and $$; the longest name counts, and an unknown one is nothing. */
function expand(template: string, groups: readonly string[], { namedGroups }: AnchoredPattern): string {
  return template.replace(/\$(\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/g, (_, all: string, bare, braced) => {
    if (all === '$') return '$';
    const name = String(bare ?? braced);
    const index = /^\d+$/.test(name) ? Number(name) : namedGroups[name];
    return (index === undefined ? undefined : groups[index]) ?? '';
  });
}
