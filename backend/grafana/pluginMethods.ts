/**
 * The services of a Grafana backend plugin, as Grafana's go-plugin host calls them: paths, bytes in, bytes out.
 *
 * Grafana believes to have started us. In truth a script (launcher.sh beside the data source's plugin.json) told it our address,
 * so that the plugin needs no program of its own and works in every image. Hence Shutdown, which ends a plugin's process, is
 * heard and not obeyed.
 *
 * Shape:  grpc.health.v1.Health/Check, plugin.GRPCController/Shutdown, pluginv2.Diagnostics, Data and Resource. The methods that
 *         are missing (plugin.GRPCBroker, GRPCStdio; pluginv2.Stream, AdmissionControl, ResourceConversion) are optional.
 * Errors: of a query in its answer, of a resource in its body, of the health check in its message; malformed messages throw.
 * Source: hashicorp/go-plugin 1.8.0; grafana-plugin-sdk-go v0.298.0; reference grafana-plugins 1.2, 1.4.
 */
import { InputError } from '../errors.ts';
import type { Catalog } from '../store/catalog.ts';
import { textOf } from '../wire/parca/envelopes.ts';
import { ProtoCursor } from '../wire/protoCursor.ts';
import type { QueryOptions } from './answerQueries.ts';
import { answerQueries } from './answerQueries.ts';
import { answerResource, checkHealth } from './catalogAnswers.ts';
import { writeCollectMetrics, writeHealth, writeResource } from './pluginAnswers.ts';
import { readPluginRequest, readQueryDataRequest, readResourceRequest } from './pluginRequests.ts';

export interface PluginMethod {
  /** /package.Service/Method */
  readonly path: string;
  readonly answer: (message: Uint8Array, signal: AbortSignal) => Uint8Array | Promise<Uint8Array>;
}

export interface PluginOptions extends QueryOptions {
  readonly catalog: Catalog;
  readonly version: string;
  /** What /metrics says, in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const nothing = new Uint8Array(0);
/** HealthCheckResponse{status: SERVING}. */
const serving = Uint8Array.of(8, 1);

export function createPluginMethods(options: PluginOptions): readonly PluginMethod[] {
  const { catalog, tenantOf, explain, now } = options;
  return [
    {
      path: '/grpc.health.v1.Health/Check',
      answer: (message) => {
        const service = firstText(message);
        if (service !== '' && service !== 'plugin') throw new InputError('not_found', `unknown service ${service}`);
        return serving;
      },
    },
    { path: '/plugin.GRPCController/Shutdown', answer: () => nothing },
    {
      path: '/pluginv2.Diagnostics/CheckHealth',
      answer: (message) => {
        const { settings } = readPluginRequest(message);
        try {
          return writeHealth(checkHealth(catalog, tenantOf(settings), options.version, now()));
        } catch (error) {
          // The answer to "are you well" is what is wrong.
          return writeHealth({ isOk: false, message: explain(error).message, details: {} });
        }
      },
    },
    {
      path: '/pluginv2.Diagnostics/CollectMetrics',
      answer: async () => writeCollectMetrics(await options.metrics()),
    },
    {
      path: '/pluginv2.Data/QueryData',
      answer: (message, signal) => answerQueries(readQueryDataRequest(message), options, signal),
    },
    {
      // A stream of answers, of which one is enough.
      path: '/pluginv2.Resource/CallResource',
      answer: (message) => {
        const request = readResourceRequest(message);
        try {
          return writeResource(200, answerResource(catalog, tenantOf(request.settings), request, now()));
        } catch (error) {
          // HTTP in protobuf's clothes: the status is part of the answer.
          const { status, message: text } = explain(error);
          return writeResource(status, { message: text });
        }
      },
    },
  ];
}

function firstText(message: Uint8Array): string {
  const cursor = new ProtoCursor(message, 'HealthCheckRequest');
  while (cursor.next()) if (cursor.field === 1 && cursor.wireType === 2) return textOf(cursor);
  return '';
}
