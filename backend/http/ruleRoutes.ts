/**
 * Routes of recording rules that are no RPCs.
 *
 * Shape:  GET /metrics/profiles: the newest sample of each series, with its time, in Prometheus' text format.
 *         POST /api/v1/recording-rules/estimate: the JSON of an UpsertRecordingRuleRequest; nothing is saved.
 *         {"series": 12, "isExact": true, "seriesOfOthers": 40, "maxSeriesPerRule": 1000, "maxRuleSeries": 10000,
 *          "fits": true}; when it does not, "why" says so as the save would.
 * Units:  series over the last day.
 * Errors: Connect's JSON.
 */
import { fromJsonString } from '@bufbuild/protobuf';
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { compileMetric } from '../metrics/recordedGroups.ts';
import { oneTenant, splitTenants } from '../model/tenants.ts';
import { checkBudget } from '../rules/checkBudget.ts';
import type { BudgetQuestion } from '../rules/checkBudget.ts';
import type { LastValue } from '../rules/lastValues.ts';
import type { Rule } from '../rules/ruleBook.ts';
import { UpsertRecordingRuleRequestSchema } from '../wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import { readRecordingRule } from '../wire/pyroscope/recordingRule.ts';
import type { HttpRequest, HttpRoute } from './httpRoutes.ts';
import { jsonError } from './httpRoutes.ts';
import type { PlainAnswer } from './plainAnswer.ts';
import { jsonAnswer } from './plainAnswer.ts';
import type { TenantsOf } from './tenant.ts';
import { expositionType, writeExposition } from './writeExposition.ts';

export interface RuleRoutesOptions {
  readonly lastValues: (tenant: string) => readonly LastValue[];
  readonly measure: (rule: Rule, signal: AbortSignal) => Promise<BudgetQuestion>;
  readonly tenantsOf: TenantsOf;
  readonly limits: Limits;
}

const longestRule = 2 ** 20;

export function createRuleRoutes(options: RuleRoutesOptions): readonly HttpRoute[] {
  return [
    {
      path: '/metrics/profiles',
      method: 'GET',
      answer: ({ sender }) => {
        const values = splitTenants(options.tenantsOf(sender.tenant)).flatMap(options.lastValues);
        return Promise.resolve({ status: 200, contentType: expositionType, body: writeExposition(values) });
      },
      packs: true,
    },
    {
      path: '/api/v1/recording-rules/estimate',
      method: 'POST',
      answer: (request) => answerEstimate(request, options),
      errorAnswer: jsonError,
    },
  ];
}

async function answerEstimate(request: HttpRequest, options: RuleRoutesOptions): Promise<PlainAnswer> {
  const tenant = oneTenant(options.tenantsOf(request.sender.tenant));
  const { bytes } = await request.body(longestRule);
  const message = readMessage(Buffer.from(bytes).toString('utf8'));
  const metric = readRecordingRule(message, options.limits);
  compileMetric(metric);
  const measured = await options.measure({ tenant, id: message.id, metric }, request.signal);
  const { estimate, others, limits } = measured;
  const why = refusalOf(measured);
  return jsonAnswer({
    ...estimate,
    seriesOfOthers: others,
    maxSeriesPerRule: limits.seriesPerRule,
    maxRuleSeries: limits.seriesInAll,
    fits: why === undefined,
    ...(why !== undefined && { why }),
  });
}

function readMessage(text: string) {
  try {
    return fromJsonString(UpsertRecordingRuleRequestSchema, text, { ignoreUnknownFields: true });
  } catch (error) {
    // Only the parser knows what is wrong with it.
    throw new InputError('invalid_argument', error instanceof Error ? error.message : String(error));
  }
}

function refusalOf(question: BudgetQuestion): string | undefined {
  try {
    checkBudget(question);
    return undefined;
  } catch (error) {
    // What would be refused is the answer here.
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
