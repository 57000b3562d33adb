/**
 * Whether a profile as a whole may come in.
 *
 * Errors: InputError invalid_argument, worded as Pyroscope's, with the reason it is counted under.
 * Source: reference pyroscope-api 3.6.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Labels } from '../model/labels.ts';
import { formatLabels } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import { millisOfNanos, nanosOfMillis } from '../model/time.ts';
import type { UnixNanos } from '../model/time.ts';

/** Its time; a profile without one is of now. */
export function checkProfile(
  labels: Labels,
  profile: Profile,
  rawBytes: number,
  nowMillis: number,
  limits: Limits,
): UnixNanos {
  const { sampleTypes, sampleCount } = profile;
  if (sampleTypes.length === 0) throw new InputError('invalid_argument', 'empty profile', 'malformed_profile');
  const hyphen = sampleTypes.find(({ type }) => type.includes('-'));
  if (hyphen !== undefined) {
    throw new InputError(
      'invalid_argument',
      `sample type contains -: ${JSON.stringify(hyphen.type)}`,
      'malformed_profile',
    );
  }
  if (rawBytes > limits.profileBytes) {
    throw new InputError(
      'invalid_argument',
      `the profile with labels '${formatLabels(labels)}' exceeds the size limit (--max-profile-size, actual: ${rawBytes}, limit: ${limits.profileBytes})`,
      'profile_size_limit',
    );
  }
  if (sampleCount > limits.samplesPerProfile) {
    throw new InputError(
      'invalid_argument',
      `the profile with labels '${formatLabels(labels)}' exceeds the samples count limit (--max-profile-samples, actual: ${sampleCount}, limit: ${limits.samplesPerProfile})`,
      'samples_limit',
    );
  }
  if (profile.timeNanos === 0n) return nanosOfMillis(nowMillis);
  checkWindow(labels, profile.timeNanos, nowMillis, limits);
  return profile.timeNanos;
}

function checkWindow(labels: Labels, timeNanos: UnixNanos, nowMillis: number, limits: Limits): void {
  const millis = millisOfNanos(timeNanos);
  const first = nowMillis - limits.rejectOlderThanMillis;
  const last = nowMillis + limits.rejectNewerThanMillis;
  if (millis > first && millis < last) return;
  const edge = (side: string, at: number): string =>
    Number.isFinite(at) ? `the ingestion window ${side} at ${formatTime(at)}` : '';
  const edges = [edge('starts', first), edge('ends', last)].filter((text) => text !== '').join(' and ');
  throw new InputError(
    'invalid_argument',
    `profile with labels '${formatLabels(labels)}' is outside of ingestion window (profile timestamp: ${formatTime(millis)}, ${edges})`,
    'not_in_ingestion_window',
  );
}

/** A date that a Date cannot hold is told as its number. */
const formatTime = (millis: number): string =>
  Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : `${millis} ms`;
