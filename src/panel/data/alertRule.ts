/**
 * Fills Grafana's rule editor in for one function: "its share of the whole is above what it is now and a quarter".
 *
 * Shape:  /alerting/new?defaults=JSON with the fields of the editor's form; A asks, B takes the last value, C compares.
 * Units:  shares are parts of 1.
 */
import { formatLabelSelector } from '../../datasource/data/labelSelector.ts';
import { shownName } from '../../flamegraph/fitText.ts';
import { shareOf } from '../../flamegraph/flameGraphData.ts';
import type { FrameInfo } from '../../flamegraph/mountFlameGraph.types.ts';
import type { FrameLinkContext } from './frameLinks.ts';
import { prometheusName } from './frameLinks.ts';

const expressions = { type: '__expr__', uid: '__expr__' };
const longestTitle = 120;

export function alertRuleAddress(frame: FrameInfo, context: FrameLinkContext): string | undefined {
  const { shares } = context.targets;
  if (shares === undefined || context.profileTypeId === '') return undefined;
  const threshold = thresholdFor(frame);
  const name = `${shownName(frame.name).slice(0, longestTitle)} costs more than ${Math.round(threshold * 100)} %`;
  const expr = shareQuery(frame.name, context);
  const defaults = {
    type: 'grafana',
    name,
    condition: 'C',
    evaluateFor: '10m',
    queries: [
      {
        refId: 'A',
        queryType: '',
        datasourceUid: shares.uid,
        relativeTimeRange: { from: 600, to: 0 },
        model: { refId: 'A', datasource: shares, expr, instant: true, range: false, editorMode: 'code' },
      },
      expression('B', { type: 'reduce', expression: 'A', reducer: 'last' }),
      expression('C', {
        type: 'threshold',
        expression: 'B',
        conditions: [{ type: 'query', evaluator: { type: 'gt', params: [threshold] } }],
      }),
    ],
    annotations: [
      // Not of B: the editor leaves a reducer out that has nothing to reduce. Without data there is no A.
      { key: 'summary', value: `${shownName(frame.name)} takes {{ with $values.A }}{{ humanizePercentage .Value }}{{ end }} of the profile` },
    ],
  };
  return `/alerting/new?${new URLSearchParams({ defaults: JSON.stringify(defaults) }).toString()}`;
}

const expression = (refId: string, model: Readonly<Record<string, unknown>>) => ({
  refId,
  queryType: '',
  datasourceUid: expressions.uid,
  model: { refId, datasource: expressions, ...model },
});

/** A quarter more than now, on whole percents: a person will set it, but it must neither fire at once nor never. Of 12.01 it is 15. */
export function thresholdFor({ total, whole }: Pick<FrameInfo, 'total' | 'whole'>): number {
  const now = Math.max(shareOf(total.left, whole.left), shareOf(total.right, whole.right));
  return Math.min(0.99, Math.max(1, Math.ceil(now * 125 - 0.1)) / 100);
}

/** Five minutes together, so that one busy profile wakes nobody. */
export function shareQuery(name: string, { profileTypeId, matchers }: FrameLinkContext): string {
  const selector = formatLabelSelector([
    ...matchers.map((matcher) => ({ ...matcher, name: prometheusName(matcher.name) })),
    { name: 'profile_type', operator: '=', value: profileTypeId },
    { name: 'function', operator: '=', value: name },
    { name: 'mode', operator: '=', value: 'total' },
  ]);
  return `avg by (service_name) (avg_over_time(pyrolens_function_share${selector}[5m]))`;
}
