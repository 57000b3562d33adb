/**
 * Reads what a recording rule says, and refuses what could not be evaluated.
 *
 * Shape:  matchers are label selectors that must all hold; exactly one of them names the profile type.
 * Errors: InputError invalid_argument with the field.
 * Source: reference pyroscope-api 1.11.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { profileTypeLabel } from '../../model/labels.ts';
import type { Matchers } from '../../model/selector.ts';
import type { UpsertRecordingRuleRequest } from './gen/settings/v1/recording_rules_pb.js';
import { parseProfileTypeId } from './profileTypeId.ts';
import { readMatcherList } from './questions.ts';

export interface RecordingRuleReading {
  readonly profileType: string;
  readonly matchers: Matchers;
}

const metricPrefix = 'profiles_recorded_';
const metricPattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const mostMatchers = 100;
const longestMetricName = 1_024;

type Rule = Pick<
  UpsertRecordingRuleRequest,
  'metricName' | 'matchers' | 'groupBy' | 'externalLabels' | 'stacktraceFilter'
>;

export function readRecordingRule(rule: Rule, limits: Limits): RecordingRuleReading {
  checkMetricName(rule.metricName);
  if (rule.matchers.length > mostMatchers)
    throw wrong('matchers', `${rule.matchers.length} are more than ${mostMatchers}`);
  const matchers = readMatcherList(rule.matchers);
  const types = matchers.filter(({ name }) => name === profileTypeLabel);
  const [type] = types;
  if (types.length !== 1 || type?.op !== '=')
    throw wrong('matchers', `expected exactly one ${profileTypeLabel}="...", found ${types.length} matchers on it`);
  parseProfileTypeId(type.value);
  checkLabels('group_by', rule.groupBy, limits);
  checkLabels(
    'external_labels',
    rule.externalLabels.map(({ name }) => name),
    limits,
  );
  const long = rule.externalLabels.find(({ value }) => Buffer.byteLength(value) > limits.labelValueBytes);
  if (long !== undefined)
    throw wrong('external_labels', `the value of ${long.name} is longer than ${limits.labelValueBytes} bytes`);
  if (rule.stacktraceFilter?.functionName?.functionName === '')
    throw wrong('stacktrace_filter', 'the function name is empty');
  return { profileType: type.value, matchers };
}

function checkMetricName(name: string): void {
  if (!name.startsWith(metricPrefix) || !metricPattern.test(name) || name.length > longestMetricName)
    throw wrong('metric_name', `expected ${metricPrefix}... as a metric's name, got ${quote(name)}`);
}

function checkLabels(field: string, names: readonly string[], limits: Limits): void {
  if (names.length > limits.labelNamesPerSeries)
    throw wrong(field, `${names.length} labels are more than ${limits.labelNamesPerSeries} (--max-label-names)`);
  const bad = names.find((name) => !labelPattern.test(name) || name.length > limits.labelNameBytes);
  if (bad !== undefined) throw wrong(field, `not a label name: ${quote(bad)}`);
  if (new Set(names).size < names.length) throw wrong(field, 'a label stands twice');
}

const wrong = (field: string, what: string): InputError => new InputError('invalid_argument', `${field}: ${what}`);

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));
