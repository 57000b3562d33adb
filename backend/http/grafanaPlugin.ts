/**
 * The door for Grafana's servers: the services of its backend plugin, on the same port as everything else.
 *
 * Shape:  token and tenant are those of the data source's settings, which Grafana sends in every message.
 * Errors: an InputError has the status of its code, and is "downstream" to Grafana: not a bug of the plugin. Anything else is
 *         ours, and the client learns no more than that.
 */
import { InputError } from '../errors.ts';
import { callerOf } from '../grafana/caller.ts';
import type { Failure } from '../grafana/pluginAnswers.ts';
import { createPluginMethods } from '../grafana/pluginMethods.ts';
import type { Log } from '../log.ts';
import type { ProfileMetrics } from '../metrics/profileMetrics.ts';
import { rangeQuery } from '../promql/query.ts';
import type { CheckToken } from './auth.ts';
import { toConnectError } from './connectErrors.ts';
import type { GrpcMethod } from './grpcAdapter.ts';
import { unary } from './grpcAdapter.ts';
import { statusOf } from './httpRoutes.ts';
import type { BuildInfo } from '../buildInfo.ts';
import type { ServerMetrics } from './metrics.ts';
import { askInTime, promqlBounds } from './promqlRoom.ts';
import type { QuestionRoom } from './questionRoom.ts';
import type { TenantsOf } from './tenant.ts';

export interface GrafanaPluginOptions {
  readonly questions: QuestionRoom;
  readonly checkToken: CheckToken;
  readonly tenantsOf: TenantsOf;
  readonly metrics: ServerMetrics;
  readonly profileMetrics: ProfileMetrics;
  readonly build: BuildInfo;
  readonly log: Log;
}

const internalError = 500;

export function createGrafanaPlugin(options: GrafanaPluginOptions): readonly GrpcMethod[] {
  const { questions, checkToken, tenantsOf, metrics, profileMetrics, build, log } = options;
  const methods = createPluginMethods({
    ask: (question, signal) => questions.ask(question, signal),
    askMetrics: async (tenant, expression, range, signal) => {
      const { limits } = questions;
      const bounds = { source: profileMetrics.sourceOf(tenant), ...promqlBounds(limits) };
      const answer = await askInTime(limits, signal ?? questions.closing, (until) =>
        rangeQuery(expression, range, { ...bounds, ...until }),
      );
      return answer.kind === 'matrix' ? answer.series : [];
    },
    catalog: questions.store.catalog,
    version: build.version,
    metrics: () => metrics.registry.metrics(),
    now: questions.now,
    tenantOf: (settings) => {
      const { authorization, tenant } = callerOf(settings);
      checkSettings(checkToken, authorization);
      return tenantsOf(tenant);
    },
    explain: (error) => explain(error, log),
  });
  return methods.map(({ path, answer }) => ({
    ...unary(path, async ({ bytes }, { signal }) => await answer(bytes, signal)),
    checksToken: true,
  }));
}

/** Who set up a data source knows of a token, not of headers. */
function checkSettings(checkToken: CheckToken, authorization: string | undefined): void {
  try {
    checkToken(authorization);
  } catch (error) {
    // Nothing else is thrown; only the words are ours.
    if (!(error instanceof InputError)) throw error;
    const message = 'The server asks for a token, or knows another one: check the token in the data source settings';
    throw new InputError(error.code, message);
  }
}

function explain(error: unknown, log: Log): Failure {
  if (error instanceof InputError) return { status: statusOf(error), message: error.message, source: 'downstream' };
  return { status: internalError, message: toConnectError(error, log).rawMessage, source: 'plugin' };
}
