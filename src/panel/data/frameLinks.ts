/**
 * Where one can go from a function of the flame graph: its share over time, an alert rule, logs and metrics of the same
 * pods in the same time, its source.
 *
 * Shape:  addresses below Grafana's root; a link is left out when there is no data source for it or nothing to ask for.
 * Source: Grafana's Explore takes `panes` and its rule editor `defaults`, both JSON; the labels are Kubernetes' as Alloy and
 *         OpenTelemetry spell them.
 */
import type { LabelMatcher } from '../../datasource/data/labelSelector.ts';
import { formatLabelSelector } from '../../datasource/data/labelSelector.ts';
import type { FrameInfo } from '../../flamegraph/mountFlameGraph.types.ts';
import { packageOf } from '../../flamegraph/packageOf.ts';
import { alertRuleAddress } from './alertRule.ts';

export interface DataSourceRef {
  readonly type: string;
  readonly uid: string;
}

/** The data sources that links lead through, each where there is one. */
export interface LinkTargets {
  /** Our own, if the panel's query is one of it. */
  readonly profiles: DataSourceRef | undefined;
  /** Prometheus' API of the same server, for alerts. */
  readonly shares: DataSourceRef | undefined;
  readonly logs: DataSourceRef | undefined;
  readonly metrics: DataSourceRef | undefined;
}

export interface FrameLinkContext {
  readonly targets: LinkTargets;
  readonly profileTypeId: string;
  readonly matchers: readonly LabelMatcher[];
  /** As Grafana's URLs have it: now-15m, or milliseconds. */
  readonly range: { readonly from: string; readonly to: string };
}

export interface FrameLink {
  readonly label: string;
  readonly href: string;
}

export function frameLinks(frame: FrameInfo, context: FrameLinkContext): readonly FrameLink[] {
  // The root is no function.
  if (frame.stack?.length === 0) return [];
  const links: readonly (readonly [string, string | undefined])[] = [
    ['Function share over time', shareAddress(frame, context)],
    ['Create alert from this function …', alertRuleAddress(frame, context)],
    ['Create alert: first choose "Alerts through" …', alertSettingsAddress(context)],
    ['Logs of these pods', logsAddress(context)],
    ['Metrics of these pods', metricsAddress(context)],
    ['Open source', sourceAddress(frame.name, context.matchers)],
  ];
  return links.flatMap(([label, href]) => (href === undefined ? [] : [{ label, href }]));
}

export function exploreAddress(
  target: DataSourceRef,
  query: Readonly<Record<string, unknown>>,
  range: FrameLinkContext['range'],
): string {
  const queries = [{ refId: 'A', datasource: target, ...query }];
  const panes = { pyrolens: { datasource: target.uid, queries, range } };
  return `/explore?${new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) }).toString()}`;
}

/** A rule asks Prometheus' API of the server: where no data source is that, the settings say which one to add. */
function alertSettingsAddress({ targets: { profiles, shares }, profileTypeId }: FrameLinkContext): string | undefined {
  if (profiles === undefined || shares !== undefined || profileTypeId === '') return undefined;
  return `/connections/datasources/edit/${encodeURIComponent(profiles.uid)}`;
}

function shareAddress({ name }: FrameInfo, context: FrameLinkContext): string | undefined {
  const { targets, profileTypeId, matchers, range } = context;
  if (targets.profiles === undefined || profileTypeId === '') return undefined;
  const labelSelector = formatLabelSelector(matchers);
  const functions = [`^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`];
  const shared = { queryType: 'functionShare', profileTypeId, labelSelector, groupBy: [], version: 2 };
  return exploreAddress(targets.profiles, { ...shared, functions, functionValue: 'total', shownAs: 'share' }, range);
}

const placeLabels = /^(service_name|namespace|pod|container|cluster|k8s[._](namespace|pod|container|cluster)[._]name)$/;

/** Of the selector only what logs bear too; a filter by span or thread would find no line. */
function logsAddress({ targets, matchers, range }: FrameLinkContext): string | undefined {
  const ofPlace = matchers.filter(({ name }) => placeLabels.test(name));
  // Loki wants a matcher that names something.
  if (targets.logs === undefined || !ofPlace.some(({ operator }) => operator === '=' || operator === '=~')) return undefined;
  const expr = formatLabelSelector(ofPlace.map((matcher) => ({ ...matcher, name: prometheusName(matcher.name) })));
  return exploreAddress(targets.logs, { expr, queryType: 'range' }, range);
}

/** cAdvisor names pods where the selector does; else processes that say their service. */
function metricsAddress({ targets, matchers, range }: FrameLinkContext): string | undefined {
  if (targets.metrics === undefined) return undefined;
  const ofPods = matchers.flatMap((matcher) => {
    const name = /^(?:k8s[._])?(namespace|pod|container)(?:[._]name)?$/.exec(matcher.name)?.[1];
    return name === undefined ? [] : [{ ...matcher, name }];
  });
  const ofService = matchers.filter(({ name }) => name === 'service_name');
  if (ofPods.length === 0 && ofService.length === 0) return undefined;
  const [metric, chosen, by] =
    ofPods.length > 0
      ? ['container_cpu_usage_seconds_total', ofPods, 'pod']
      : ['process_cpu_seconds_total', ofService, 'instance'];
  const expr = `sum by (${by}) (rate(${metric}${formatLabelSelector(chosen)}[$__rate_interval]))`;
  return exploreAddress(targets.metrics, { expr, range: true }, range);
}

export const prometheusName = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');

/** Labels name repository and commit; the function's name has to tell the file, or its package the folder. */
export function sourceAddress(name: string, matchers: readonly LabelMatcher[]): string | undefined {
  const value = (label: string): string =>
    matchers.find((matcher) => matcher.name === label && matcher.operator === '=')?.value ?? '';
  const repository = repositoryAddress(value('service_repository'));
  if (repository === undefined) return undefined;
  const ref = value('service_git_ref') || 'HEAD';
  const inside = (kind: 'blob' | 'tree', path: string): string => {
    const way = repository.hostname === 'github.com' ? kind : `-/${kind}`;
    const parts = [repository.href, way, encodeURIComponent(ref), path.split('/').map(encodeURIComponent).join('/')];
    return parts.join('/');
  };
  const file = /(?:^|[\s(])(?:file:\/\/)?((?:[\w@.-]+\/|\/)*[\w@.-]+\.(?:py|[cm]?js|[cm]?ts|jsx|tsx|rb|php|go|rs))(?::(\d+))?/.exec(name);
  if (file !== null && !/node_modules|(?:site|dist)-packages/.test(name)) {
    const root = [value('service_root_path'), '/app'].find((each) => each !== '' && file[1]?.startsWith(`${each}/`)) ?? '';
    const path = (file[1] ?? '').slice(root.length).replace(/^\/+/, '');
    return inside('blob', path) + (file[2] === undefined ? '' : `#L${file[2]}`);
  }
  const home = `${repository.hostname}${repository.pathname}`;
  const folder = packageOf(name);
  if (folder === home) return `${repository.href}/tree/${encodeURIComponent(ref)}`;
  return folder.startsWith(`${home}/`) ? inside('tree', folder.slice(home.length + 1)) : undefined;
}

/** https://github.com/owner/name, however the label spells it; labels are strangers' input. */
function repositoryAddress(text: string): { readonly href: string; readonly hostname: string; readonly pathname: string } | undefined {
  const match = /^(?:https:\/\/|git@)?((?:github|gitlab)\.com)[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(text);
  const [, hostname, path] = match ?? [];
  if (hostname === undefined || path === undefined) return undefined;
  return { href: `https://${hostname}/${path}`, hostname, pathname: `/${path}` };
}
