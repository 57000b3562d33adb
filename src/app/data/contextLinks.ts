/**
 * From where somebody is in Grafana (a panel, Explore, an alert) to the profiles of the same pods at the same time.
 *
 * Shape:  our own and Pyroscope's queries have a labelSelector; queries of Loki and Prometheus a selector somewhere in their
 *         expr, of which the labels that profiles have too are kept.
 */
import type { LabelMatcher } from '../../datasource/data/labelSelector.ts';
import { formatLabelSelector, parseLabelSelector } from '../../datasource/data/labelSelector.ts';
import { fieldsOf, textOf } from '../../datasource/data/readFields.ts';
import { justBefore } from './compareSides.ts';
import type { PageState } from './pageAddress.ts';

/** What Alloy, Kubernetes' and OpenTelemetry's agents put on profiles as well as on logs and metrics. */
const sharedLabels = new Set([
  'service_name',
  'namespace',
  'pod',
  'container',
  'node',
  'cluster',
  'version',
  'k8s_namespace_name',
  'k8s_pod_name',
  'k8s_container_name',
]);
/** A name that others give to what profiles call so. */
const synonyms: Readonly<Record<string, string>> = { service: 'service_name', app: 'service_name', job: 'service_name' };

export interface LinkContext {
  readonly labelSelector: string;
  readonly profileTypeId: string | undefined;
}

/** The first query that says anything about which profiles; undefined when none does. */
export function contextOfTargets(
  targets: readonly unknown[],
  replace: (text: string) => string,
): LinkContext | undefined {
  for (const target of targets) {
    const fields = fieldsOf(target);
    const own = textOf(fields['labelSelector']);
    if (own !== undefined) {
      const profileTypeId = textOf(fields['profileTypeId']);
      return { labelSelector: replace(own), profileTypeId: profileTypeId && replace(profileTypeId) };
    }
    const expression = textOf(fields['expr']) ?? textOf(fields['query']);
    const matchers = sharedMatchers(replace(expression ?? ''));
    if (matchers.length > 0) return { labelSelector: formatLabelSelector(matchers), profileTypeId: undefined };
  }
  return undefined;
}

export function contextOfLabels(labels: unknown): LinkContext | undefined {
  const matchers = Object.entries(fieldsOf(labels)).flatMap(([name, value]) =>
    typeof value === 'string' ? shared({ name, operator: '=', value }) : [],
  );
  return matchers.length === 0 ? undefined : { labelSelector: formatLabelSelector(matchers), profileTypeId: undefined };
}

const leastMillis = 5 * 60_000;
const mostMillis = 60 * 60_000;

/** What has been since an alert began, an hour of it at most, against as long a time right before it; undefined without a moment. */
export function sinceAlert(
  activeAt: unknown,
  nowMillis: number,
): Pick<PageState, 'from' | 'to' | 'compareWith'> | undefined {
  const startMillis = Date.parse(textOf(activeAt) ?? '');
  // Grafana writes the year 1 for an instance that is not active.
  if (Number.isNaN(startMillis) || startMillis <= 0 || startMillis > nowMillis) return undefined;
  const length = Math.min(mostMillis, Math.max(leastMillis, nowMillis - startMillis));
  const range = { startMillis, endMillis: startMillis + length };
  return { from: String(range.startMillis), to: String(range.endMillis), compareWith: justBefore(range) };
}

/** The first selector in braces that can be read. */
function sharedMatchers(expression: string): readonly LabelMatcher[] {
  for (const [braces] of expression.matchAll(/\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}/g)) {
    const parsed = parseLabelSelector(braces);
    const matchers = parsed.kind === 'selector' ? parsed.matchers.flatMap(shared) : [];
    if (matchers.length > 0) return matchers;
  }
  return [];
}

function shared(matcher: LabelMatcher): readonly LabelMatcher[] {
  if (sharedLabels.has(matcher.name)) return [matcher];
  const name = synonyms[matcher.name];
  return name === undefined ? [] : [{ ...matcher, name }];
}
