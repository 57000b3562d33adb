/**
 * Which series of a tenant have which label: name -> value -> places of the series. A test is asked once for each distinct
 * value of its label, never once for each series, and a `matches` that comes back is not asked again for old values.
 *
 * Shape: a place is the index of a series in its tenant's list; places of a value ascend, because series are only added.
 */
import type { Label, Labels } from '../model/labels.ts';
import type { ValueTest } from './catalog.ts';

type Matches = ValueTest['matches'];

interface LabelValue {
  /** The one Label object that all series with this pair share. */
  readonly label: Label;
  readonly places: number[];
}

interface LabelColumn {
  readonly ordinals: Map<string, number>;
  readonly values: LabelValue[];
  /** Verdicts of tests that were asked lately, by ordinal; a WeakMap, so they live as long as the test. */
  readonly verdicts: WeakMap<Matches, boolean[]>;
}

export interface LabelIndex {
  readonly columns: Map<string, LabelColumn>;
}

export const emptyLabelIndex = (): LabelIndex => ({ columns: new Map() });

/** Adds a series at a place above all before it, and returns its labels as objects shared with the others. */
export function addSeries({ columns }: LabelIndex, place: number, labels: Labels): Labels {
  return labels.map((label) => {
    let column = columns.get(label.name);
    if (column === undefined) {
      column = { ordinals: new Map(), values: [], verdicts: new WeakMap() };
      columns.set(label.name, column);
    }
    const ordinal = column.ordinals.get(label.value);
    const known = ordinal === undefined ? undefined : column.values[ordinal];
    if (known !== undefined) {
      known.places.push(place);
      return known.label;
    }
    column.ordinals.set(label.value, column.values.length);
    column.values.push({ label, places: [place] });
    return label;
  });
}

/** Places that pass every test, ascending. */
export function selectPlaces(index: LabelIndex, seriesCount: number, tests: readonly ValueTest[]): readonly number[] {
  // passed[place] counts the including tests that a series passed so far; `excluded` is out of their reach.
  const passed = new Uint16Array(seriesCount);
  const excluded = 0xffff;
  let included: readonly LabelValue[] | undefined;
  let round = 0;
  for (const test of tests.map((each) => verdictOf(index.columns.get(each.name), each))) {
    if (test.kind === 'without') {
      for (const { places } of test.values) for (const place of places) passed[place] = excluded;
      continue;
    }
    for (const { places } of test.values) {
      for (const place of places) if (passed[place] === round) passed[place] = round + 1;
    }
    included = test.values;
    round++;
  }
  return placesPassing(passed, round, included);
}

function placesPassing(passed: Uint16Array, round: number, included: readonly LabelValue[] | undefined): number[] {
  const found: number[] = [];
  if (included === undefined) {
    for (let place = 0; place < passed.length; place++) if (passed[place] === 0) found.push(place);
    return found;
  }
  for (const { places } of included) for (const place of places) if (passed[place] === round) found.push(place);
  // A series has one value of a label, so only the order can be wrong.
  return included.length > 1 ? found.sort((a, b) => a - b) : found;
}

/** `with`: only series with one of the values. `without`: all others than those, since the test accepts a missing label. */
interface Verdict {
  readonly kind: 'with' | 'without';
  readonly values: readonly LabelValue[];
}

function verdictOf(column: LabelColumn | undefined, test: ValueTest): Verdict {
  const acceptsMissing = test.matches('');
  const kind = acceptsMissing ? 'without' : 'with';
  if (column === undefined) return { kind, values: [] };
  if (!acceptsMissing && test.literals !== undefined) return { kind, values: lookUp(column, test, test.literals) };
  const verdicts = verdictsFor(column, test.matches);
  return { kind, values: column.values.filter((_, ordinal) => verdicts[ordinal] !== acceptsMissing) };
}

function lookUp(column: LabelColumn, test: ValueTest, literals: readonly string[]): LabelValue[] {
  const values: LabelValue[] = [];
  for (const literal of new Set(literals)) {
    const ordinal = column.ordinals.get(literal);
    const value = ordinal === undefined ? undefined : column.values[ordinal];
    if (value !== undefined && test.matches(literal)) values.push(value);
  }
  return values;
}

function verdictsFor(column: LabelColumn, matches: Matches): readonly boolean[] {
  const verdicts = column.verdicts.get(matches) ?? [];
  column.verdicts.set(matches, verdicts);
  for (let ordinal = verdicts.length; ordinal < column.values.length; ordinal++) {
    verdicts.push(matches(column.values[ordinal]?.label.value ?? ''));
  }
  return verdicts;
}
