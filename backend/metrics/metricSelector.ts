/**
 * Matchers of PromQL -> which metrics, which series of the catalog, which functions.
 *
 * Errors: InputError invalid_argument for a bad regular expression.
 */
import { metricNameLabel } from '../model/labels.ts';
import type { Matcher, Matchers } from '../model/selector.ts';
import { toValueTests } from '../query/matcherTests.ts';
import type { ValueTest } from '../store/catalog.ts';
import type { LabelMap } from './labelMap.ts';
import { functionLabel, modeLabel } from './labelMap.ts';
import type { Metric } from './metricTable.ts';
import { metrics } from './metricTable.ts';

export type Mode = 'self' | 'total';

export interface MetricSelector {
  readonly metrics: readonly Metric[];
  /** On the catalog's own names. */
  readonly series: readonly ValueTest[];
  readonly functions: FunctionChoice;
  readonly modes: readonly Mode[];
}

export interface FunctionChoice {
  readonly matches: (name: string) => boolean;
  /** Equal choices have equal keys. */
  readonly key: string;
  /** Whether it says which functions, by = or =~ that does not take the empty name. */
  readonly isBounded: boolean;
  /** When only these can match. */
  readonly literals: readonly string[] | undefined;
  /** When they count as one function: a stack with several of them once. */
  readonly joinedAs: string | undefined;
}

const passes = (tests: readonly ValueTest[], value: string): boolean => tests.every(({ matches }) => matches(value));

export function readMetricSelector(matchers: Matchers, map: LabelMap): MetricSelector {
  const of = (name: string): Matchers => matchers.filter((matcher) => matcher.name === name);
  const names = toValueTests(of(metricNameLabel));
  const modes = toValueTests(of(modeLabel));
  const rest = matchers.filter(({ name }) => ![metricNameLabel, modeLabel, functionLabel].includes(name));
  const chosen = metrics.filter(({ name }) => passes(names, name));
  const ofFunctions = of(functionLabel);
  return {
    // Metrics of whole profiles have neither label, which counts as ''.
    metrics: chosen.filter(
      ({ subject }) => subject === 'function' || (passes(modes, '') && passes(toValueTests(ofFunctions), '')),
    ),
    series: toValueTests(rest.map((matcher): Matcher => ({ ...matcher, name: catalogName(matcher.name, map) }))),
    functions: chooseFunctions(ofFunctions),
    modes: (['self', 'total'] as const).filter((mode) => passes(modes, mode)),
  };
}

/** A name that no label has: the catalog finds '' for it in every series. */
const catalogName = (name: string, map: LabelMap): string => map.original(name) ?? `__no_label__${name}`;

function chooseFunctions(matchers: Matchers): FunctionChoice {
  const tests = toValueTests(matchers);
  const literals = tests.flatMap((test) => (test.literals === undefined ? [] : [test.literals]));
  const [first] = literals;
  return {
    matches: (name) => passes(tests, name),
    key: JSON.stringify(matchers.map(({ op, value }) => [op, value])),
    isBounded: matchers.some(({ op }, i) => (op === '=' || op === '=~') && tests[i]?.matches('') === false),
    literals: first?.filter((name) => passes(tests, name)),
    joinedAs: undefined,
  };
}
