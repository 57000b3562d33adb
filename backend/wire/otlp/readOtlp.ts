/**
 * Reads an OTLP profiles request of wire revision 1.7 to 1.11 into columns. All its profiles share the tables of its
 * dictionary; nothing becomes an object per sample, location or line.
 *
 * Shape:  bytes after decompression -> a profile for each OTLP profile, service.name of its samples and (in 1.7) sample type.
 * Units:  as in the profile; samples:count of CPU time become nanoseconds (see profileKind).
 * Errors: InputError invalid_argument with the byte offset when the protobuf or the dictionary is malformed, or when none of
 *         the profiles can be read. One bad profile among good ones is left out with its reason, and so are samples without
 *         a value. What was repaired (text that is no UTF-8, ids of a wrong length) is told with 0 samples.
 * Source: opentelemetry-proto v1.7.0 to main at 7c63f7b; reference agents-wire 2, pyroscope-api 3.11. As Pyroscope does, but
 *         for three things: one bad profile does not fail the rest, attributes may be indexes into the strings, and a
 *         resource attribute called service_name is no duplicate.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import { ProtoCursor } from '../protoCursor.ts';
import { labelledProfilesOf } from './labelledProfiles.ts';
import type { Outline, ProfilePlace } from './outline.ts';
import { mostProfiles, readOutline, rowsOf, tableField } from './outline.ts';
import { OtlpStrings } from './otlpStrings.ts';
import type { Attributes } from './otlpLabels.ts';
import type { ProfileHead } from './profileHead.ts';
import { countSamples, readHead } from './profileHead.ts';
import { addAttributes } from './readAttributes.ts';
import { readDictionary } from './readDictionary.ts';
import type { SampleContext, Samples } from './readSamples.ts';
import { mostStackEntries, readSamples } from './readSamples.ts';
import type { Revision } from './revision.ts';
import { decideRevision } from './revision.ts';

type OtlpLimits = Pick<Limits, 'samplesPerProfile' | 'stackDepth'>;

export const readOtlp = (bytes: Uint8Array, limits: OtlpLimits): WireReading =>
  readOtlpMessage(new ProtoCursor(bytes, 'OTLP'), limits, decideRevision);

/** For a message whose revision may be known already, as in JSON, where fields have names. */
export function readOtlpMessage(
  cursor: ProtoCursor,
  limits: OtlpLimits,
  revisionOf: (cursor: ProtoCursor, outline: Outline) => Revision,
): WireReading {
  const outline = readOutline(cursor);
  if (outline.profiles.length === 0) return { profiles: [], leftOut: [], revision: 'otlp' };
  const revision = revisionOf(cursor, outline);
  const strings = new OtlpStrings(cursor, rowsOf(outline, tableField.strings));
  const dictionary = readDictionary(cursor, outline, revision.is17, strings);
  const reader = new RequestReader({
    cursor,
    revision,
    dictionary,
    spanName: strings.addText('span_id'),
    traceName: strings.addText('trace_id'),
    limits,
    room: { stackEntries: mostStackEntries, profiles: mostProfiles },
  });
  for (const place of outline.profiles) reader.read(place);
  return reader.finish();
}

/** A profile whose samples are read but whose strings are not complete yet. */
interface ReadProfile {
  readonly head: ProfileHead;
  readonly samples: Samples;
  readonly attributes: Attributes;
}

class RequestReader {
  private readonly context: SampleContext;
  private readonly done: ReadProfile[] = [];
  private readonly leftOut: LeftOut[] = [];
  private firstError: InputError | undefined;
  private lastPlace: ProfilePlace | undefined;
  private lastAttributes: Attributes = new Map();

  constructor(context: SampleContext) {
    this.context = context;
  }

  read(place: ProfilePlace): void {
    const { cursor, dictionary, revision } = this.context;
    try {
      const head = readHead(cursor, place, dictionary, revision.is17);
      const samples = readSamples(this.context, place, head);
      this.done.push({ head, samples, attributes: this.attributesOf(place) });
      if (samples.emptyCount > 0) {
        const message = `${cursor.format}, byte ${place.start}: ${samples.emptyCount} samples have neither values nor timestamps`;
        this.leftOut.push({ reason: 'malformed_profile', samples: samples.emptyCount, message });
      }
    } catch (error) {
      // The rest of the request is another process' profile: one that cannot be read must not cost it.
      if (!(error instanceof InputError)) throw error;
      this.firstError ??= error;
      this.leftOut.push({
        reason: error.reason ?? 'malformed_profile',
        samples: countSamples(cursor, place),
        message: error.message,
      });
    }
  }

  finish(): WireReading {
    const { dictionary, revision, cursor } = this.context;
    if (this.done.length === 0 && this.firstError !== undefined) throw this.firstError;
    const { strings, links, mappings, functions, locations } = dictionary;
    this.warn(strings.repairedCount, 'texts are not UTF-8 and were repaired');
    this.warn(links.invalidCount, 'trace or span ids have a wrong length');
    const tables = { strings: strings.finish(), mappings, functions, locations };
    const profiles: LabelledProfile[] = [];
    for (const { head, samples, attributes } of this.done) {
      for (const profile of labelledProfilesOf(head, samples, attributes, tables, cursor.format, this.leftOut))
        profiles.push(profile);
    }
    return { profiles, leftOut: this.leftOut, revision: revision.name };
  }

  private warn(count: number, what: string): void {
    if (count === 0) return;
    this.leftOut.push({
      reason: 'malformed_profile',
      samples: 0,
      message: `${this.context.cursor.format}: ${count} ${what}`,
    });
  }

  /** Profiles of one resource follow each other. */
  private attributesOf(place: ProfilePlace): Attributes {
    const { resource, scope } = place;
    if (this.lastPlace?.resource !== resource || this.lastPlace?.scope !== scope || this.lastPlace === undefined) {
      const attributes = new Map<string, string>();
      const { cursor, dictionary } = this.context;
      addAttributes(cursor, resource, 1, dictionary.strings, attributes);
      addAttributes(cursor, scope, 3, dictionary.strings, attributes);
      this.lastAttributes = attributes;
    }
    this.lastPlace = place;
    return this.lastAttributes;
  }
}
