/**
 * The columns of a sample record that both revisions of the agent's schema share, and what profiles they make.
 *
 * Shape:  a row is a sample: a tick of a CPU, a wait, a block of memory. Rows that are equal in labels, type and period make a profile; in it, rows with one stack make a sample. A profile's time is its earliest
 *         row's; its duration reaches to the latest, or is what the agent says if that is longer.
 * Units:  timestamps and durations in nanoseconds; values as in the type, CPU ticks turned into nanoseconds.
 * Errors: InputError invalid_argument: a value or a time that cannot be. What is left out is returned with its reason.
 * Source: reference agents-wire 1.3, 1.4.
 */
import type { Label } from '../../model/labels.ts';
import { metricNameLabel } from '../../model/labels.ts';
import { addInt64, isLess, wordsOf } from '../../model/int64Column.ts';
import type { LabelledProfile, LeftOut } from '../../model/labelledProfile.ts';
import type { Profile } from '../../model/profile.ts';
import { unixNanos } from '../../model/time.ts';
import type { Budget } from './arrow/budget.ts';
import { malformedArrow } from './arrow/budget.ts';
import type { StackPicker } from './frameTables.ts';
import { spanLabels, withServiceName } from './parcaLabels.ts';
import type { ParcaType } from './profileTypes.ts';
import { parcaTypeOf } from './profileTypes.ts';
import { RowGroups } from './rowGroups.ts';

/** All of them have a value for each row; texts are numbers of `texts`. */
export interface SampleRows {
  readonly count: number;
  readonly texts: readonly string[];
  readonly labels: readonly { readonly name: string; readonly texts: Uint32Array }[];
  readonly producer: Uint32Array;
  readonly sampleType: Uint32Array;
  readonly sampleUnit: Uint32Array;
  readonly periodType: Uint32Array;
  readonly periodUnit: Uint32Array;
  readonly period: BigInt64Array;
  readonly duration: BigInt64Array;
  readonly timestamp: BigInt64Array;
  readonly value: BigInt64Array;
  /** Equal numbers, equal stacks. */
  readonly stack: Uint32Array;
}

/** Rows as samples of series. */
export interface GroupedRows {
  readonly rows: SampleRows;
  readonly series: RowGroups;
  readonly samples: RowGroups;
  readonly seriesLabels: SampleRows['labels'];
  readonly sampleLabels: SampleRows['labels'];
}

/** Label sets of one request; an agent sends one for each process and its own labels. */
export const mostSeries = 2 ** 14;

/** The columns of a profile without what is in them. */
const profileBytes = 4_096;

export function groupRows(rows: SampleRows, budget: Budget): GroupedRows {
  const kept = rows.labels.filter(({ name }) => name !== metricNameLabel);
  const seriesLabels = kept.filter(({ name }) => !spanLabels.has(name));
  const sampleLabels = kept.filter(({ name }) => spanLabels.has(name));
  const series = RowGroups.of(rows.count, budget);
  for (const { texts } of seriesLabels) series.divide(texts);
  for (const type of [rows.producer, rows.sampleType, rows.sampleUnit, rows.periodType, rows.periodUnit])
    series.divide(type);
  series.divide(numbersOf(rows.period, budget));
  const samples = series.copy();
  samples.divide(rows.stack);
  for (const { texts } of sampleLabels) samples.divide(texts);
  return { rows, series, samples, seriesLabels, sampleLabels };
}

/** Equal values, equal numbers; there are few values and they come in runs. */
function numbersOf(values: BigInt64Array, budget: Budget): Uint32Array {
  budget.take(values.length * 4, 'rows');
  const words = wordsOf(values);
  const known = new Map<bigint, number>();
  const numbers = new Uint32Array(values.length);
  for (let row = 0; row < numbers.length; row++) {
    if (row > 0 && words[2 * row] === words[2 * row - 2] && words[2 * row + 1] === words[2 * row - 1]) {
      numbers[row] = numbers[row - 1] ?? 0;
      continue;
    }
    const value = values[row] ?? 0n;
    const number = known.get(value) ?? known.size;
    if (number === known.size) {
      budget.take(64, 'periods');
      known.set(value, number);
    }
    numbers[row] = number;
  }
  return numbers;
}

export interface ProfilesOfRows {
  readonly profiles: readonly LabelledProfile[];
  readonly leftOut: readonly LeftOut[];
}

/** stringOf: the number that a text has in the picker's string table. */
export function profilesOfRows(
  grouped: GroupedRows,
  picker: StackPicker,
  stringOf: (text: string) => number,
  budget: Budget,
): ProfilesOfRows {
  const { series } = grouped;
  const sums = sumRows(grouped, budget);
  const profiles: LabelledProfile[] = [];
  const leftOut: LeftOut[] = [];
  if (sums.negative > 0) {
    const message = `${sums.negative} samples with a value below 0`;
    leftOut.push({ reason: 'negative_value', samples: sums.negative, message });
  }
  const { starts, members } = membersOf(grouped, budget);
  const taken = Math.min(series.count, mostSeries);
  budget.take(taken * profileBytes, 'profiles');
  for (let one = 0; one < taken; one++) {
    const all = members.subarray(starts[one], starts[one + 1]);
    const mine = sums.negative === 0 ? all : all.filter((sample) => sums.rowsOf[sample] !== 0);
    if (mine.length > 0) profiles.push(oneProfile(grouped, one, mine, sums, picker, stringOf));
  }
  if (taken < series.count) {
    let lost = 0;
    for (const of of series.numbers) if (of >= taken) lost++;
    const message = `${series.count} label sets in one request, of which the first ${taken} are kept`;
    leftOut.push({ reason: 'samples_limit', samples: lost, message });
  }
  return { profiles, leftOut };
}

interface Sums {
  readonly values: BigInt64Array;
  /** Rows that a sample was made of. */
  readonly rowsOf: Uint32Array;
  readonly earliest: BigInt64Array;
  readonly latest: BigInt64Array;
  readonly negative: number;
}

function sumRows({ rows, series, samples }: GroupedRows, budget: Budget): Sums {
  budget.take(samples.count * 12 + series.count * 16, 'samples');
  const values = new BigInt64Array(samples.count);
  const rowsOf = new Uint32Array(samples.count);
  const earliest = new BigInt64Array(series.count).fill(2n ** 63n - 1n);
  const latest = new BigInt64Array(series.count);
  const sums = wordsOf(values);
  const first = wordsOf(earliest);
  const last = wordsOf(latest);
  const value = wordsOf(rows.value);
  const time = wordsOf(rows.timestamp);
  let negative = 0;
  for (let row = 0; row < rows.count; row++) {
    const sample = samples.numbers[row] ?? 0;
    const one = series.numbers[row] ?? 0;
    if ((time[2 * row + 1] ?? 0) > 0x7fffffff) throw malformedArrow(`row ${row} is from before 1970`);
    if ((value[2 * row + 1] ?? 0) > 0x7fffffff) {
      negative++;
      continue;
    }
    addInt64(sums, sample, value, row);
    if ((sums[2 * sample + 1] ?? 0) > 0x7fffffff) throw malformedArrow('values add up to more than 64 bits');
    rowsOf[sample] = (rowsOf[sample] ?? 0) + 1;
    if (isLess(time, row, first, one)) copyWords(time, row, first, one);
    if (isLess(last, one, time, row)) copyWords(time, row, last, one);
  }
  return { values, rowsOf, earliest, latest, negative };
}

function copyWords(source: Uint32Array, from: number, target: Uint32Array, at: number): void {
  target[2 * at] = source[2 * from] ?? 0;
  target[2 * at + 1] = source[2 * from + 1] ?? 0;
}

/** Samples of series i are members[starts[i], starts[i + 1]). */
function membersOf({ series, samples }: GroupedRows, budget: Budget) {
  budget.take(samples.count * 4 + series.count * 8, 'samples');
  const starts = new Uint32Array(series.count + 1);
  const seriesOf = (sample: number): number => series.numbers[samples.firstRow(sample)] ?? 0;
  for (let sample = 0; sample < samples.count; sample++) {
    const next = seriesOf(sample) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const at = starts.slice();
  const members = new Uint32Array(samples.count);
  for (let sample = 0; sample < samples.count; sample++) {
    const one = seriesOf(sample);
    const place = at[one] ?? 0;
    members[place] = sample;
    at[one] = place + 1;
  }
  return { starts, members };
}

function oneProfile(
  grouped: GroupedRows,
  one: number,
  members: Uint32Array,
  sums: Sums,
  picker: StackPicker,
  stringOf: (text: string) => number,
): LabelledProfile {
  const { rows, series, samples, seriesLabels, sampleLabels } = grouped;
  const row = series.firstRow(one);
  const type = typeOf(rows, row);
  const period = rows.period[row] ?? 0n;
  const firstRows = members.map((sample) => samples.firstRow(sample));
  const timeNanos = sums.earliest[one] ?? 0n;
  const spanNanos = (sums.latest[one] ?? 0n) - timeNanos;
  const saidNanos = rows.duration[row] ?? 0n;
  return {
    labels: labelsOf(rows, row, seriesLabels, type),
    profile: {
      sampleTypes: [type.sampleType],
      periodType: type.periodType,
      period: type.periodType === undefined ? 0n : period,
      timeNanos: unixNanos(timeNanos),
      durationNanos: saidNanos > spanNanos ? saidNanos : spanNanos,
      defaultSampleType: '',
      sampleCount: members.length,
      values: valuesOf(members, sums.values, type.isTicks ? period : 1n),
      ...labelsOfSamples(rows, sampleLabels, firstRows, stringOf),
      stacks: picker.pick(firstRows.map((of) => rows.stack[of] ?? 0)),
    },
  };
}

function typeOf(rows: SampleRows, row: number): ParcaType {
  const text = (column: Uint32Array): string => rows.texts[column[row] ?? 0] ?? '';
  return parcaTypeOf(
    text(rows.producer),
    { type: text(rows.sampleType), unit: text(rows.sampleUnit) },
    { type: text(rows.periodType), unit: text(rows.periodUnit) },
    rows.period[row] ?? 0n,
  );
}

/** Most products fit a number, which is many times faster than a BigInt. */
function valuesOf(members: Uint32Array, sums: BigInt64Array, factor: bigint): BigInt64Array {
  const values = new BigInt64Array(members.length);
  const source = wordsOf(sums);
  const target = wordsOf(values);
  const small = factor < 2n ** 31n ? Number(factor) : 0;
  const most = small === 0 ? 0 : Math.floor(Number.MAX_SAFE_INTEGER / small);
  for (let i = 0; i < members.length; i++) {
    const sample = members[i] ?? 0;
    const low = source[2 * sample] ?? 0;
    if (source[2 * sample + 1] === 0 && low < most) {
      const product = low * small;
      target[2 * i] = product % 2 ** 32;
      target[2 * i + 1] = product / 2 ** 32;
      continue;
    }
    const product = (sums[sample] ?? 0n) * factor;
    if (product >= 2n ** 63n) throw malformedArrow(`${sums[sample]} ticks of ${factor} ns are more than 64 bits`);
    values[i] = product;
  }
  return values;
}

type SampleLabelColumns = Pick<Profile, 'labelStart' | 'labelName' | 'labelText'>;

function labelsOfSamples(
  { texts }: SampleRows,
  labels: SampleRows['labels'],
  firstRows: Uint32Array,
  stringOf: (text: string) => number,
): SampleLabelColumns {
  const labelName: number[] = [];
  const labelText: number[] = [];
  const labelStart = new Uint32Array(firstRows.length + 1);
  for (let sample = 0; labels.length > 0 && sample < firstRows.length; sample++) {
    for (const label of labels) {
      const text = texts[label.texts[firstRows[sample] ?? 0] ?? 0] ?? '';
      if (text === '') continue;
      labelName.push(stringOf(label.name));
      labelText.push(stringOf(text));
    }
    labelStart[sample + 1] = labelName.length;
  }
  return { labelStart, labelName: Uint32Array.from(labelName), labelText: Uint32Array.from(labelText) };
}

function labelsOf(
  { texts }: SampleRows,
  row: number,
  labels: SampleRows['labels'],
  { name }: ParcaType,
): readonly Label[] {
  const given = labels
    .map((label) => ({ name: label.name, value: texts[label.texts[row] ?? 0] ?? '' }))
    .filter(({ value }) => value !== '');
  return withServiceName([{ name: metricNameLabel, value: name }, ...given]);
}
