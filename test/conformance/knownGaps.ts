/** Recorded answers that this server does not give yet. A line here is a promise to somebody; it goes when the case passes. */

/** Whole groups: routes that do not exist yet. */
export const knownGapGroups: ReadonlySet<string> = new Set([
  'adhoc', // adhocprofiles.v1
  'debuginfo', // debuginfo.v1alpha1
  'diff', // querier.v1 Diff
  'heatmap', // querier.v1 SelectHeatmap
  'ingest-errors', // POST /ingest and OTLP
  'render', // GET /pyroscope/render
  'render-diff', // GET /pyroscope/render-diff
  'settings', // settings.v1, capabilities.v1
  'small', // AnalyzeQuery, settings, feature flags
  'span-profile', // querier.v1 SelectMergeSpanProfile
]);

export const knownGaps: ReadonlySet<string> = new Set([]);
