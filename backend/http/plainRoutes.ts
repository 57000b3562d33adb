/**
 * The GET routes that are no RPC and no file; answered over HTTP/1.1 and HTTP/2 alike, without a token: load balancers and
 * Prometheus ask them.
 *
 * Source: paths and shapes of Pyroscope (reference: pyroscope-api 1.1, 1.14).
 */
import type { Store } from '../store/store.ts';
import type { BuildInfo } from '../buildInfo.ts';
import type { ServerMetrics } from './metrics.ts';
import { jsonAnswer, textAnswer } from './plainAnswer.ts';
import type { PlainAnswer } from './plainAnswer.ts';

export type PlainRoutes = ReadonlyMap<string, () => Promise<PlainAnswer>>;

export interface PlainRouteOptions {
  readonly store: Store;
  readonly metrics: ServerMetrics;
  readonly build: BuildInfo;
}

/** A probe writes to the disk: however often /ready is asked, it runs once in so long. */
const probeEveryMillis = 1_000;

export function createPlainRoutes({ store, metrics, build }: PlainRouteOptions): PlainRoutes {
  const probe = shareForMillis(() => store.probe(), probeEveryMillis);
  return new Map<string, () => Promise<PlainAnswer>>([
    [
      '/ready',
      async () => {
        try {
          await probe();
          return textAnswer(200, 'ready');
        } catch (error) {
          // The question is whether the store works; that it does not is the answer.
          return textAnswer(503, `not ready: ${error instanceof Error ? error.message : String(error)}\n`);
        }
      },
    ],
    [
      '/metrics',
      async () => ({ status: 200, contentType: metrics.registry.contentType, body: await metrics.registry.metrics() }),
    ],
    ['/api/v1/status/buildinfo', () => Promise.resolve(jsonAnswer({ status: 'success', data: describeBuild(build) }))],
  ]);
}

const describeBuild = ({ version, revision }: BuildInfo) => ({
  version,
  revision,
  branch: '',
  buildUser: '',
  buildDate: '',
  // Clients of Pyroscope's expect the key.
  goVersion: '',
});

function shareForMillis(run: () => Promise<void>, millis: number): () => Promise<void> {
  let latest: Promise<void> | undefined;
  let startedAt = 0;
  return () => {
    const now = performance.now();
    if (latest === undefined || now - startedAt > millis) {
      latest = run();
      startedAt = now;
    }
    return latest;
  };
}
