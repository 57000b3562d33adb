/**
 * Adds up what a text says about each stack. Text repeats stacks without end, so equal ones are merged while reading: memory
 * follows the number of different stacks, and so does the limit on samples.
 *
 * Shape:  a row per key, in the order in which the keys came; a key must stand for one stack with one set of labels.
 * Units:  sums are in the caller's unit; what becomes a value must fit Int64.
 * Errors: InputError invalid_argument: too many stacks (reason samples_limit), or a value that does not fit.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Profile } from '../../model/profile.ts';
import type { ProfileTables, SampleLabel } from '../../model/profileBuilder.ts';
import { SampleBuilder } from '../../model/profileBuilder.ts';

export interface StackRow {
  /** Leaf first. */
  readonly locations: ArrayLike<number>;
  readonly labels: readonly SampleLabel[];
  /** How often something was added. */
  readonly count: number;
  readonly sum: bigint;
}

type GrowingRow = { -readonly [Key in keyof StackRow]: StackRow[Key] };

const largestInt64 = 2n ** 63n - 1n;
/** In all stacks together: nested formats make much of few bytes. 16,000 stacks of 524 frames. */
export const mostLocations = 8 * 2 ** 20;

export class StackSums {
  private readonly format: string;
  private readonly limit: number;
  private readonly rows = new Map<string, GrowingRow>();
  private locationCount = 0;

  constructor(format: string, { samplesPerProfile }: Pick<Limits, 'samplesPerProfile'>) {
    this.format = format;
    this.limit = samplesPerProfile;
  }

  get size(): number {
    return this.rows.size;
  }

  /** The stack is asked for only when the key is new. */
  add(key: string, amount: bigint, stack: () => Pick<StackRow, 'locations' | 'labels'>): void {
    const known = this.rows.get(key);
    if (known !== undefined) {
      known.count++;
      known.sum += amount;
      return;
    }
    if (this.rows.size >= this.limit) {
      const message = `the profile exceeds the samples count limit (--max-profile-samples, limit: ${this.limit}): ${this.format} with more different stacks`;
      throw new InputError('invalid_argument', message, 'samples_limit');
    }
    const { locations, labels } = stack();
    this.locationCount += locations.length;
    if (this.locationCount > mostLocations) throw tooManyLocations(this.format);
    this.rows.set(key, { locations, labels, count: 1, sum: amount });
  }

  finish(tables: ProfileTables, head: ProfileHead, valueOf: (row: StackRow) => bigint): Profile {
    const samples = new SampleBuilder(1);
    for (const row of this.rows.values()) {
      const value = valueOf(row);
      if (value > largestInt64) {
        const message = `${this.format}: the values of one stack add up to ${value}, which does not fit 64 bits`;
        throw new InputError('invalid_argument', message, 'malformed_profile');
      }
      samples.add(row.locations, [value], row.labels);
    }
    return samples.finish(tables, head);
  }
}

export type ProfileHead = Parameters<SampleBuilder['finish']>[1];

export const tooManyLocations = (format: string): InputError =>
  new InputError('invalid_argument', `${format}: more than ${mostLocations} frames in all stacks`, 'samples_limit');
