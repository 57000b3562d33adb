/** Everything that agents call, put together: Connect services, methods of plain gRPC and plain routes. */
import type { ConnectRouter } from '@connectrpc/connect';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { DebuginfoStore } from '../store/debuginfo/openDebuginfoStore.ts';
import { DebuginfoService } from '../wire/pyroscope/gen/debuginfo/v1alpha1/debuginfo_pb.js';
import { PusherService } from '../wire/pyroscope/gen/push/v1/push_pb.js';
import { createParcaDebuginfo } from './debuginfo/parcaDebuginfo.ts';
import { createPyroscopeDebuginfo, createUploadRoute } from './debuginfo/pyroscopeDebuginfo.ts';
import type { GrpcMethod } from './grpcAdapter.ts';
import type { HttpRoute } from './httpRoutes.ts';
import type { DiskUse } from './ingest/diskUse.ts';
import type { IngestDoor } from './ingest/ingestDoor.ts';
import { createIngestRoutes } from './ingest/ingestRoute.ts';
import { createOtlpMethods, createOtlpRoutes } from './ingest/otlpRoutes.ts';
import { createParcaMethods, createParcaRoutes } from './ingest/parcaService.ts';
import type { RecentIngest } from './ingest/recentIngest.ts';
import { createRecentRoute } from './ingest/recentRoute.ts';
import { createPushService } from './pushService.ts';
import type { TenantsOf } from './tenant.ts';

export interface AgentServicesOptions {
  readonly door: IngestDoor;
  readonly recent: RecentIngest;
  readonly debuginfo: DebuginfoStore;
  readonly diskUse: DiskUse;
  readonly tenantsOf: TenantsOf;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

export interface AgentServices {
  readonly methods: readonly GrpcMethod[];
  readonly routes: readonly HttpRoute[];
}

export function addAgentServices(router: ConnectRouter, options: AgentServicesOptions): AgentServices {
  router.service(PusherService, createPushService(options));
  router.service(DebuginfoService, createPyroscopeDebuginfo(options));
  return {
    methods: [...createParcaMethods(options), ...createParcaDebuginfo(options), ...createOtlpMethods(options)],
    routes: [
      ...createIngestRoutes(options),
      ...createParcaRoutes(options),
      ...createOtlpRoutes(options),
      createUploadRoute(options),
      createRecentRoute(options.recent, options.tenantsOf, options.diskUse),
    ],
  };
}
