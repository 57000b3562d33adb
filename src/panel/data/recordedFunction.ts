/**
 * The recording rule that a flame graph's function starts from, as a person edits it, and what the server is sent of it.
 *
 * Shape:  the metric's name is the server's prefix and what of the function's name a metric's name may have.
 * Errors: none here: what is wrong with a rule, the server says, in its own words.
 */
import type { LabelMatcher } from '../../datasource/data/labelSelector.ts';
import { formatLabelSelector } from '../../datasource/data/labelSelector.ts';
import type { FunctionValue } from '../../datasource/data/profileQuery.ts';
import type { RecordingRuleBody, RuleEstimate } from '../../datasource/data/recordingRules.ts';

export interface RuleDraft {
  readonly metricName: string;
  readonly profileTypeId: string;
  readonly labelSelector: string;
  readonly functionName: string;
  readonly functionValue: FunctionValue;
  /** Labels, separated by commas or spaces. */
  readonly groupBy: string;
}

const metricPrefix = 'profiles_recorded_';
/** The server takes 1,024; longer than this nobody reads in a query. */
const longestPart = 120;

export const draftRule = (
  functionName: string,
  asked: { readonly profileTypeId: string; readonly matchers: readonly LabelMatcher[] },
): RuleDraft => ({
  metricName: metricNameFor(functionName),
  profileTypeId: asked.profileTypeId,
  labelSelector: formatLabelSelector(asked.matchers),
  functionName,
  functionValue: 'total',
  groupBy: 'service_name',
});

export function metricNameFor(functionName: string): string {
  const words = functionName.replace(/[^a-zA-Z0-9]+/g, '_').slice(0, longestPart);
  return metricPrefix + (words.replace(/^_|_$/g, '') || 'function');
}

export const ruleBody = (draft: RuleDraft): RecordingRuleBody => ({
  metricName: draft.metricName.trim(),
  matchers: [
    draft.labelSelector,
    formatLabelSelector([{ name: '__profile_type__', operator: '=', value: draft.profileTypeId }]),
  ],
  groupBy: draft.groupBy.split(/[\s,]+/).filter((label) => label !== ''),
  stacktraceFilter: {
    functionName: {
      functionName: draft.functionName,
      metricType: draft.functionValue === 'self' ? 'SELF' : 'TOTAL',
    },
  },
});

/** Tomorrow may bring other labels, so even an exact count is about what will be. */
export const describeEstimate = ({ series, maxSeriesPerRule }: RuleEstimate): string =>
  `about ${series} series, judging by the last day; a rule may have ${maxSeriesPerRule}`;
