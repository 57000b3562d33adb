/**
 * Reads what pyroscope-java uploads: a recording of async-profiler (or of the JVM itself) in JFR, and the labels that the
 * context ids in it stand for.
 *
 * Shape:  bytes after gzip -> a profile for each kind of event and set of labels, with the profile types that Pyroscope's
 *         /ingest has. Labels are `__name__`, `jfr_event` when the recording says what the sampler ran for, and those of the
 *         context; samples carry `span_id` and `trace_id`. The caller must add `service_name` and the other labels of the
 *         application's name, `pyroscope_spy` and `__delta__="false"`, and leave out those whose name is there already.
 * Units:  process_cpu and wall: events x 10^9 / sampleRate; objects and bytes as in the events. Delays are ticks of the
 *         recording's clock; Pyroscope calls them nanoseconds unconverted, which they are only at 10^9 ticks a second.
 * Errors: InputError invalid_argument, "JFR, byte N: ...", reason malformed_profile. Events without a stack, and profiles
 *         with too many samples, are left out and told.
 * Source: OpenJDK 21 jdk.jfr.internal; async-profiler 3; reference pyroscope-api 3.10 and 7.2.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LeftOut, WireReading } from '../../model/labelledProfile.ts';
import type { Label } from '../../model/labels.ts';
import { labelValue } from '../../model/labels.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { UnixNanos } from '../../model/time.ts';
import { unixNanos } from '../../model/time.ts';
import { JfrCursor } from './jfrCursor.ts';
import { noLabels, readLabelsSnapshot } from './labelsSnapshot.ts';
import type { Chunk } from './readChunks.ts';
import { readChunks } from './readChunks.ts';
import type { Recording } from './readSamples.ts';
import { readSamples } from './readSamples.ts';
import { FileStacks } from './readStacks.ts';
import { SampleBuckets } from './sampleBuckets.ts';
import { SampleContexts } from './sampleContexts.ts';

/** What the request says about the recording. */
export interface JfrUpload {
  /** Samples a second, the parameter `sampleRate`; 100 where it is not given. */
  readonly sampleRate: number;
  /** `from` and `until` - `from`; undefined: what the recording itself says. */
  readonly timeNanos: UnixNanos | undefined;
  readonly durationNanos: bigint | undefined;
  /** 'ticks' gives the numbers of Pyroscope, 'nanoseconds' the right ones. */
  readonly delayUnit: 'ticks' | 'nanoseconds';
}

const eventLabel = 'jfr_event';

export function readJfr(
  bytes: Uint8Array,
  labelsSnapshot: Uint8Array | undefined,
  upload: JfrUpload,
  limits: Pick<Limits, 'samplesPerProfile' | 'labelsPerSample'>,
): WireReading {
  const samplePeriodNanos = periodOf(upload.sampleRate);
  const labels = labelsSnapshot === undefined ? noLabels : readLabelsSnapshot(labelsSnapshot, limits);
  const cursor = new JfrCursor(bytes);
  const chunks = readChunks(cursor);
  const recording: Recording = {
    stacks: new FileStacks(new TableBuilder()),
    contexts: new SampleContexts(labels),
    buckets: new SampleBuckets(),
    delayUnit: upload.delayUnit,
    samplerEvent: '',
    eventsWithoutStack: 0,
  };
  for (const chunk of chunks) readSamples(cursor, chunk, recording);
  const span = spanOf(chunks);
  const head = {
    timeNanos: upload.timeNanos ?? span.timeNanos,
    durationNanos: upload.durationNanos ?? span.durationNanos,
    samplePeriodNanos,
  };
  const { profiles, leftOut } = recording.buckets.finish(recording.stacks, head, limits);
  const { samplerEvent } = recording;
  const withEvent = (labels: readonly Label[]): readonly Label[] =>
    samplerEvent === '' || labelValue(labels, eventLabel) !== undefined
      ? labels
      : [...labels, { name: eventLabel, value: samplerEvent }];
  return {
    profiles: profiles.map(({ labels, profile }) => ({ labels: withEvent(labels), profile })),
    leftOut: [...withoutStack(recording.eventsWithoutStack), ...leftOut],
    revision: `jfr ${chunks[0]?.version ?? ''}`,
  };
}

function periodOf(sampleRate: number): bigint {
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 1e9)
    throw new InputError('invalid_argument', `sample rate ${sampleRate} is not between 1 and 10^9`);
  return 1_000_000_000n / BigInt(sampleRate);
}

function spanOf(chunks: readonly Chunk[]): { readonly timeNanos: UnixNanos; readonly durationNanos: bigint } {
  const start = chunks[0]?.startNanos ?? 0n;
  const last = chunks.at(-1);
  const stop = last === undefined ? start : last.startNanos + last.durationNanos;
  return { timeNanos: unixNanos(start > 0n ? start : 0n), durationNanos: stop > start ? stop - start : 0n };
}

const withoutStack = (samples: number): readonly LeftOut[] =>
  samples === 0
    ? []
    : [
        {
          reason: 'malformed_profile',
          samples,
          message: `JFR: ${samples} events have no stack trace, or one that is not in the recording`,
        },
      ];
