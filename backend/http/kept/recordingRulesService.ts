/**
 * settings.v1.RecordingRulesService: keeps the rules that turn profiles into metrics, and puts them in force.
 *
 * Shape:  a rule's generation counts its changes. Who writes a rule names the generation that he read, so that two editors do
 *         not undo each other. Rules of the file of --recording-rules come first and are read only. The answer to a rule that
 *         was saved has the series that it gives over the last day.
 * Errors: not_found, already_exists for another generation, failed_precondition for a rule of the file, resource_exhausted
 *         past --max-recording-rules and past the budget of series.
 * Source: reference pyroscope-api 1.11.
 */
import { randomInt } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import type { Documents } from '../../documents/documents.ts';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Log } from '../../log.ts';
import { anonymousTenant } from '../../model/tenants.ts';
import { compileMetric } from '../../metrics/recordedGroups.ts';
import type { RuleOfFile } from '../../rules/readRuleFile.ts';
import type { Rule, RuleBook } from '../../rules/ruleBook.ts';
import {
  ListRecordingRulesResponseSchema,
  RecordingRuleSchema,
} from '../../wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import type {
  RecordingRule,
  RecordingRulesService,
  UpsertRecordingRuleRequest,
} from '../../wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import { readRecordingRule } from '../../wire/pyroscope/recordingRule.ts';
import { tenantIn } from '../tenant.ts';
import { messageDocument } from './messageDocument.ts';

export interface RecordingRulesOptions {
  readonly documents: Documents;
  readonly limits: Limits;
  /** Of the file. */
  readonly provisioned: readonly RuleOfFile[];
  readonly book: RuleBook;
  readonly multitenancy: boolean;
  /** The series that a rule gives over the last day; throws resource_exhausted when they are too many. */
  readonly checkBudget: (rule: Rule, signal: AbortSignal) => Promise<number>;
  /** Told of a rule that was saved, with these series. */
  readonly onSaved: (rule: Rule, series: number) => void;
  readonly log: Log;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const idLength = 10;
const longestId = 100;

/** Resolves when all rules are in the book. */
export async function createRecordingRulesService(
  options: RecordingRulesOptions,
): Promise<ServiceImpl<typeof RecordingRulesService>> {
  const { documents, limits, book, checkBudget, onSaved } = options;
  const kept = messageDocument(documents, 'recording_rules', ListRecordingRulesResponseSchema);
  const provisionedOf = (tenant: string): readonly RuleOfFile[] =>
    options.provisioned.filter(({ rule }) => rule.tenant === tenant);
  const list = async (tenant: string): Promise<readonly RecordingRule[]> => [
    ...provisionedOf(tenant).map(({ message }) => message),
    ...(await kept.read(tenant)).rules,
  ];
  const putInForce = async (tenant: string): Promise<void> => {
    const ofFile = provisionedOf(tenant).map(({ rule }) => rule);
    const { rules } = await kept.read(tenant);
    const others = rules.filter(({ id }) => !ofFile.some((rule) => rule.id === id));
    book.set(tenant, [...ofFile, ...others.flatMap((rule) => toRule(rule, tenant, book.rulesOf(tenant), options))]);
  };
  const checkWritable = (tenant: string, id: string): void => {
    if (!provisionedOf(tenant).some(({ rule }) => rule.id === id)) return;
    throw new InputError(
      'failed_precondition',
      `recording rule ${id} stands in the file of --recording-rules: change it there`,
    );
  };
  const tenants = options.multitenancy ? await documents.tenants('recording_rules') : [anonymousTenant];
  for (const tenant of new Set([...tenants, ...options.provisioned.map(({ rule }) => rule.tenant)]))
    await putInForce(tenant);
  return {
    getRecordingRule: async ({ id }, context) => {
      checkId(id);
      const rule = (await list(tenantIn(context))).find((one) => one.id === id);
      if (rule === undefined) throw unknownRule(id);
      return { rule };
    },
    listRecordingRules: async (_request, context) => ({ rules: [...(await list(tenantIn(context)))] }),
    upsertRecordingRule: async (request, context) => {
      const tenant = tenantIn(context);
      const id = request.id === '' ? newId() : request.id;
      checkId(id);
      checkWritable(tenant, id);
      const metric = readRecordingRule({ ...request, id }, limits);
      // Regular expressions are read here, where a wrong one can be told.
      compileMetric(metric);
      const asked = { tenant, id, metric };
      const series = await checkBudget(asked, context.signal);
      const rule = ruleOf(request, id, metric.profileType);
      let written = rule;
      await kept.update(tenant, ({ rules }) => {
        written = nextOf(rule, rules, request, limits);
        const isNew = !rules.some((one) => one.id === id);
        const all = isNew ? [...rules, written] : rules.map((one) => (one.id === id ? written : one));
        return create(ListRecordingRulesResponseSchema, { rules: all });
      });
      onSaved(asked, series);
      await putInForce(tenant);
      return { rule: written, estimatedSeries: BigInt(series) };
    },
    deleteRecordingRule: async ({ id }, context) => {
      const tenant = tenantIn(context);
      checkId(id);
      checkWritable(tenant, id);
      await kept.update(tenant, ({ rules }) => {
        if (!rules.some((one) => one.id === id)) throw unknownRule(id);
        return create(ListRecordingRulesResponseSchema, { rules: rules.filter((one) => one.id !== id) });
      });
      await putInForce(tenant);
      return {};
    },
  };
}

/** None when it was kept under other limits and would be refused now. A rule that did not change stays the same object. */
function toRule(
  message: RecordingRule,
  tenant: string,
  before: readonly Rule[],
  { limits, log }: RecordingRulesOptions,
) {
  try {
    const metric = readRecordingRule(message, limits);
    compileMetric(metric);
    const same = before.find(
      (rule) => rule.id === message.id && JSON.stringify(rule.metric) === JSON.stringify(metric),
    );
    return [same ?? { tenant, id: message.id, metric }];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    log.warn('a recording rule is not in force', { tenant, rule: message.id, error: error.message });
    return [];
  }
}

function ruleOf(request: UpsertRecordingRuleRequest, id: string, profileType: string): RecordingRule {
  const { metricName, matchers, groupBy, externalLabels, stacktraceFilter } = request;
  return create(RecordingRuleSchema, {
    id,
    metricName,
    profileType,
    matchers,
    groupBy,
    externalLabels,
    ...(stacktraceFilter && { stacktraceFilter }),
  });
}

/** The rule with its generation, if it may take its place among those that are there. */
function nextOf(
  rule: RecordingRule,
  rules: readonly RecordingRule[],
  request: UpsertRecordingRuleRequest,
  limits: Limits,
): RecordingRule {
  const there = rules.find(({ id }) => id === rule.id);
  checkGeneration(there, request);
  checkCount(there === undefined ? rules.length : 0, limits);
  return { ...rule, generation: (there?.generation ?? 0n) + 1n };
}

function checkCount(count: number, { recordingRules }: Limits): void {
  if (count < recordingRules) return;
  throw new InputError(
    'resource_exhausted',
    `there are ${count} recording rules, the limit is ${recordingRules} (--max-recording-rules)`,
  );
}

function checkGeneration(there: RecordingRule | undefined, { id, generation }: UpsertRecordingRuleRequest): void {
  if (there === undefined || there.generation === generation) return;
  throw new InputError(
    'already_exists',
    `recording rule ${id} has generation ${there.generation}, the change is of ${generation}: read it again`,
  );
}

function checkId(id: string): void {
  if (!/^[a-zA-Z]+$/.test(id) || id.length > longestId)
    throw new InputError('invalid_argument', `not the id of a recording rule: ${JSON.stringify(id.slice(0, 200))}`);
}

const unknownRule = (id: string): InputError => new InputError('not_found', `there is no recording rule ${id}`);

export const newId = (): string =>
  Array.from({ length: idLength }, () => letters[randomInt(letters.length)] ?? 'a').join('');
