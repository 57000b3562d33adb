/** Puts a server together over an open store and opens its ports. Returns where it listens and what stops it. */
import { createConnectRouter } from '@connectrpc/connect';
import type { ConnectRouter } from '@connectrpc/connect';
import type { Config } from './config.ts';
import type { Documents } from './documents/documents.ts';
import { addAgentServices } from './http/agentServices.ts';
import { createTokenCheck } from './http/auth.ts';
import { createBytesInFlight } from './http/bytesInFlight.ts';
import { addCapabilityServices } from './http/capabilityServices.ts';
import { errorInterceptor } from './http/connectErrors.ts';
import { createGrafanaPlugin } from './http/grafanaPlugin.ts';
import { createGrpcAdapter } from './http/grpcAdapter.ts';
import { createGzipCompression } from './http/gzipCompression.ts';
import { createHostCheck } from './http/hostCheck.ts';
import { createHttpRoutes } from './http/httpRoutes.ts';
import { createDiskUse } from './http/ingest/diskUse.ts';
import { createIngestDoor } from './http/ingest/ingestDoor.ts';
import { createRecentIngest } from './http/ingest/recentIngest.ts';
import { createAdhocService } from './http/kept/adhocService.ts';
import { createSettingsService } from './http/kept/settingsService.ts';
import type { HostAndPort } from './http/listen.ts';
import { createMetrics } from './http/metrics.ts';
import type { ServerMetrics } from './http/metrics.ts';
import type { BuildInfo } from './buildInfo.ts';
import { createPlainRoutes } from './http/plainRoutes.ts';
import { createPrometheusRoutes } from './http/prometheusRoutes.ts';
import { pushPath } from './http/pushService.ts';
import { createQuerierService } from './http/querierService.ts';
import { extrasInterceptor } from './http/questionExtras.ts';
import { createQuestionRoom } from './http/questionRoom.ts';
import type { QuestionRoom } from './http/questionRoom.ts';
import { createFrameTypeRoute } from './http/frameTypeRoutes.ts';
import { createTopRoutes } from './http/topRoutes.ts';
import { createRemoteWriteCounters } from './http/remoteWriteCounters.ts';
import { createRenderRoutes } from './http/renderRoutes.ts';
import { createRpcAdapter } from './http/rpcAdapter.ts';
import { createGrpcServers, createServers } from './http/server.ts';
import { createStatusRoutes } from './http/statusRoutes.ts';
import { createTenantsOf, tenantInterceptor } from './http/tenant.ts';
import type { TenantsOf } from './http/tenant.ts';
import { createIngest } from './ingest/accept.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { metricLimits, ProfileMetrics } from './metrics/profileMetrics.ts';
import { watchWrites } from './store/writeWatch.ts';
import { openPorts } from './openPorts.ts';
import { serveRules } from './serveRules.ts';
import type { ServedRules } from './serveRules.ts';
import { openRemoteWrite } from './remoteWrite/openRemoteWrite.ts';
import type { RemoteWrite } from './remoteWrite/openRemoteWrite.ts';
import type { DebuginfoStore } from './store/debuginfo/openDebuginfoStore.ts';
import type { Store } from './store/store.ts';
import { tenantUnion } from './store/tenantUnion.ts';
import { AdHocProfileService } from './wire/pyroscope/gen/adhocprofiles/v1/adhocprofiles_pb.js';
import { QuerierService } from './wire/pyroscope/gen/querier/v1/querier_pb.js';
import type { SampleSink } from './rules/sampleSink.ts';
import { RecordingRulesService } from './wire/pyroscope/gen/settings/v1/recording_rules_pb.js';
import { SettingsService } from './wire/pyroscope/gen/settings/v1/setting_pb.js';

export interface ServeOptions {
  readonly config: Pick<
    Config,
    | 'listen'
    | 'pluginListen'
    | 'allowedHosts'
    | 'tls'
    | 'token'
    | 'multitenancy'
    | 'remoteWrite'
    | 'rules'
    | 'limits'
    | 'flags'
  >;
  readonly store: Store;
  readonly documents: Documents;
  readonly debuginfo: DebuginfoStore;
  /** What the list of senders measures; left out when profiles are kept in memory. */
  readonly dataDir?: string;
  readonly build: BuildInfo;
  /** Where samples wait to be sent, if they are. */
  readonly remoteWriteDir: string;
  /** Where samples of recording rules go in place of remote write. */
  readonly sampleSink?: SampleSink;
  /** Folder of the built-in page. */
  readonly pageDir: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface RunningServer {
  readonly addresses: readonly HostAndPort[];
  readonly pluginAddress: HostAndPort | undefined;
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<RunningServer> {
  const metrics = createMetrics(options.build, () => options.store.catalog.seriesCount());
  const remoteWrite = await openSink(options, metrics);
  try {
    const running = await assemble(options, metrics, options.sampleSink ?? remoteWrite);
    return {
      ...running,
      close: async () => {
        await running.close();
        await remoteWrite?.close();
      },
    };
  } catch (error) {
    // Nobody else could close it.
    await remoteWrite?.close();
    throw error;
  }
}

async function assemble(
  options: ServeOptions,
  metrics: ServerMetrics,
  sink: SampleSink | undefined,
): Promise<RunningServer> {
  const { config, store, documents, debuginfo, build, pageDir, log, now } = options;
  const { limits } = config;
  const tenantsOf = createTenantsOf(config.multitenancy);
  const watched = watchWrites(store);
  const questions = createQuestionRoom({ store: tenantUnion(store), writes: watched.writes, limits, now });
  const rules = await serveRules({ config, questions, watched, documents, sink, metrics, tenantsOf, log, now });
  const ingest = createIngest({ store: rules.store, limits, now, onDiscard: metrics.countDiscarded });
  const router = createRouter(tenantsOf, limits, log);
  const recent = createRecentIngest(now);
  const door = createIngestDoor({ ingest, metrics, recent, tenantsOf });
  const diskUse = createDiskUse(options.dataDir, now);
  const agents = addAgentServices(router, { door, recent, debuginfo, diskUse, tenantsOf, limits, now, log });
  router.service(QuerierService, createQuerierService(questions));
  router.service(SettingsService, createSettingsService({ documents, limits, now }));
  router.service(AdHocProfileService, createAdhocService({ documents, limits, now }));
  router.service(RecordingRulesService, rules.service);
  addCapabilityServices(router);
  const checkToken = createTokenCheck(config.token);
  const inFlight = createBytesInFlight(limits.inFlightBytes);
  const rpc = createRpcAdapter({
    handlers: router.handlers,
    checkToken,
    inFlight,
    limits,
    log,
    onRefused: (route, sender, error) => {
      if (route === pushPath) door.refused({ sender, route, format: '' }, error);
    },
  });
  const admission = { checkToken, inFlight, limits, log };
  const profileMetrics = new ProfileMetrics({ ...questions, writes: watched.writes, limits: metricLimits(limits) });
  const grafana = createGrafanaPlugin({ ...admission, questions, tenantsOf, metrics, profileMetrics, build });
  const grpc = createGrpcAdapter({ ...admission, methods: [...agents.methods, ...grafana] });
  const http = createHttpRoutes({
    ...admission,
    routes: [
      ...agents.routes,
      ...createPrometheusRoutes({ ...questions, metrics: profileMetrics, rules, tenantsOf, build }),
      ...rules.routes,
      ...createRenderRoutes(questions, tenantsOf),
      ...createTopRoutes(questions, tenantsOf),
      createFrameTypeRoute(questions, tenantsOf),
      ...createStatusRoutes(config.flags),
    ],
  });
  const servers = createServers({
    answerers: [grpc, rpc, http],
    plain: createPlainRoutes({ store, metrics, build }),
    findStrangeHost: config.allowedHosts && createHostCheck(config.allowedHosts),
    pageDir,
    metrics,
    log,
  });
  const plugin = createGrpcServers({ ...admission, methods: grafana, metrics });
  const { close, ...addresses } = await openPorts({ config, all: servers, plugin });
  return { ...addresses, close: workBehind(questions, rules, close) };
}

/** What goes on without being asked; what is returned ends it, and the ports. */
function workBehind(questions: QuestionRoom, rules: ServedRules, closePorts: () => Promise<void>): () => Promise<void> {
  const stopRules = rules.start();
  const recalled = questions.recallNewest();
  return async () => {
    questions.close();
    await recalled;
    await closePorts();
    await stopRules();
  };
}

const createRouter = (tenantsOf: TenantsOf, limits: Limits, log: Log): ConnectRouter =>
  createConnectRouter({
    interceptors: [errorInterceptor(log), tenantInterceptor(tenantsOf), extrasInterceptor],
    acceptCompression: [createGzipCompression(limits.bodyBytes, log)],
    compressMinBytes: 0,
  });

/** Where samples of recording rules go. */
async function openSink(
  { config: { remoteWrite }, remoteWriteDir: directory, build, log, now }: ServeOptions,
  { registry }: ServerMetrics,
): Promise<RemoteWrite | undefined> {
  if (remoteWrite === undefined) return undefined;
  const { url, auth, headers, ...limits } = remoteWrite;
  const target = { url, auth, headers, userAgent: `pyrolens/${build.version}` };
  return openRemoteWrite({ target, directory, ...limits, metrics: createRemoteWriteCounters(registry), log, now });
}
