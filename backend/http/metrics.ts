/**
 * What /metrics tells about the server itself. Every label has a bounded set of values: a route that is not ours counts as
 * "other".
 *
 * Units: seconds, bytes and counts, as the names say.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { BuildInfo } from '../buildInfo.ts';
import type { DiscardReason } from '../errors.ts';

export interface ServerMetrics {
  readonly registry: Registry;
  readonly observeRequest: (method: string, route: string, status: number, seconds: number) => void;
  readonly countReceived: (profiles: number, compressedBytes: number, rawBytes: number) => void;
  readonly countDiscarded: (reason: DiscardReason, samples: number, bytes: number) => void;
}

const methods = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);

export function createMetrics(build: BuildInfo, seriesCount: () => number): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'pyrolens_build_info',
    help: 'Always 1; what is running stands in the labels.',
    labelNames: ['version', 'revision', 'node_version'],
    registers,
  }).set({ version: build.version, revision: build.revision, node_version: process.version }, 1);
  new Gauge({
    name: 'pyrolens_series',
    help: 'Series in the catalog.',
    registers,
    collect() {
      this.set(seriesCount());
    },
  });
  const duration = new Histogram({
    name: 'pyrolens_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const profiles = counter('pyrolens_received_profiles_total', 'Profiles that came in, discarded ones among them.');
  const compressed = counter('pyrolens_received_compressed_bytes_total', 'Bytes of profiles as they came.');
  const raw = counter('pyrolens_received_decompressed_bytes_total', 'Bytes of profiles after gzip.');
  const samples = counter('pyrolens_discarded_samples_total', 'Samples that were not kept, by reason.', ['reason']);
  const bytes = counter('pyrolens_discarded_bytes_total', 'Bytes of profiles that were not kept, by reason.', [
    'reason',
  ]);
  return {
    registry,
    observeRequest: (method, route, status, seconds) =>
      duration.observe({ method: methods.has(method) ? method : 'other', route, status_code: status }, seconds),
    countReceived: (count, compressedBytes, rawBytes) => {
      profiles.inc(count);
      compressed.inc(compressedBytes);
      raw.inc(rawBytes);
    },
    countDiscarded: (reason, sampleCount, byteCount) => {
      samples.inc({ reason }, sampleCount);
      bytes.inc({ reason }, byteCount);
    },
  };
}
