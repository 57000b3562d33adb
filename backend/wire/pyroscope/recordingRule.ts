/**
 * Reads what a recording rule says, and refuses what could not be evaluated.
 *
 * Shape:  matchers are label selectors that must all hold; exactly one of them names the profile type. The metric's series
 *         have the rule's id as label, so that two rules never write the same series.
 * Errors: RuleError, an InputError invalid_argument that names the field.
 * Source: reference pyroscope-api 1.11; the label profiles_rule_id is Pyroscope's too.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { profileTypeLabel, sortLabels } from '../../model/labels.ts';
import type { Matchers } from '../../model/selector.ts';
import type { RecordedFunctions, RecordedMetric } from '../../model/recordedMetric.ts';
import { MetricType } from './gen/settings/v1/recording_rules_pb.js';
import type { StacktraceFilter, UpsertRecordingRuleRequest } from './gen/settings/v1/recording_rules_pb.js';
import { parseProfileTypeId } from './profileTypeId.ts';
import { readMatcherList } from './questions.ts';

export type RuleField = 'metric_name' | 'matchers' | 'group_by' | 'external_labels' | 'stacktrace_filter';

export class RuleError extends InputError {
  readonly field: RuleField;
  /** Without the field. */
  readonly what: string;

  constructor(field: RuleField, what: string) {
    super('invalid_argument', `${field}: ${what}`);
    this.field = field;
    this.what = what;
  }
}

export const ruleIdLabel = 'profiles_rule_id';
export const functionGroup = 'function';

const metricPrefix = 'profiles_recorded_';
const metricPattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const mostMatchers = 100;
const longestMetricName = 1_024;

export type RuleText = Pick<
  UpsertRecordingRuleRequest,
  'id' | 'metricName' | 'matchers' | 'groupBy' | 'externalLabels' | 'stacktraceFilter'
>;

export function readRecordingRule(rule: RuleText, limits: Limits): RecordedMetric {
  checkMetricName(rule.metricName);
  const matchers = readMatchers(rule.matchers);
  const types = matchers.filter(({ name }) => name === profileTypeLabel);
  const [type] = types;
  if (types.length !== 1 || type?.op !== '=')
    throw wrong('matchers', `expected exactly one ${profileTypeLabel}="...", found ${types.length} matchers on it`);
  parseProfileTypeId(type.value);
  checkLabels('group_by', rule.groupBy, limits);
  checkExternalLabels(rule.externalLabels, limits);
  const functions = readFunctions(rule.stacktraceFilter, limits);
  if (functions === undefined && rule.groupBy.includes(functionGroup))
    throw wrong('group_by', `"${functionGroup}" needs a function or a pattern of functions`);
  return {
    name: rule.metricName,
    profileType: type.value,
    matchers,
    groupBy: rule.groupBy,
    labels: sortLabels([
      ...rule.externalLabels.map(({ name, value }) => ({ name, value })),
      { name: ruleIdLabel, value: rule.id },
    ]),
    functions,
  };
}

function readMatchers(texts: readonly string[]): Matchers {
  if (texts.length > mostMatchers) throw wrong('matchers', `${texts.length} are more than ${mostMatchers}`);
  try {
    return readMatcherList(texts);
  } catch (error) {
    // The selector's error does not know in which field it stands.
    if (error instanceof InputError) throw wrong('matchers', error.message);
    throw error;
  }
}

function readFunctions(filter: StacktraceFilter | undefined, limits: Limits): RecordedFunctions | undefined {
  const named = filter?.functionName;
  if (named === undefined) return undefined;
  const { functionName, metricType, isPattern } = named;
  if (functionName === '') throw wrong('stacktrace_filter', 'the function name is empty');
  if (Buffer.byteLength(functionName) > limits.symbolBytes)
    throw wrong('stacktrace_filter', `the function name is longer than ${limits.symbolBytes} bytes`);
  switch (metricType) {
    case MetricType.TOTAL:
      return { text: functionName, isPattern, mode: 'total' };
    case MetricType.SELF:
      return { text: functionName, isPattern, mode: 'self' };
    default:
      throw wrong('stacktrace_filter', `there is no metric type ${String(metricType)}: expected TOTAL or SELF`);
  }
}

function checkMetricName(name: string): void {
  if (!name.startsWith(metricPrefix) || !metricPattern.test(name) || name.length > longestMetricName)
    throw wrong('metric_name', `expected ${metricPrefix}... as a metric's name, got ${quote(name)}`);
}

function checkExternalLabels(labels: RuleText['externalLabels'], limits: Limits): void {
  const names = labels.map(({ name }) => name);
  checkLabels('external_labels', names, limits);
  const taken = names.find((name) => name.startsWith('__') || name === ruleIdLabel);
  if (taken !== undefined) throw wrong('external_labels', `${taken} is the server's own`);
  const long = labels.find(({ value }) => Buffer.byteLength(value) > limits.labelValueBytes);
  if (long !== undefined)
    throw wrong('external_labels', `the value of ${long.name} is longer than ${limits.labelValueBytes} bytes`);
}

function checkLabels(field: RuleField, names: readonly string[], limits: Limits): void {
  if (names.length > limits.labelNamesPerSeries)
    throw wrong(field, `${names.length} labels are more than ${limits.labelNamesPerSeries} (--max-label-names)`);
  const bad = names.find((name) => !labelPattern.test(name) || name.length > limits.labelNameBytes);
  if (bad !== undefined) throw wrong(field, `not a label name: ${quote(bad)}`);
  if (new Set(names).size < names.length) throw wrong(field, 'a label stands twice');
}

const wrong = (field: RuleField, what: string): RuleError => new RuleError(field, what);

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));
