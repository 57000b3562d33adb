/**
 * What labels of profiles are called in metrics. Names may be any text, Prometheus' old alphabet is [a-zA-Z0-9_].
 *
 * Shape:  a name in the alphabet stays. In others every other character becomes _ (in front of a digit one more); what is
 *         taken then, also by function, mode and profile_type, gets _2, _3 ... in the byte order of the first names. Names that
 *         begin with __ are the server's own and left out, but __profile_type__, which is profile_type.
 */
import type { Labels } from '../model/labels.ts';
import { compareText, metricNameLabel, profileTypeLabel, sortLabels } from '../model/labels.ts';

export const functionLabel = 'function';
export const modeLabel = 'mode';
export const typeLabel = 'profile_type';

export interface LabelMap {
  /** undefined: left out. */
  readonly exported: (name: string) => string | undefined;
  /** undefined: no label of a profile is called so. */
  readonly original: (name: string) => string | undefined;
}

const isLegacy = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);

export function createLabelMap(names: Iterable<string>): LabelMap {
  const exported = new Map([[profileTypeLabel, typeLabel]]);
  const taken = new Map([
    [typeLabel, profileTypeLabel],
    [functionLabel, ''],
    [modeLabel, ''],
    [metricNameLabel, ''],
  ]);
  const shown = [...names].filter((name) => !name.startsWith('__')).sort(compareText);
  const take = (name: string, wanted: string): void => {
    exported.set(name, wanted);
    taken.set(wanted, name);
  };
  for (const name of shown) if (isLegacy(name) && !taken.has(name)) take(name, name);
  for (const name of shown) {
    if (exported.has(name)) continue;
    const base = name.replace(/[^a-zA-Z0-9_]/gu, '_').replace(/^(?=[0-9]|$)/, '_');
    let wanted = base;
    for (let number = 2; taken.has(wanted); number++) wanted = `${base}_${number}`;
    take(name, wanted);
  }
  return {
    exported: (name) => exported.get(name),
    original: (name) => taken.get(name) || undefined,
  };
}

export function exportLabels(labels: Labels, map: LabelMap): Labels {
  return sortLabels(
    labels.flatMap(({ name, value }) => {
      const exported = map.exported(name);
      return exported === undefined ? [] : [{ name: exported, value }];
    }),
  );
}
