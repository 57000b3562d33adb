/**
 * settings.v1.RecordingRulesService: keeps the rules that turn profiles into metrics.
 *
 * Shape:  a rule's generation counts its changes. Who writes a rule names the generation that he read, so that two editors do
 *         not undo each other.
 * Errors: not_found, already_exists for another generation, resource_exhausted past --max-recording-rules.
 * Source: reference pyroscope-api 1.11.
 */
import { randomInt } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import type { Documents } from '../../documents/documents.ts';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { toValueTests } from '../../query/matcherTests.ts';
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
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const idLength = 10;
const longestId = 100;

export function createRecordingRulesService({
  documents,
  limits,
}: RecordingRulesOptions): ServiceImpl<typeof RecordingRulesService> {
  const kept = messageDocument(documents, 'recording_rules', ListRecordingRulesResponseSchema);
  return {
    getRecordingRule: async ({ id }, context) => {
      checkId(id);
      const { rules } = await kept.read(tenantIn(context));
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined) throw unknownRule(id);
      return { rule };
    },
    listRecordingRules: (_request, context) => kept.read(tenantIn(context)),
    upsertRecordingRule: async (request, context) => {
      const id = request.id === '' ? newId() : request.id;
      checkId(id);
      const { profileType, matchers } = readRecordingRule(request, limits);
      // Regular expressions are read here, where a wrong one can be told.
      toValueTests(matchers);
      const rule = ruleOf(request, id, profileType);
      let written = rule;
      await kept.update(tenantIn(context), ({ rules }) => {
        const there = rules.find((one) => one.id === id);
        checkGeneration(there, request);
        if (there === undefined && rules.length >= limits.recordingRules) {
          throw new InputError(
            'resource_exhausted',
            `there are ${rules.length} recording rules, the limit is ${limits.recordingRules} (--max-recording-rules)`,
          );
        }
        written = { ...rule, generation: (there?.generation ?? 0n) + 1n };
        const all = there === undefined ? [...rules, written] : rules.map((one) => (one.id === id ? written : one));
        return create(ListRecordingRulesResponseSchema, { rules: all });
      });
      return { rule: written };
    },
    deleteRecordingRule: async ({ id }, context) => {
      checkId(id);
      await kept.update(tenantIn(context), ({ rules }) => {
        if (!rules.some((one) => one.id === id)) throw unknownRule(id);
        return create(ListRecordingRulesResponseSchema, { rules: rules.filter((one) => one.id !== id) });
      });
      return {};
    },
  };
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

const newId = (): string => Array.from({ length: idLength }, () => letters[randomInt(letters.length)] ?? 'a').join('');
