/** Recorded answers that this server does not give yet. A line here is a promise to somebody; it goes when the case passes. */

/** Whole groups: routes that do not exist yet. */
export const knownGapGroups: ReadonlySet<string> = new Set([]);

/** Inputs that are left out: here they are read, where Pyroscope takes them and forgets them. */
export const unlikeInputs: ReadonlySet<string> = new Set([
  'pre-ingest-errors-ingest-gzip-body', // Content-Encoding: gzip on /ingest is undone
]);

export const knownGaps: ReadonlySet<string> = new Set([
  // Deliberate: what /ingest reads can be uploaded and looked at too; Pyroscope answers 500 to speedscope here.
  'adhoc/adhoc-a-speed.speedscope.json',
  // Deliberate: OTLP/JSON receivers must ignore fields they do not know (OTLP specification); a newer Collector may send some.
  'ingest-errors/otlp-unknown-field',
  // Deliberate: thread.id and cpu.logical_number of OTLP would make a series of every thread and core.
  'label-names/full-utf8',
  'label-names/accept-list',
  // Deliberate: frames without a symbol are drawn, here as app!0x1500, as in the optional cases merge/svc-unsym.
  'render/no-braces',
]);
