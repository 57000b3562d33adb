/** A query in a line, as Explore's history and collapsed rows show it: queries that ask differently have different lines. */
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
  const groups = query.groupBy.length === 0 ? '' : ` by ${query.groupBy.join(', ')}`;
  const split = query.splitBy === undefined ? '' : ` split by ${query.splitBy.join(', ')}`;
  switch (query.queryType) {
    case 'both':
      return `${subject}${groups}${split}`;
    case 'profile':
      return `${queryTypeLabels.profile}: ${subject}${split}`;
    case 'diff':
      return `${subject} against ${describeComparison(query.compareWith ?? defaultComparison)}`;
    case 'functionShare':
      return `share of ${(query.functions ?? []).map(labelOfPattern).join(', ')} in ${subject}${groups}`;
    case 'topFunctions': {
      const against = query.compareWith === undefined ? '' : ` against ${describeComparison(query.compareWith)}`;
      return `${queryTypeLabels.topFunctions}: ${subject}${groups}${against}`;
    }
    default:
      return `${queryTypeLabels[query.queryType]}: ${subject}${groups}`;
  }
}
