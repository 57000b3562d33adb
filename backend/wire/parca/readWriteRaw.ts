/**
 * Reads WriteRaw: pprofs with a label set for each series, from the Parca agent <= 0.31, Parca's scraper and parca-push.
 *
 * Shape:  WriteRawRequest{series=2{labels=1{labels=1{name=1, value=2}}, samples=2{raw_profile=1}}} over gRPC; over HTTP
 *         (POST /profiles/writeraw) the same as JSON, where bytes are base64. A profile that cannot be read is left out; when
 *         none can, the first one's error is thrown.
 * Units:  as in the pprof; the agent's `samples:count` with a period of CPU time become nanoseconds.
 * Errors: InputError invalid_argument.
 * Source: reference agents-wire 1.2; JSON: protobuf's JSON mapping, which takes names in both spellings.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import type { Label } from '../../model/labels.ts';
import { metricNameLabel } from '../../model/labels.ts';
import { gunzip } from '../gzip.ts';
import { readPprof } from '../pprof/readPprof.ts';
import { ProtoCursor } from '../protoCursor.ts';
import { readTexts } from './envelopes.ts';
import { threadLabels, withServiceName } from './parcaLabels.ts';
import { isCpuTicks } from './profileTypes.ts';

type RawLimits = Pick<Limits, 'profileBytes' | 'samplesPerProfile' | 'labelsPerSample'>;

interface RawSeries {
  readonly labels: readonly Label[];
  readonly profiles: readonly Uint8Array[];
}

/** Series, profiles and labels of a series in one request: an agent's node has a process for each, and far fewer labels. */
const mostProfiles = 2 ** 14;
const mostLabels = 1_024;

export function readWriteRaw(bytes: Uint8Array, limits: RawLimits): WireReading {
  const cursor = new ProtoCursor(bytes, 'WriteRawRequest');
  const series: RawSeries[] = [];
  while (cursor.next()) {
    if (series.length > mostProfiles) throw tooMany('series');
    if (cursor.field === 2 && cursor.wireType === 2) series.push(readSeries(bytes.subarray(cursor.start, cursor.stop)));
  }
  return readProfiles(series, limits);
}

function readSeries(bytes: Uint8Array): RawSeries {
  const cursor = new ProtoCursor(bytes, 'RawProfileSeries');
  const labels: Label[] = [];
  const profiles: Uint8Array[] = [];
  while (cursor.next()) {
    if (cursor.wireType !== 2 || cursor.field > 2) continue;
    const { field, stop, end } = cursor;
    cursor.enter(cursor.start, stop);
    while (cursor.next()) {
      if (cursor.field !== 1 || cursor.wireType !== 2) continue;
      const inner = { stop: cursor.stop, end: cursor.end };
      if (field === 2) {
        if (profiles.push(bytes.subarray(cursor.start, cursor.stop)) > mostProfiles) throw tooMany('profiles');
      } else {
        const [name = '', value = ''] = readTexts(cursor, 2);
        if (labels.push({ name, value }) > mostLabels) throw tooMany('labels');
        cursor.enter(inner.stop, inner.end);
      }
    }
    cursor.enter(stop, end);
  }
  return { labels, profiles };
}

export function readWriteRawJson(json: string, limits: RawLimits): WireReading {
  const request = parsed(json);
  const series = listOf(request, 'series').map((one): RawSeries => ({
    labels: listOf(memberOf(one, 'labels'), 'labels').map((label) => ({
      name: textIn(label, 'name'),
      value: textIn(label, 'value'),
    })),
    profiles: listOf(one, 'samples').map((sample) =>
      Buffer.from(textIn(sample, 'rawProfile') || textIn(sample, 'raw_profile'), 'base64'),
    ),
  }));
  return readProfiles(series, limits);
}

const tooMany = (what: string): InputError =>
  new InputError('invalid_argument', `WriteRawRequest: too many ${what}`, 'malformed_profile');

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // The text came from a client.
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError('invalid_argument', `WriteRawRequest: ${message}`, 'malformed_profile');
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name) ?? [];
  if (Array.isArray(list)) return list;
  throw new InputError('invalid_argument', `WriteRawRequest: "${name}" is no list`, 'malformed_profile');
}

function textIn(value: unknown, name: string): string {
  const text = memberOf(value, name) ?? '';
  if (typeof text === 'string') return text;
  throw new InputError('invalid_argument', `WriteRawRequest: "${name}" is no text`, 'malformed_profile');
}

function readProfiles(series: readonly RawSeries[], limits: RawLimits): WireReading {
  const profiles: LabelledProfile[] = [];
  const leftOut: LeftOut[] = [];
  let firstError: InputError | undefined;
  for (const { labels, profiles: raw } of series) {
    for (const bytes of raw) {
      if (profiles.length + leftOut.length >= mostProfiles) throw tooMany('profiles');
      try {
        profiles.push(readOne(labels, bytes, limits));
      } catch (error) {
        // The others of the request are none the worse for it.
        if (!(error instanceof InputError)) throw error;
        firstError ??= error;
        leftOut.push({ reason: error.reason ?? 'malformed_profile', samples: 0, message: error.message });
      }
    }
  }
  if (profiles.length === 0 && firstError !== undefined) throw firstError;
  return { profiles, leftOut, revision: 'parca raw' };
}

function readOne(labels: readonly Label[], bytes: Uint8Array, limits: RawLimits): LabelledProfile {
  const profile = readPprof(gunzip(bytes, limits.profileBytes, '--max-profile-size'), limits);
  const given = withServiceName(labels.filter(({ name }) => !threadLabels.has(name)));
  const [type] = profile.sampleTypes;
  if (profile.sampleTypes.length !== 1 || type === undefined || !isCpuTicks(type, profile.periodType, profile.period))
    return { labels: given, profile };
  const values = profile.values.map((ticks) => {
    const nanos = ticks * profile.period;
    if (nanos === BigInt.asIntN(64, nanos)) return nanos;
    throw new InputError(
      'invalid_argument',
      `${ticks} ticks of ${profile.period} ns are too many`,
      'malformed_profile',
    );
  });
  return {
    labels: [...given.filter(({ name }) => name !== metricNameLabel), { name: metricNameLabel, value: 'process_cpu' }],
    profile: { ...profile, sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }], values },
  };
}
