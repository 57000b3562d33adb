/** A query in a line, as Explore's history and collapsed rows show it. */
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import { describeComparison } from './comparison.ts';
import { labelOfPattern } from './functionPattern.ts';
import type { ProfileQuery, ProfileQueryType } from './profileQuery.ts';
import { defaultComparison } from './profileQuery.ts';

export const queryTypeLabels: Readonly<Record<ProfileQueryType, string>> = {
  profile: 'Flame graph',
  metrics: 'Metrics',
  both: 'Both',
  diff: 'Diff',
  topFunctions: 'Top functions',
  functionShare: 'Function share',
  heatmap: 'Heatmap',
  exemplars: 'Single profiles',
  versions: 'New versions',
};

export function describeQuery(query: ProfileQuery): string {
  const subject = `${profileTypeLabel(query.profileTypeId)} ${query.labelSelector}`;
  switch (query.queryType) {
    case 'profile':
    case 'metrics':
    case 'both':
      return subject;
    case 'diff':
      return `${subject} against ${describeComparison(query.compareWith ?? defaultComparison)}`;
    case 'functionShare':
      return `share of ${(query.functions ?? []).map(labelOfPattern).join(', ')} in ${subject}`;
    default:
      return `${queryTypeLabels[query.queryType]}: ${subject}`;
  }
}
