/**
 * Corrects what some SDKs are known to send wrong, by the name of the spy that sent it. What others send stays as it is.
 *
 * Shape:  Profile -> Profile, sharing every column that stays.
 * Units:  nanoseconds since 1970.
 * Source: reference pyroscope-api 3.10 (spies).
 */
import type { Profile } from '../../model/profile.ts';
import { stringTableOf } from '../../model/profileBuilder.ts';
import { textAt } from '../../model/stackTable.ts';
import type { UnixNanos } from '../../model/time.ts';

const scriptingSpies = new Set(['pyspy', 'rbspy', 'scripting']);
const nanosIn1970 = 365n * 86_400_000_000_000n;

export function withoutSpyQuirks(profile: Profile, spyName: string, fromNanos: UnixNanos): Profile {
  const timed = withCredibleTime(profile, fromNanos);
  if (scriptingSpies.has(spyName)) return withFileInNames(timed, spyName);
  return spyName === 'dotnetspy' ? withoutHyphens(timed) : timed;
}

/** Some SDKs write milliseconds or microseconds where nanoseconds belong: the year is 1970 then, as it is for none at all. */
export function withCredibleTime(profile: Profile, fromNanos: UnixNanos): Profile {
  const { timeNanos } = profile;
  return timeNanos >= 0n && timeNanos < nanosIn1970 ? { ...profile, timeNanos: fromNanos } : profile;
}

/** Names of script functions mean little without their file: "work" -> "main.py work". */
export function withFileInNames(profile: Profile, spyName: string): Profile {
  const { stacks } = profile;
  const { strings, functions } = stacks;
  const added: string[] = [];
  const places = new Map<string, number>();
  const oldCount = strings.starts.length;
  const name = functions.name.map((nameIndex, row) => {
    const file = textAt(strings, functions.file[row] ?? 0);
    if (file === '' || (spyName === 'pyspy' && file.startsWith('/'))) return nameIndex;
    const text = `${file} ${textAt(strings, nameIndex)}`;
    const place = places.get(text) ?? oldCount + added.push(text) - 1;
    places.set(text, place);
    return place;
  });
  return { ...profile, stacks: { ...stacks, functions: { ...functions, name }, strings: appended(strings, added) } };
}

/** alloc-samples -> alloc_samples: a profile type ID may hold no hyphen. */
export function withoutHyphens(profile: Profile): Profile {
  const sampleTypes = profile.sampleTypes.map(({ type, unit }) => ({ type: type.replaceAll('-', '_'), unit }));
  return { ...profile, sampleTypes };
}

function appended(strings: Profile['stacks']['strings'], texts: readonly string[]): Profile['stacks']['strings'] {
  const more = stringTableOf(texts);
  const shift = strings.bytes.length;
  const joined = (before: Uint32Array, after: Uint32Array): Uint32Array => {
    const column = new Uint32Array(before.length + after.length);
    column.set(before);
    after.forEach((offset, i) => (column[before.length + i] = offset + shift));
    return column;
  };
  return {
    bytes: new Uint8Array(Buffer.concat([strings.bytes, more.bytes])),
    starts: joined(strings.starts, more.starts),
    ends: joined(strings.ends, more.ends),
  };
}
