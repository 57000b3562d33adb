/**
 * What the counts of a text upload mean: the last part of the application's name says it.
 *
 * Shape:  "shop.cart.cpu" -> app "shop.cart", suffix "cpu". Without a dot there is no suffix and it is CPU time.
 * Units:  a value is count * multiplier / divisor in sampleType's unit: samples of CPU and wall time become nanoseconds.
 * Errors: InputError invalid_argument: a suffix that names no type, a sample rate that is not a whole number from 1 to 1e9.
 * Source: reference pyroscope-api 3.10, and the answers recorded from a running server.
 */
import { InputError } from '../../errors.ts';
import type { ValueType } from '../../model/profile.ts';

export interface TextProfileType {
  /** Of the series: the label __name__. */
  readonly name: string;
  readonly sampleType: ValueType;
  readonly periodType: ValueType | undefined;
  readonly period: bigint;
  readonly multiplier: bigint;
  readonly divisor: bigint;
}

export const nanosPerSecond = 1_000_000_000n;
const defaultSampleRate = 100;
const highestSampleRate = 1_000_000_000;

/** Samples a second: the parameter sampleRate of /ingest. */
export function readSampleRate(text: string | undefined): number {
  if (text === undefined || text === '') return defaultSampleRate;
  const rate = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (rate < 1 || rate > highestSampleRate) {
    throw new InputError(
      'invalid_argument',
      `sampleRate: expected a number from 1 to ${highestSampleRate}, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return rate;
}

export function splitTypeSuffix(app: string): { readonly app: string; readonly suffix: string } {
  const dot = app.lastIndexOf('.');
  return dot < 0 ? { app, suffix: '' } : { app: app.slice(0, dot), suffix: app.slice(dot + 1) };
}

export function textProfileType(suffix: string, sampleRate: number): TextProfileType {
  const timed = timedNames.get(suffix);
  if (timed !== undefined) {
    return {
      ...timed,
      periodType: { type: 'cpu', unit: 'nanoseconds' },
      period: nanosPerSecond / BigInt(sampleRate),
      multiplier: nanosPerSecond,
      divisor: BigInt(sampleRate),
    };
  }
  const counted = countedNames.get(suffix);
  if (counted === undefined) throw new InputError('invalid_argument', `unknown profile type: ${suffix.slice(0, 100)}`);
  return { ...counted, periodType: undefined, period: 0n, multiplier: 1n, divisor: 1n };
}

type Named = Pick<TextProfileType, 'name' | 'sampleType'>;

const named = (name: string, type: string, unit: string): Named => ({ name, sampleType: { type, unit } });
const cpu = named('process_cpu', 'cpu', 'nanoseconds');
const wall = named('wall', 'wall', 'nanoseconds');

const timedNames: ReadonlyMap<string, Named> = new Map([
  ['', cpu],
  ['cpu', cpu],
  ['itimer', cpu],
  ['wall', wall],
  ['seconds', wall],
  ['milliseconds', wall],
  ['microseconds', wall],
  ['nanoseconds', wall],
]);

const memoryTypes: readonly (readonly [type: string, unit: string])[] = [
  ['inuse_objects', 'count'],
  ['inuse_space', 'bytes'],
  ['alloc_objects', 'count'],
  ['alloc_space', 'bytes'],
  ['alloc_in_new_tlab_objects', 'count'],
  ['alloc_in_new_tlab_bytes', 'bytes'],
  ['alloc_outside_tlab_objects', 'count'],
  ['alloc_outside_tlab_bytes', 'bytes'],
  ['live', 'count'],
];

const contentionTypes = (prefix: string, name: string): readonly (readonly [string, Named])[] => [
  [`${prefix}_count`, named(name, 'contentions', 'count')],
  [`${prefix}_duration`, named(name, 'delay', 'nanoseconds')],
];

const countedNames: ReadonlyMap<string, Named> = new Map([
  ...memoryTypes.map(([type, unit]) => [type, named('memory', type, unit)] as const),
  ['bytes', named('memory', 'samples', 'bytes')],
  ['goroutines', named('goroutine', 'goroutines', 'count')],
  ['exceptions', named('exceptions', 'samples', 'count')],
  ...contentionTypes('mutex', 'mutex'),
  ...contentionTypes('block', 'block'),
  ...contentionTypes('lock', 'block'),
]);
