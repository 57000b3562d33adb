/** Which series of the catalog a recorded metric is of, and which series it makes of them. */
import type { Labels } from '../model/labels.ts';
import { metricNameLabel, sortLabels } from '../model/labels.ts';
import type { Matchers } from '../model/selector.ts';
import type { RecordedFunctions, RecordedMetric } from '../model/recordedMetric.ts';
import { compilePattern, toValueTests } from '../query/matcherTests.ts';
import type { ValueTest } from '../store/catalog.ts';
import { functionLabel } from './labelMap.ts';
import type { LabelMap } from './labelMap.ts';
import type { FunctionChoice } from './metricSelector.ts';
import { typeMeaning } from './metricTable.ts';

export interface CompiledMetric {
  readonly metric: RecordedMetric;
  /** On the catalog's own names. */
  readonly series: readonly ValueTest[];
  readonly choice: FunctionChoice | undefined;
  /** Whether every function is a series. */
  readonly splits: boolean;
}

/** Throws InputError for a bad regular expression. */
export function compileMetric(metric: RecordedMetric): CompiledMetric {
  const splits = metric.groupBy.includes(functionLabel);
  return {
    metric,
    series: toValueTests(metric.matchers),
    choice: metric.functions && chooseFunctions(metric.functions, splits),
    splits,
  };
}

function chooseFunctions({ text, isPattern }: RecordedFunctions, splits: boolean): FunctionChoice {
  const { matches, literals } = isPattern
    ? compilePattern(text)
    : { matches: (name: string) => name === text, literals: [text] };
  return {
    matches,
    // As PromQL's selectors have it: verdicts on names are shared with them.
    key: JSON.stringify([[isPattern ? '=~' : '=', text]]),
    isBounded: true,
    literals,
    joinedAs: isPattern && !splits ? text : undefined,
  };
}

/** Labels of the series that profiles with these labels, as metrics have them, go into; without a function's name. */
export function recordedLabels({ name, groupBy, labels }: RecordedMetric, exported: Labels): Labels {
  const set = new Map(labels.map((label) => [label.name, label.value]));
  for (const label of exported) if (groupBy.includes(label.name)) set.set(label.name, label.value);
  set.set(metricNameLabel, name);
  return sortLabels([...set].filter(([, value]) => value !== '').map(([key, value]) => ({ name: key, value })));
}

/** Those matchers on a metric that the catalog can be asked at once: on what it is grouped by. */
export function testsInCatalog({ groupBy, labels }: RecordedMetric, matchers: Matchers, map: LabelMap) {
  return matchers.flatMap((matcher): readonly ValueTest[] => {
    const original = map.original(matcher.name);
    const isGrouped = groupBy.includes(matcher.name) && !labels.some(({ name }) => name === matcher.name);
    return isGrouped && original !== undefined ? toValueTests([{ ...matcher, name: original }]) : [];
  });
}

/** A test for matchers on whole label sets; those on "function" may be left out, where no set has one yet. */
export function labelTest(matchers: Matchers, leftOut?: string): (labels: Labels) => boolean {
  const tests = toValueTests(matchers.filter(({ name }) => name !== leftOut));
  return (labels) =>
    tests.every(({ name, matches }) => matches(labels.find((label) => label.name === name)?.value ?? ''));
}

export const labelsKey = (labels: Labels): string => JSON.stringify(labels.flatMap(({ name, value }) => [name, value]));

/** One line for people: what it is of, in what unit, by what. */
export function recordedHelp({ profileType, functions, groupBy }: RecordedMetric): string {
  const { isState, scale } = typeMeaning(profileType);
  const [, , unit = ''] = profileType.split(':');
  const measure = isState ? unit : scale === 1 ? `${unit} per second` : 'seconds per second (cores for CPU time)';
  const of =
    functions === undefined ? '' : `, ${functions.mode} of ${functions.isPattern ? '=~ ' : ''}${functions.text}`;
  const by = groupBy.length === 0 ? '' : `, by ${groupBy.join(', ')}`;
  return `${profileType} in ${measure}${of}${by}.`;
}
