/**
 * What can be drawn of an uploaded file: a list of profile types, each with its flame graph or, of a saved diff, two.
 *
 * Shape:  a type is called as its sample type; counts without one as the file.
 * Errors: InputError invalid_argument for a file that cannot be read; the limits are wider than for ingest, since a person
 *         waits for one file and not a fleet for the next minute.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { CallTree } from '../../model/callTree.ts';
import { profileViews } from '../../query/profileViews.ts';
import { readAnyProfile } from '../../wire/adhoc/readAnyProfile.ts';
import type { FlamebearerHead } from '../../wire/pyroscope/writeFlamebearer.ts';
import { flamebearerUnits } from '../../wire/pyroscope/writeFlamebearer.ts';

export interface AdhocView {
  readonly head: FlamebearerHead;
  /** A readable format that says nothing of groups has none; others have an empty list of them, as Pyroscope writes it. */
  readonly groups: object | null;
  /** One, or left and right of a diff. */
  readonly trees: () => readonly CallTree[];
}

const widestSamples = 1_000_000;

export function readAdhocViews(bytes: Uint8Array, fileName: string, limits: Limits): readonly AdhocView[] {
  const wide = {
    ...limits,
    profileBytes: limits.bodyBytes,
    samplesPerProfile: Math.max(limits.samplesPerProfile, widestSamples),
  };
  const file = readAnyProfile(bytes, fileName, wide);
  if (file.kind === 'flamebearer') {
    const { trees, name, units, sampleRate, spyName } = file.flamebearer;
    return [
      { head: { name: name === '' ? fileName : name, units, sampleRate, spyName }, groups: {}, trees: () => trees },
    ];
  }
  return profileViews(file.profiles).map(({ name, sampleType, unit, tree }) => ({
    head: file.isCounted
      ? { name, units: '', sampleRate: 100, spyName: 'unknown' }
      : { name, ...flamebearerUnits(sampleType, unit), spyName: '' },
    groups: file.isCounted ? {} : null,
    trees: () => [tree()],
  }));
}

/** A type that is not there is the first, as in Pyroscope. */
export function pickView(views: readonly AdhocView[], type: string | undefined): AdhocView {
  const view = views.find(({ head }) => head.name === type) ?? views[0];
  if (view === undefined) throw new InputError('invalid_argument', 'there is no profile in the file');
  return view;
}
