/**
 * What a flame graph's frame says to Explore and to our panel.
 *
 * Shape:  meta.preferredVisualisationPluginId is the panel that Explore draws it with, where it is installed;
 *         meta.custom.question is { datasourceUid, labelSelector }, as a panel in Explore is not told what was asked.
 */
import type { DataFrame } from '@grafana/data';
import type { LinkTarget } from './exemplarFrames.ts';
import type { ProfileQuery } from './profileQuery.ts';

const panelId = 'pyrolens-flamegraph-panel';

export function forOurPanel(frame: DataFrame, { labelSelector }: ProfileQuery, { uid }: LinkTarget): DataFrame {
  if (frame.meta?.preferredVisualisationType !== 'flamegraph') return frame;
  const custom: Readonly<Record<string, unknown>> = frame.meta.custom ?? {};
  const question = { datasourceUid: uid, labelSelector };
  return {
    ...frame,
    meta: { ...frame.meta, preferredVisualisationPluginId: panelId, custom: { ...custom, question } },
  };
}

/** Explore would count the series of an empty table; our panel says why there are none. */
export const emptyForOurPanel = (frame: DataFrame, { queryType }: ProfileQuery): DataFrame =>
  queryType === 'profile' || queryType === 'both' || queryType === 'diff'
    ? { ...frame, meta: { ...frame.meta, preferredVisualisationPluginId: panelId } }
    : frame;
