/** What the app adds to menus elsewhere in Grafana; plugin.json names the same titles and places. */
import type { PluginExtensionAddedLinkConfig, RawTimeRange, ScopedVars } from '@grafana/data';
import { PluginExtensionPoints } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import type { LinkContext } from './data/contextLinks.ts';
import { contextOfLabels, contextOfTargets, sinceAlert } from './data/contextLinks.ts';
import type { PageName } from './data/pageAddress.ts';
import { addressOf, appPath } from './data/pageAddress.ts';

/**
 * What panels, Explore and alerts tell, as far as we read it.
 *
 * Source: Grafana 12.3 and 13.1: the contexts of dashboard/panel/menu, explore/toolbar/action, alerting/alertingrule/action
 *         (labels, expression) and alerting/instance/action (instance and rule).
 */
export interface Place {
  readonly targets?: readonly unknown[];
  readonly timeRange?: RawTimeRange;
  readonly scopedVars?: ScopedVars;
  readonly labels?: unknown;
  readonly expression?: unknown;
  readonly rule?: { readonly labels?: unknown };
  readonly instance?: { readonly labels?: unknown; readonly activeAt?: unknown };
}

const momentText = (moment: RawTimeRange['from']): string =>
  typeof moment === 'string' ? moment : String(moment.valueOf());

function pathTo(page: PageName, place: Place | undefined): string | undefined {
  if (place === undefined) return undefined;
  const replace = (text: string): string => getTemplateSrv().replace(text, place.scopedVars ?? {});
  const { instance, rule } = place;
  const found: LinkContext | undefined =
    contextOfTargets(place.targets ?? [], replace) ??
    contextOfLabels(instance?.labels) ??
    contextOfLabels(place.labels ?? rule?.labels) ??
    contextOfTargets([{ expr: place.expression }], replace);
  if (found === undefined) return undefined;
  const { from = 'now-1h', to = 'now' } = place.timeRange ?? {};
  return addressOf(page, {
    labelSelector: found.labelSelector,
    ...(found.profileTypeId !== undefined && { profileTypeId: found.profileTypeId }),
    ...(sinceAlert(instance?.activeAt, Date.now()) ?? { from: momentText(from), to: momentText(to) }),
  });
}

const link = (
  title: string,
  description: string,
  page: PageName,
  targets: readonly string[],
): PluginExtensionAddedLinkConfig<Place> => ({
  title,
  description,
  targets: [...targets],
  path: `${appPath}/${page}`,
  icon: 'fire',
  // Without anything to ask for there is no link.
  configure: (context) => {
    const path = pathTo(page, context);
    return path === undefined ? undefined : { path };
  },
});

export const links: readonly PluginExtensionAddedLinkConfig<Place>[] = [
  link('Profiles of these pods', 'The flame graph of the same pods at the same time.', 'explore', [
    PluginExtensionPoints.DashboardPanelMenu,
    PluginExtensionPoints.ExploreToolbarAction,
  ]),
  link('Compare profiles with before', 'What changed in the profiles of this alert.', 'compare', [
    PluginExtensionPoints.AlertingAlertingRuleAction,
    PluginExtensionPoints.AlertInstanceAction,
  ]),
];
