/** What /metrics tells about remote write. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RemoteWriteMetrics, RemoteWriteState } from '../remoteWrite/remoteWriteMetrics.ts';

export function createRemoteWriteCounters(registry: Registry): RemoteWriteMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `pyrolens_remote_write_${name}`, help, labelNames, registers });
  const sent = counter('samples_sent_total', 'Samples that the receiver took.');
  const bytes = counter('sent_bytes_total', 'Bytes of requests that the receiver took, compressed.');
  const failed = counter('samples_failed_total', 'Samples that the receiver refused for good.');
  const retried = counter('samples_retried_total', 'Samples that were sent again, each time they were.');
  const dropped = counter('samples_dropped_total', 'Samples that were never sent, by reason.', ['reason']);
  for (const reason of ['queue_full', 'labels_too_long'] as const) dropped.inc({ reason }, 0);
  return {
    countSent: (samples, byteCount) => {
      sent.inc(samples);
      bytes.inc(byteCount);
    },
    countFailed: (samples) => failed.inc(samples),
    countRetried: (samples) => retried.inc(samples),
    countDropped: (reason, samples) => dropped.inc({ reason }, samples),
    watch: (state) => {
      const gauge = (name: string, help: string, read: (now: RemoteWriteState) => number): void => {
        new Gauge({
          name: `pyrolens_remote_write_${name}`,
          help,
          registers,
          collect() {
            this.set(read(state()));
          },
        });
      };
      gauge('pending_samples', 'Samples in the queue.', ({ pendingSamples }) => pendingSamples);
      gauge('pending_bytes', 'Bytes of the queue on disk that were not sent yet.', ({ pendingBytes }) => pendingBytes);
      gauge('lag_seconds', 'How long the oldest sample in the queue has waited.', ({ lagSeconds }) => lagSeconds);
    },
  };
}
