/**
 * What there is to see in a file of profiles: a flame graph for each kind of value.
 *
 * Shape:  profiles of the same type are added up, whatever threads or requests their labels tell apart, unless the file itself
 *         is a list of profiles: by name (speedscope), by service (OTLP) or before and after (folded). In the file's order.
 *         A name that would stand twice gets the labels behind it.
 * Units:  each sample type's own.
 * Errors: InputError invalid_argument for more views than a list of choices can hold.
 */
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import type { LabelledProfile } from '../model/labelledProfile.ts';
import type { Label } from '../model/labels.ts';
import { formatLabels, metricNameLabel } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import { addTrees } from './addTrees.ts';
import { buildCallTree } from './buildCallTree.ts';

export interface ProfileView {
  /** Distinct within a file. */
  readonly name: string;
  readonly sampleType: string;
  readonly unit: string;
  /** Built when it is asked for. */
  readonly tree: () => CallTree;
}

const tellingLabels: ReadonlySet<string> = new Set(['profile_name', 'service_name', 'folded_column']);
const mostViews = 1_000;

interface Part {
  readonly profile: Profile;
  readonly type: number;
}

interface Group {
  readonly sampleType: string;
  readonly unit: string;
  readonly labels: readonly Label[];
  readonly parts: Part[];
}

export function profileViews(profiles: readonly LabelledProfile[]): readonly ProfileView[] {
  const groups = new Map<string, Group>();
  for (const { labels, profile } of profiles) {
    const metric = labels.find(({ name }) => name === metricNameLabel)?.value ?? '';
    const telling = labels.filter(({ name }) => tellingLabels.has(name));
    for (const [type, { type: sampleType, unit }] of profile.sampleTypes.entries()) {
      const key = JSON.stringify([metric, sampleType, unit, telling]);
      const group = groups.get(key) ?? { sampleType, unit, labels: [...labelOf(metric), ...telling], parts: [] };
      groups.set(key, group);
      group.parts.push({ profile, type });
      if (groups.size > mostViews)
        throw new InputError('invalid_argument', `the file has more than ${mostViews} different profiles`);
    }
  }
  return nameViews([...groups.values()]);
}

const labelOf = (metric: string): readonly Label[] => (metric === '' ? [] : [{ name: metricNameLabel, value: metric }]);

function nameViews(groups: readonly Group[]): readonly ProfileView[] {
  const count = new Map<string, number>();
  for (const { sampleType } of groups) count.set(sampleType, (count.get(sampleType) ?? 0) + 1);
  const taken = new Set<string>();
  return groups.map(({ sampleType, unit, labels, parts }) => {
    const plain = (count.get(sampleType) ?? 0) > 1 ? `${sampleType} ${formatLabels(labels)}` : sampleType;
    // Two that differ in their units alone.
    const name = taken.has(plain) ? `${plain} ${unit}` : plain;
    taken.add(name);
    return { name, sampleType, unit, tree: () => addTrees(parts.map(treeOf)) };
  });
}

function treeOf({ profile, type }: Part): CallTree {
  const { sampleTypes, values, sampleCount, stacks } = profile;
  if (sampleTypes.length === 1) return buildCallTree(stacks, values);
  const column = new BigInt64Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) column[i] = values[i * sampleTypes.length + type] ?? 0n;
  return buildCallTree(stacks, column);
}
