/**
 * Prometheus' remote write: samples of recording rules are kept in a queue on disk and sent from there to a receiver.
 *
 * accept() resolves when the samples are synced; from then on they survive kill -9 and a receiver that is away, as long as the queue has
 * room. What a crash interrupts may be sent twice.
 *
 * Units:  milliseconds since 1970.
 * Errors: opening throws InputError when the token's file cannot be used, and what the disk says when the directory cannot be. A
 *         receiver that is away is none. accept() throws InputError unavailable when the disk refuses.
 * Source: prometheus.io/docs/specs/prw/remote_write_spec (1.0).
 */
import { invariant } from '../errors.ts';
import type { Log } from '../log.ts';
import { formatLabels, metricNameLabel, sortLabels } from '../model/labels.ts';
import type { RuleSeries, SampleSink } from '../rules/sampleSink.ts';
import { ProtoWriter } from '../wire/protoWriter.ts';
import { writeSeries } from '../wire/remoteWrite/writeRequest.ts';
import type { SampleRun } from '../wire/remoteWrite/writeRequest.ts';
import { openDiskQueue } from './diskQueue.ts';
import { readTokenFile } from './postSamples.ts';
import type { WriteTarget } from './postSamples.ts';
import type { QueueRecord } from './queueRecord.ts';
import type { RemoteWriteMetrics } from './remoteWriteMetrics.ts';
import { mostSamplesPerSend, startSender } from './sender.ts';

export interface RemoteWriteOptions {
  readonly target: WriteTarget;
  /** Of the queue alone. */
  readonly directory: string;
  readonly queueBytes: number;
  readonly samplesPerSend: number;
  /** How long a sample waits for more. */
  readonly waitMillis: number;
  readonly backoffMillis?: { readonly first: number; readonly longest: number };
  readonly metrics: RemoteWriteMetrics;
  readonly log: Log;
  readonly now: () => number;
  readonly random?: () => number;
}

export interface RemoteWrite extends SampleSink {
  /** Sends what can be sent in some seconds; the rest is sent after the next start. */
  close(): Promise<void>;
}

const usualBackoff = { first: 250, longest: 30_000 };
/** A record is cut here, so that a request can be made of several. */
const recordBytes = 2 ** 18;
/** Of one series; they are written again for each request. */
const longestLabelBytes = 2 ** 17;

export async function openRemoteWrite(options: RemoteWriteOptions): Promise<RemoteWrite> {
  const { target, directory, queueBytes, samplesPerSend, metrics, log, now } = options;
  invariant(samplesPerSend <= mostSamplesPerSend, 'a request fits into a record');
  // Better told now than when the first sample is due.
  if (target.auth.kind === 'tokenFile') await readTokenFile(target.auth.path);
  let isFull = false;
  const queue = await openDiskQueue({
    directory,
    mostBytes: queueBytes,
    onDropped: (samples) => {
      metrics.countDropped('queue_full', samples);
      if (!isFull) log.warn('remote write: the queue is full, its oldest samples are dropped', { queueBytes });
      isFull = true;
    },
    onDamaged: (bytes) =>
      log.warn('remote write: bytes of the queue hold no samples: a crash cut them off, or the disk is damaged', {
        bytes,
      }),
  });
  metrics.watch(() => ({
    pendingSamples: queue.pendingSamples,
    pendingBytes: queue.pendingBytes,
    lagSeconds: queue.oldestMillis === undefined ? 0 : Math.max(0, now() - queue.oldestMillis) / 1_000,
  }));
  const sender = startSender({
    ...options,
    queue,
    backoffMillis: options.backoffMillis ?? usualBackoff,
    random: options.random ?? Math.random,
  });
  return {
    accept: async (series) => {
      const runs = series.map(sampleRun);
      const [fitting, tooLarge] = [runs.filter(hasSendableLabels), runs.filter((run) => !hasSendableLabels(run))];
      for (const { labels, values } of tooLarge) {
        metrics.countDropped('labels_too_long', values.length);
        log.warn('remote write: the labels of a series are too long', { series: formatLabels(labels).slice(0, 200) });
      }
      const records = recordsOf(fitting, samplesPerSend, now());
      if (records.length === 0) return;
      if (queue.pendingBytes < queueBytes / 2) isFull = false;
      await queue.append(records);
      sender.wake();
    },
    close: async () => {
      await sender.stop();
      await queue.close();
    },
  };
}

/** Series in the order given, cut so that each record fits into one request. */
function recordsOf(series: readonly SampleRun[], samplesPerSend: number, takenMillis: number): readonly QueueRecord[] {
  const records: QueueRecord[] = [];
  let writer = new ProtoWriter();
  let sampleCount = 0;
  const cut = (): void => {
    if (sampleCount > 0) records.push({ payload: writer.finish(), sampleCount, takenMillis });
    writer = new ProtoWriter();
    sampleCount = 0;
  };
  for (const run of series) {
    for (let from = 0; from < run.timesMillis.length;) {
      const to = Math.min(run.timesMillis.length, from + samplesPerSend - sampleCount);
      writeSeries(writer, run, from, to);
      sampleCount += to - from;
      from = to;
      if (sampleCount >= samplesPerSend || writer.length >= recordBytes) cut();
    }
  }
  cut();
  return records;
}

function hasSendableLabels({ labels }: SampleRun): boolean {
  const bytes = labels.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  return bytes <= longestLabelBytes;
}

/** Without empty values: those are no labels to Prometheus. */
function sampleRun({ name, labels, timesMs, values }: RuleSeries): SampleRun {
  invariant(timesMs.length === values.length, 'every sample has a time and a value');
  const given = [...labels].flatMap(([label, value]) =>
    label === metricNameLabel || value === '' ? [] : [{ name: label, value }],
  );
  return { labels: sortLabels([{ name: metricNameLabel, value: name }, ...given]), timesMillis: timesMs, values };
}
