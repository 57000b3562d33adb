/**
 * Every bound on what comes from outside, with Pyroscope's defaults where it has the same limit.
 *
 * Units:  bytes, counts and milliseconds, as the names say. Infinity switches a limit off.
 * Source: shared names and defaults: Pyroscope 2.2 `limits` (reference: pyroscope-api, appendix A).
 */
export interface Limits {
  /** A whole request, as it came and after gzip. */
  readonly bodyBytes: number;
  /** A message that holds many profiles (OTLP, Arrow) and any message of gRPC, after unpacking. */
  readonly messageBytes: number;
  /** A file of text for /ingest, unpacked: it is read in one go, and nothing else is answered meanwhile. */
  readonly textBytes: number;
  /** Requests that are being worked on, together; more are told to come back. */
  readonly inFlightBytes: number;
  /** One profile after gzip. */
  readonly profileBytes: number;
  /** Debug information of one binary, and of all together. */
  readonly debuginfoBytes: number;
  readonly debuginfoTotalBytes: number;
  readonly samplesPerProfile: number;
  readonly labelsPerSample: number;
  /** Deeper stacks lose frames at the leaf side. */
  readonly stackDepth: number;
  /** Longer function names lose their head. */
  readonly symbolBytes: number;
  readonly labelNamesPerSeries: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  readonly rejectOlderThanMillis: number;
  readonly rejectNewerThanMillis: number;
  readonly queryLengthMillis: number;
  readonly defaultNodes: number;
  readonly maxNodes: number;
  /** What the engine may hold, and take, for one question. */
  readonly questionBytes: number;
  readonly questionMillis: number;
  /** Samples that a question reads whole; beyond it is told from a sample of the profiles. */
  readonly exactSamples: number;
  /** Profiles or spans that a heatmap counts one by one. */
  readonly heatmapProfiles: number;
  /** Questions about samples that are worked on at once, and those that may wait for it. */
  readonly questionsAtOnce: number;
  readonly questionsWaiting: number;
  /** Questions of a tenant that go on without their asker; 0: none, the wish is ignored. */
  readonly asyncQuestions: number;
  /** Stacks and names that are remembered from question to question. */
  readonly stackMemoryBytes: number;
  /** Samples of profiles that were asked for more than once. */
  readonly sampleMemoryBytes: number;
  /** A question in PromQL: points of each series, points that are read and made, and how long it may take. */
  readonly promqlSteps: number;
  readonly promqlPoints: number;
  readonly promqlMillis: number;
  /** Metrics that profiles become for a selector of PromQL: series, points of all, profiles and samples that are read. */
  readonly metricSeries: number;
  readonly metricPoints: number;
  readonly metricProfiles: number;
  readonly metricSamples: number;
  /** Profiles that are kept between questions in PromQL. */
  readonly metricMemoryBytes: number;
  /** What is written so short a time after metrics were read may be missing from them. */
  readonly metricLagMillis: number;
  /** Names and values of a tenant's settings, together. */
  readonly settingsBytes: number;
  readonly recordingRules: number;
  /** Uploaded profiles of a tenant: how many, and as files together. */
  readonly adhocProfiles: number;
  readonly adhocBytes: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 256 * 2 ** 20,
  messageBytes: 64 * 2 ** 20,
  textBytes: 32 * 2 ** 20,
  inFlightBytes: 512 * 2 ** 20,
  profileBytes: 4 * 2 ** 20,
  debuginfoBytes: 2 ** 30,
  debuginfoTotalBytes: 16 * 2 ** 30,
  samplesPerProfile: 16_000,
  labelsPerSample: 100,
  stackDepth: 1_000,
  symbolBytes: 65_535,
  labelNamesPerSeries: 30,
  labelNameBytes: 1_024,
  labelValueBytes: 2_048,
  rejectOlderThanMillis: 3_600_000,
  rejectNewerThanMillis: 600_000,
  queryLengthMillis: Infinity,
  defaultNodes: 8_192,
  maxNodes: 1_048_576,
  questionBytes: 2 ** 30,
  questionMillis: 120_000,
  exactSamples: 200_000_000,
  heatmapProfiles: 1_000_000,
  questionsAtOnce: 8,
  questionsWaiting: 200,
  asyncQuestions: 0,
  stackMemoryBytes: 256 * 2 ** 20,
  sampleMemoryBytes: 256 * 2 ** 20,
  promqlSteps: 11_000,
  promqlPoints: 25_000_000,
  promqlMillis: 120_000,
  metricSeries: 20_000,
  metricPoints: 5_000_000,
  metricProfiles: 1_000_000,
  metricSamples: 50_000_000,
  metricMemoryBytes: 128 * 2 ** 20,
  metricLagMillis: 1_000,
  settingsBytes: 2 ** 20,
  recordingRules: 25,
  adhocProfiles: 1_000,
  adhocBytes: 2 ** 30,
};
