/**
 * Reads a file of a profile whatever its format, which the bytes alone must tell.
 *
 * Shape:  after gzip: JFR by its magic; JSON by its keys (speedscope, OTLP, bpftrace's lines, Pyroscope's flamebearer); other bytes
 *         are pprof, or OTLP when they are no pprof; text is perf script, bpftrace or folded stacks. Pyroscope's old tree
 *         and trie look like any bytes: whoever sends those must name them.
 * Units:  of folded stacks and bpftrace the counts as they are; else the reader's.
 * Errors: InputError invalid_argument of the reader that the bytes point to.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, WireReading } from '../../model/labelledProfile.ts';
import { unixNanos } from '../../model/time.ts';
import { readBpftrace } from '../bpftrace/readBpftrace.ts';
import { decodeText } from '../folded/decodeText.ts';
import { readFolded } from '../folded/readFolded.ts';
import { gunzip } from '../gzip.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import { namedLabels } from '../ingest/readingHead.ts';
import { readJfr } from '../jfr/readJfr.ts';
import { readOtlp } from '../otlp/readOtlp.ts';
import { readOtlpJson } from '../otlp/readOtlpJson.ts';
import { readHeader } from '../perf/readHeader.ts';
import { readPerfScript } from '../perf/readPerfScript.ts';
import { readPprof } from '../pprof/readPprof.ts';
import { readSpeedscope } from '../speedscope/readSpeedscope.ts';
import type { Flamebearer } from './readFlamebearer.ts';
import { isFlamebearer, readFlamebearer } from './readFlamebearer.ts';

export type AnyProfile =
  /** `isCounted`: bare counts, which the file gives no type and no unit. */
  | { readonly kind: 'profiles'; readonly profiles: readonly LabelledProfile[]; readonly isCounted: boolean }
  | { readonly kind: 'flamebearer'; readonly flamebearer: Flamebearer };

const defaultSampleRate = 100;
/** Where formats are told apart by what stands at the beginning. */
const headBytes = 64 * 2 ** 10;
const jfrMagic = Buffer.from('FLR\0');

/** `name` is the file's: counts without a type are called so. */
export function readAnyProfile(packed: Uint8Array, name: string, limits: Limits): AnyProfile {
  const bytes = gunzip(packed, limits.bodyBytes, '--max-body-size');
  if (bytes.length === 0) throw new InputError('invalid_argument', 'the file is empty', 'malformed_profile');
  if (jfrMagic.equals(bytes.subarray(0, 4))) return profilesOf(readRecording(bytes, limits));
  const json = readJsonHead(bytes, limits);
  if (json !== undefined) return readJson(bytes, json, name, limits);
  return isText(bytes) ? readText(bytes, name, limits) : profilesOf(readProtobuf(bytes, limits));
}

const profilesOf = ({ profiles }: Pick<WireReading, 'profiles'>, isCounted = false): AnyProfile => {
  if (profiles.length === 0)
    throw new InputError('invalid_argument', 'there is no profile in the file', 'malformed_profile');
  return { kind: 'profiles', profiles, isCounted };
};

const noTime = { labels: [], timeNanos: unixNanos(0n), durationNanos: 0n };

const readRecording = (bytes: Uint8Array, limits: Limits): WireReading =>
  readJfr(
    bytes,
    undefined,
    { sampleRate: defaultSampleRate, timeNanos: undefined, durationNanos: undefined, delayUnit: 'nanoseconds' },
    limits,
  );

function readProtobuf(bytes: Uint8Array, limits: Limits): Pick<WireReading, 'profiles'> {
  try {
    return { profiles: [{ labels: namedLabels('profile'), profile: readPprof(bytes, limits) }] };
  } catch (error) {
    // Fields of the same numbers mean other things in OTLP, so no message can be read as both.
    const otlp = tryOtlp(bytes, limits);
    if (otlp === undefined) throw error;
    return otlp;
  }
}

/** undefined: that it is no OTLP either says nothing to the one who sent a broken pprof. */
function tryOtlp(bytes: Uint8Array, limits: Limits): WireReading | undefined {
  try {
    const reading = readOtlp(bytes, limits);
    return reading.profiles.length > 0 ? reading : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The object when the file is one; 'lines' when there is one on each line. */
function readJsonHead(bytes: Uint8Array, limits: Limits): object | 'lines' | undefined {
  const head = decodeText(bytes.subarray(0, headBytes), 'JSON', limits);
  if (!/^\s*\{/.test(head)) return undefined;
  const text = decodeText(bytes, 'JSON', limits);
  const whole = parseJson(text);
  if (typeof whole === 'object' && whole !== null) return whole;
  const first = parseJson(text.slice(0, text.indexOf('\n') + 1));
  if (typeof first === 'object' && first !== null) return 'lines';
  throw new InputError('invalid_argument', `the file begins like JSON: ${String(whole)}`, 'malformed_profile');
}

/** What is wrong, where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's only failure is bad input.
    return error instanceof Error ? error.message.slice(0, 200) : '';
  }
}

function readJson(bytes: Uint8Array, json: object | 'lines', name: string, limits: Limits): AnyProfile {
  if (json === 'lines' || 'type' in json) return profilesOf(readBpftrace(bytes, countedHead(name), limits), true);
  if (isFlamebearer(json)) return { kind: 'flamebearer', flamebearer: readFlamebearer(json) };
  if ('resourceProfiles' in json || 'resource_profiles' in json) return profilesOf(readOtlpJson(bytes, limits));
  return profilesOf(readSpeedscope(bytes, { ...noTime, sampleRate: defaultSampleRate }, limits));
}

function readText(bytes: Uint8Array, name: string, limits: Limits): AnyProfile {
  const head = decodeText(bytes.subarray(0, headBytes), 'text', limits);
  if (looksLikePerf(head)) {
    const options = { ...noTime, sampleRate: undefined, processLabels: [] };
    return profilesOf(readPerfScript(bytes, options, limits));
  }
  const isBpftrace = /^@[A-Za-z0-9_]*\[/m.test(head);
  const read = isBpftrace ? readBpftrace : readFolded;
  return profilesOf(read(bytes, countedHead(name), limits), true);
}

function looksLikePerf(head: string): boolean {
  const first = /^(?!#)[^\n]*\S[^\n]*$/m.exec(head)?.[0];
  return first !== undefined && readHeader(first) !== undefined;
}

/** Protobuf has control characters within its first fields; text has none but these, and UTF-16 a mark. */
function isText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  return bytes.subarray(0, 1_024).every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
}

const countedHead = (name: string): TypedReadingHead => ({
  ...noTime,
  type: {
    name: 'profile',
    sampleType: { type: name, unit: '' },
    periodType: undefined,
    period: 0n,
    multiplier: 1n,
    divisor: 1n,
  },
});
