/**
 * What a pprof of /ingest measures: one name for all its sample types, guessed from what they are called.
 *
 * Shape:  the sample types and the part sample_type_config of the upload -> process_cpu, memory, mutex, ... A type's name is
 *         its display-name in the config, else the usual one for the type, else the type. The first type that tells decides.
 * Errors: readSampleTypeConfig throws InputError invalid_argument with the place in the JSON.
 * Source: reference pyroscope-api 3.10.
 */
import { InputError } from '../../errors.ts';
import type { ValueType } from '../../model/profile.ts';

/** display-name by sample type; what else the config says has no effect, as in Pyroscope. */
export type SampleTypeConfig = ReadonlyMap<string, { readonly displayName: string }>;

const longestConfig = 65_536;

export function readSampleTypeConfig(bytes: Uint8Array): SampleTypeConfig {
  if (bytes.length > longestConfig) throw wrongConfig(`longer than ${longestConfig} bytes`);
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!isRecord(json)) throw wrongConfig('expected an object');
  const config = new Map<string, { readonly displayName: string }>();
  for (const [type, entry] of Object.entries(json)) {
    if (!isRecord(entry)) throw wrongConfig(`[${JSON.stringify(type)}]: expected an object`);
    const displayName = entry['display-name'] ?? '';
    if (typeof displayName !== 'string')
      throw wrongConfig(`[${JSON.stringify(type)}]["display-name"]: expected a string`);
    config.set(type, { displayName });
  }
  return config;
}

const usualNames: ReadonlyMap<string, string> = new Map([
  ['samples', 'cpu'],
  ['goroutine', 'goroutines'],
  ['contentions', 'mutex_count'],
  ['delay', 'mutex_duration'],
]);

/** What a name must contain, and what it then tells. The order decides where several fit. */
const telling: readonly (readonly [part: string, name: string])[] = [
  ['cpu', 'process_cpu'],
  ['alloc_', 'memory'],
  ['inuse_', 'memory'],
  ['space', 'memory'],
  ['objects', 'memory'],
  ['mutex_', 'mutex'],
  ['block_', 'block'],
  ['goroutines', 'goroutines'],
];

/** '' for a profile without sample types. */
export function metricNameOf(sampleTypes: readonly ValueType[], config: SampleTypeConfig): string {
  if (sampleTypes.some(({ type }) => type === 'wall')) return 'wall';
  let last = '';
  for (const { type } of sampleTypes) {
    const configured = config.get(type)?.displayName ?? '';
    last = configured !== '' ? configured : (usualNames.get(type) ?? type);
    const told = telling.find(([part]) => last.includes(part))?.[1];
    if (told !== undefined) return told;
  }
  return last;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's only failure is bad input.
    throw wrongConfig(error instanceof Error ? error.message : String(error));
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrongConfig = (what: string): InputError =>
  new InputError('invalid_argument', `sample_type_config: ${what.slice(0, 300)}`, 'malformed_profile');
