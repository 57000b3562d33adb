/**
 * The samples of a profile that are kept, merged: one row per group, stack, span and trace, with its values.
 *
 * Shape:  rows of a group ascend by stack id. Samples with a negative value, and those whose values are all 0, are left out.
 * Units:  as in the profile.
 * Errors: InputError invalid_argument when the values of a sample type add up to 2^63 - 1 or more: no sum could hold them.
 * Source: reference pyroscope-api 3.7.
 */
import { InputError } from '../errors.ts';
import { addInt64, isZero, mostInt64, wordsOf } from '../model/int64Column.ts';
import type { Profile } from '../model/profile.ts';
import { IdSet } from './idSet.ts';
import type { SampleGroups } from './sampleLabels.ts';
import type { StackHasher } from './stackHasher.ts';

export interface MergedSamples {
  /** Distinct stacks, and for each a sample that has it. */
  readonly stackIds: IdSet;
  readonly sampleOfStack: readonly number[];
  /** By group: its rows in the order of their stack ids. */
  readonly rowsOfGroup: readonly (readonly number[])[];
  readonly stackOfRow: readonly number[];
  readonly spanOfRow: readonly number[];
  readonly traceOfRow: readonly number[];
  /** The value of row r and type t is number r * types + t. */
  readonly values: BigInt64Array;
  readonly negativeSamples: number;
}

export function mergeSamples(profile: Profile, groups: SampleGroups, hasher: StackHasher): MergedSamples {
  const typeCount = profile.sampleTypes.length;
  const words = wordsOf(profile.values);
  const values = new BigInt64Array(profile.values.length);
  const sums = wordsOf(values);
  const totals = new BigInt64Array(typeCount);
  const totalWords = wordsOf(totals);
  const stackIds = new IdSet(profile.sampleCount);
  const sampleOfStack: number[] = [];
  const rows = new RowTable(groups);
  let negativeSamples = 0;
  for (let sample = 0; sample < profile.sampleCount; sample++) {
    const first = sample * typeCount;
    const sign = signOf(words, first, typeCount);
    if (sign < 0) negativeSamples++;
    if (sign <= 0) continue;
    hasher.hashStack(sample);
    const stack = stackIds.add(hasher.low, hasher.high);
    if (stack === sampleOfStack.length) sampleOfStack.push(sample);
    const row = rows.add(sample, stack);
    for (let type = 0; type < typeCount; type++) {
      addInt64(sums, row * typeCount + type, words, first + type);
      addInt64(totalWords, type, words, first + type);
    }
  }
  checkTotals(totals, profile);
  const { stackOfRow, spanOfRow, traceOfRow } = rows;
  const rowsOfGroup = rows.inOrder(ranksOf(stackIds), groups.labels.length);
  return { stackIds, sampleOfStack, rowsOfGroup, stackOfRow, spanOfRow, traceOfRow, values, negativeSamples };
}

function checkTotals(totals: BigInt64Array, { sampleTypes }: Profile): void {
  const full = totals.indexOf(mostInt64);
  if (full < 0) return;
  throw new InputError(
    'invalid_argument',
    `the values of sample type ${JSON.stringify(sampleTypes[full]?.type ?? '')} add up to more than 64 bits`,
    'malformed_profile',
  );
}

/** -1: one value is negative; 0: all are 0; 1: otherwise. */
function signOf(words: Uint32Array, first: number, count: number): number {
  let sign = 0;
  for (let at = first; at < first + count; at++) {
    if ((words[2 * at + 1] ?? 0) >= 0x80000000) return -1;
    if (!isZero(words, at)) sign = 1;
  }
  return sign;
}

/** The place of each id among the sorted ones. */
function ranksOf(ids: IdSet): Uint32Array {
  const sorted = new BigUint64Array(ids.count);
  const words = wordsOf(sorted);
  for (let number = 0; number < ids.count; number++) {
    words[2 * number] = ids.low(number);
    words[2 * number + 1] = ids.high(number);
  }
  sorted.sort();
  const ranks = new Uint32Array(ids.count);
  for (let place = 0; place < ids.count; place++) {
    ranks[ids.find(words[2 * place] ?? 0, words[2 * place + 1] ?? 0)] = place;
  }
  return ranks;
}

class RowTable {
  readonly stackOfRow: number[] = [];
  readonly spanOfRow: number[] = [];
  readonly traceOfRow: number[] = [];
  private readonly groupOfRow: number[] = [];
  private readonly groups: SampleGroups;
  private readonly isPlain: boolean;
  private readonly known = new Map<string, number>();

  constructor(groups: SampleGroups) {
    this.groups = groups;
    this.isPlain = groups.labels.length === 1 && groups.spanOf === undefined && groups.traceOf === undefined;
  }

  add(sample: number, stack: number): number {
    // Without labels and spans, which is the rule, the rows are the stacks.
    if (this.isPlain) return stack < this.stackOfRow.length ? stack : this.push(0, stack, 0, 0);
    const group = this.groups.groupOf[sample] ?? 0;
    const span = this.groups.spanOf?.[sample] ?? 0;
    const trace = this.groups.traceOf?.[sample] ?? 0;
    const key = `${group}/${stack}/${span}/${trace}`;
    let row = this.known.get(key);
    if (row === undefined) {
      row = this.push(group, stack, span, trace);
      this.known.set(key, row);
    }
    return row;
  }

  inOrder(ranks: Uint32Array, groupCount: number): readonly (readonly number[])[] {
    const ordered = Array.from({ length: groupCount }, (): number[] => []);
    if (this.isPlain) {
      const rows = ordered[0] ?? [];
      for (let row = 0; row < this.stackOfRow.length; row++) rows[ranks[row] ?? 0] = row;
      return ordered;
    }
    this.groupOfRow.forEach((group, row) => ordered[group]?.push(row));
    const rankOf = (row: number): number => ranks[this.stackOfRow[row] ?? 0] ?? 0;
    for (const rows of ordered) rows.sort((a, b) => rankOf(a) - rankOf(b) || a - b);
    return ordered;
  }

  private push(group: number, stack: number, span: number, trace: number): number {
    this.groupOfRow.push(group);
    this.spanOfRow.push(span);
    this.traceOfRow.push(trace);
    return this.stackOfRow.push(stack) - 1;
  }
}
