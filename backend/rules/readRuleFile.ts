/**
 * Recording rules from a file.
 *
 * Shape:  YAML:
 *
 *         rules:
 *           - metric: profiles_recorded_json_cpu   must begin so
 *             profile_type: process_cpu:cpu:nanoseconds:cpu:nanoseconds
 *             matchers: '{service_name="shop"}'    a selector, or a list of them; may be left out
 *             group_by: [pod]                      "function" makes a series of each that fits
 *             function: json.Marshal               or function_regex: 'json\..*'
 *             mode: self                           or total, with what it calls: the default
 *             labels: {team: shop}                 of every series
 *             tenant: shop                         with --multitenancy; anonymous
 *             id: jsoncpu                          letters; made from the metric's name when there is none
 *
 * Errors: InputError invalid_argument with file, line, column and field. What is not known is refused: a typo would be a rule
 *         about something else.
 */
import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { parseDocument } from 'yaml';
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { profileTypeLabel } from '../model/labels.ts';
import { anonymousTenant } from '../model/tenants.ts';
import { compilePattern, toValueTests } from '../query/matcherTests.ts';
import { MetricType, RecordingRuleSchema } from '../wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import type { RecordingRule } from '../wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import { parseProfileTypeId } from '../wire/pyroscope/profileTypeId.ts';
import { readRecordingRule, RuleError } from '../wire/pyroscope/recordingRule.ts';
import type { RuleField } from '../wire/pyroscope/recordingRule.ts';
import type { Rule } from './ruleBook.ts';

export interface RuleOfFile {
  readonly rule: Rule;
  /** As clients see it. */
  readonly message: RecordingRule;
}

export interface RuleFileOptions {
  /** For messages. */
  readonly fileName: string;
  readonly multitenancy: boolean;
  readonly limits: Limits;
}

export const longestRuleFile = 2 ** 20;
const mostRules = 1_000;
const ruleKeys = [
  'id',
  'tenant',
  'metric',
  'profile_type',
  'matchers',
  'group_by',
  'function',
  'function_regex',
  'mode',
  'labels',
] as const;
type RuleKey = (typeof ruleKeys)[number];
const keyOfField: Readonly<Record<RuleField, RuleKey>> = {
  metric_name: 'metric',
  matchers: 'matchers',
  group_by: 'group_by',
  external_labels: 'labels',
  stacktrace_filter: 'function',
};

type Path = readonly (string | number)[];
type Fail = (path: Path, what: string) => InputError;

export function readRuleFile(text: string, options: RuleFileOptions): readonly RuleOfFile[] {
  const { fileName } = options;
  if (text.length > longestRuleFile)
    throw new InputError('invalid_argument', `${fileName}: longer than ${longestRuleFile} bytes`);
  const document = parseDocument(text, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = broken.linePos?.start ?? { line: 1, col: 1 };
    throw new InputError('invalid_argument', `${fileName}:${line}:${col}: ${broken.message.split('\n')[0]}`);
  }
  const fail: Fail = (path, what) => {
    const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    const place = placeOf(text, offsetAt(document, path));
    return new InputError('invalid_argument', `${fileName}:${place}: ${name.replace(/^\./, '')}: ${what}`);
  };
  const whole = valueOf(document, fileName);
  const list = isObject(whole) ? whole.rules : undefined;
  if (!isObject(whole) || !Array.isArray(list)) throw fail(['rules'], 'expected a list of rules');
  const strange = Object.keys(whole).find((key) => key !== 'rules');
  if (strange !== undefined) throw fail([strange], 'expected nothing beside rules');
  if (list.length > mostRules) throw fail(['rules'], `${list.length} rules are more than ${mostRules}`);
  return checkTwice(
    list.map((one: unknown, i) => readRule(one, i, fail, options)),
    fail,
  );
}

function valueOf(document: ReturnType<typeof parseDocument>, fileName: string): unknown {
  try {
    return document.toJSON();
  } catch (error) {
    // Aliases that would grow without end are found only here.
    throw new InputError('invalid_argument', `${fileName}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Of the node at the path, or of what is around it. */
function offsetAt(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range: unknown = isObject(node) ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0];
  }
  return 0;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The fields of one rule, with their types. */
class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: Path;
  readonly #fail: Fail;

  constructor(value: unknown, path: Path, fail: Fail) {
    if (!isObject(value) || Array.isArray(value)) throw fail(path, 'expected the fields of a rule');
    const strange = Object.keys(value).find((key) => !ruleKeys.some((known) => known === key));
    if (strange !== undefined) throw fail([...path, strange], `unknown; a rule has ${ruleKeys.join(', ')}`);
    this.#value = value;
    this.#path = path;
    this.#fail = fail;
  }

  wrong(key: RuleKey, what: string): InputError {
    return this.#fail([...this.#path, key], what);
  }

  text(key: RuleKey): string | undefined {
    const value = this.#value[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw this.wrong(key, 'expected text');
    return value;
  }

  texts(key: RuleKey): readonly string[] {
    const value = this.#value[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.wrong(key, 'expected a list of texts');
    return value.map((one: unknown) => {
      if (typeof one !== 'string') throw this.wrong(key, 'expected a list of texts');
      return one;
    });
  }

  textOrTexts(key: RuleKey): readonly string[] {
    return typeof this.#value[key] === 'string' ? [this.#value[key]] : this.texts(key);
  }

  pairs(key: RuleKey): readonly (readonly [string, string])[] {
    const value = this.#value[key];
    if (value === undefined || value === null) return [];
    if (!isObject(value) || Array.isArray(value)) throw this.wrong(key, 'expected names and values');
    return Object.entries(value).map(([name, one]) => {
      if (typeof one !== 'string') throw this.wrong(key, `expected text as the value of ${name}`);
      return [name, one];
    });
  }
}

function readRule(value: unknown, index: number, fail: Fail, { multitenancy, limits }: RuleFileOptions): RuleOfFile {
  const fields = new Fields(value, ['rules', index], fail);
  const metricName = fields.text('metric') ?? '';
  const tenant = fields.text('tenant') ?? anonymousTenant;
  if (tenant !== anonymousTenant && !multitenancy)
    throw fields.wrong('tenant', 'there are tenants with --multitenancy alone');
  const id = fields.text('id') ?? idOf(metricName);
  if (!/^[a-zA-Z]{1,100}$/.test(id)) throw fields.wrong('id', 'expected 1 to 100 letters');
  const profileType = fields.text('profile_type') ?? '';
  at(fields, 'profile_type', () => parseProfileTypeId(profileType));
  const stacktraceFilter = readFunctions(fields);
  const message = create(RecordingRuleSchema, {
    id,
    metricName,
    profileType,
    matchers: [...fields.textOrTexts('matchers'), `{${profileTypeLabel}=${JSON.stringify(profileType)}}`],
    groupBy: [...fields.texts('group_by')],
    externalLabels: fields.pairs('labels').map(([name, one]) => ({ name, value: one })),
    ...(stacktraceFilter && { stacktraceFilter }),
    provisioned: true,
  });
  const metric = at(fields, 'metric', () => readRecordingRule(message, limits));
  at(fields, 'matchers', () => toValueTests(metric.matchers));
  return { rule: { tenant, id, metric }, message };
}

function readFunctions(fields: Fields) {
  const name = fields.text('function');
  const pattern = fields.text('function_regex');
  const mode = fields.text('mode');
  if (name !== undefined && pattern !== undefined) throw fields.wrong('function_regex', 'stands beside function');
  if (mode !== undefined && mode !== 'self' && mode !== 'total') throw fields.wrong('mode', 'expected self or total');
  const functionName = name ?? pattern;
  if (functionName === undefined) {
    if (mode !== undefined) throw fields.wrong('mode', 'needs function or function_regex');
    return undefined;
  }
  if (pattern !== undefined) at(fields, 'function_regex', () => compilePattern(pattern));
  const metricType = mode === 'self' ? MetricType.SELF : MetricType.TOTAL;
  return { functionName: { functionName, metricType, isPattern: pattern !== undefined } };
}

/** Adds the place to what a reader refuses. */
function at<T>(fields: Fields, key: RuleKey, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RuleError) throw fields.wrong(keyOfField[error.field], error.what);
    if (error instanceof InputError) throw fields.wrong(key, error.message);
    throw error;
  }
}

function checkTwice(rules: readonly RuleOfFile[], fail: Fail): readonly RuleOfFile[] {
  const seen = new Set<string>();
  rules.forEach(({ rule: { tenant, id } }, i) => {
    if (seen.has(`${tenant}/${id}`))
      throw fail(['rules', i], 'a rule with this metric or id stands above; give it another id');
    seen.add(`${tenant}/${id}`);
  });
  return rules;
}

/** Ten letters that stay the same as long as the name does: the id is a label of the metric's series. */
function idOf(metricName: string): string {
  const letters = [...createHash('sha256').update(metricName).digest()].map((byte) =>
    String.fromCharCode(97 + (byte % 26)),
  );
  return letters.slice(0, 10).join('');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
