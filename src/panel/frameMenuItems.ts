/** What Grafana has to offer for a function of the flame graph: finds the data sources that links lead through. */
import type { DataFrame, DataSourceInstanceSettings, PanelProps } from '@grafana/data';
import { locationUtil } from '@grafana/data';
import type { DataSourceSrv } from '@grafana/runtime';
import { parseLabelSelector } from '../datasource/data/labelSelector.ts';
import type { FrameInfo, FrameMenuItem } from '../flamegraph/mountFlameGraph.types.ts';
import { dataLinks } from './data/dataLinks.ts';
import type { DataSourceRef, FrameLink, FrameLinkContext, LinkTargets } from './data/frameLinks.ts';
import { frameLinks } from './data/frameLinks.ts';
import { selectorIn } from './data/readGroups.ts';
import type { RuleDraft } from './data/recordedFunction.ts';
import { draftRule } from './data/recordedFunction.ts';

export const profilesType = 'pyrolens-profiles-datasource';

/** What a recording rule starts from, and the data source that saves it. */
export interface RecordingStart {
  readonly uid: string;
  readonly draft: RuleDraft;
}

export interface MenuSource extends Pick<PanelProps, 'data' | 'replaceVariables'> {
  /** The frame that is drawn, when the query answers with several. */
  readonly frame?: DataFrame;
  readonly dataSources: Pick<DataSourceSrv, 'getInstanceSettings' | 'getList'>;
  /** Where functions can be recorded as metrics. */
  readonly onRecord?: (start: RecordingStart) => void;
}

/** Worked out when a menu opens: most graphs are only looked at. */
export function frameMenuItems(source: MenuSource, frame: FrameInfo): readonly FrameMenuItem[] {
  const context = contextOf(source);
  const places = context === undefined ? [] : frameLinks(frame, context);
  const links = [...places, ...ownLinks(source, frame)].map(({ label, href }) => ({
    label,
    href: href.startsWith('/') ? locationUtil.assureBaseUrl(href) : href,
  }));
  return [...recordItem(source, frame, context), ...links];
}

/** Only our server has the rules; the root is no function. */
function recordItem(
  { onRecord }: MenuSource,
  { name, stack }: FrameInfo,
  context: FrameLinkContext | undefined,
): readonly FrameMenuItem[] {
  const uid = context?.targets.profiles?.uid;
  if (onRecord === undefined || context === undefined || uid === undefined || stack?.length === 0) return [];
  return [{ label: 'Record as a metric …', onSelect: () => onRecord({ uid, draft: draftRule(name, context) }) }];
}

/** What the dashboard's author linked to; the root is no function. */
function ownLinks(
  { data, replaceVariables, dataSources, frame: drawn }: MenuSource,
  frame: FrameInfo,
): readonly FrameLink[] {
  if (frame.stack?.length === 0) return [];
  const typeOf = (uid: string): string | undefined => dataSources.getInstanceSettings({ uid })?.type;
  const frames = drawn === undefined ? data.series : [drawn];
  return dataLinks(frames, frame, { replaceVariables, range: rangeOf(data), typeOf });
}

function contextOf(source: MenuSource): FrameLinkContext | undefined {
  const { data, replaceVariables, dataSources } = source;
  for (const target of data.request?.targets ?? questionsIn(data)) {
    const text = (name: string): string => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'string' ? replaceVariables(value) : '';
    };
    const parsed = parseLabelSelector(selectorIn(source.frame) ?? text('labelSelector'));
    if (parsed.kind !== 'selector' || text('profileTypeId') === '') continue;
    return {
      targets: linkTargets(dataSources, target.datasource),
      profileTypeId: text('profileTypeId'),
      matchers: parsed.matchers,
      range: rangeOf(data),
    };
  }
  return undefined;
}

/** Explore tells a panel nothing of the queries; frames of our data source do. */
function questionsIn({ series }: PanelProps['data']) {
  return series.flatMap(({ meta }) => {
    const custom: Readonly<Record<string, unknown>> = meta?.custom ?? {};
    const { question, profileTypeId } = custom;
    if (typeof question !== 'object' || question === null) return [];
    const { datasourceUid: uid, labelSelector }: Readonly<Record<string, unknown>> = { ...question };
    return typeof uid === 'string' ? [{ datasource: { type: profilesType, uid }, labelSelector, profileTypeId }] : [];
  });
}

const rangeOf = ({ timeRange: { raw } }: MenuSource['data']): FrameLinkContext['range'] => ({
  from: momentText(raw.from),
  to: momentText(raw.to),
});

const momentText = (moment: { valueOf(): number } | string): string =>
  typeof moment === 'string' ? moment : String(moment.valueOf());

function linkTargets(
  known: MenuSource['dataSources'],
  asked: { readonly type?: string; readonly uid?: string } | null | undefined,
): LinkTargets {
  const profiles = known.getInstanceSettings(asked ?? undefined);
  const prometheus = known.getList({ type: 'prometheus' });
  const shares = sharesOf(profiles, prometheus);
  return {
    profiles: profiles?.type === profilesType ? refOf(profiles) : undefined,
    shares: shares && refOf(shares),
    logs: firstOf(known.getList({ type: 'loki' })),
    metrics: firstOf(prometheus.filter((each) => each.uid !== shares?.uid)),
  };
}

/**
 * The browser does not learn a data source's address, so that one of the same server has to be named: by the setting
 * `prometheusUid` of ours, else by its own name.
 */
function sharesOf(
  profiles: DataSourceInstanceSettings | undefined,
  prometheus: readonly DataSourceInstanceSettings[],
): DataSourceInstanceSettings | undefined {
  const settings: object = profiles?.jsonData ?? {};
  const uid: unknown = Reflect.get(settings, 'prometheusUid');
  return prometheus.find((each) => each.uid === uid) ?? prometheus.find(({ name }) => /pyrolens/i.test(name));
}

const refOf = ({ type, uid }: DataSourceInstanceSettings): DataSourceRef => ({ type, uid });

function firstOf(all: readonly DataSourceInstanceSettings[]): DataSourceRef | undefined {
  const first = all.find(({ isDefault }) => isDefault) ?? all[0];
  return first && refOf(first);
}
