/**
 * Which events are samples, and of what: the profile types that Pyroscope answers with after an upload of JFR.
 *
 * Units:  a sample of CPU or wall time counts one period of the sampler; everything else is counted as it stands in the event.
 * Source: reference pyroscope-api 3.10 and 7.2; names of events and fields: OpenJDK 21 metadata.xml, async-profiler 3.
 */
import type { ValueType } from '../../model/profile.ts';

export interface SampleKind {
  /** The label `__name__`. */
  readonly metric: string;
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType | undefined;
  /** Events are ticks of a clock: each stands for a period of time. */
  readonly isTime: boolean;
}

export interface SampleEvent {
  readonly kind: SampleKind;
  /** The field that says how much; undefined: an event counts 1 and nothing else. */
  readonly amount: string | undefined;
  /** The amount is a span of time in ticks. */
  readonly isDelay?: boolean;
}

const nanoseconds = (type: string): ValueType => ({ type, unit: 'nanoseconds' });
const count = (type: string): ValueType => ({ type, unit: 'count' });
const bytes = (type: string): ValueType => ({ type, unit: 'bytes' });

const timeKind = (metric: string, type: string): SampleKind => ({
  metric,
  sampleTypes: [nanoseconds(type)],
  periodType: nanoseconds(type),
  isTime: true,
});
const memoryKind = (type: string, periodType: ValueType | undefined): SampleKind => ({
  metric: 'memory',
  sampleTypes: [count(`${type}_objects`), bytes(`${type}_bytes`)],
  periodType,
  isTime: false,
});
const delayKind = (metric: string): SampleKind => ({
  metric,
  sampleTypes: [count('contentions'), nanoseconds('delay')],
  periodType: count(metric),
  isTime: false,
});

export const cpuKind = timeKind('process_cpu', 'cpu');
export const wallKind = timeKind('wall', 'wall');
const liveKind: SampleKind = {
  metric: 'memory',
  sampleTypes: [count('live')],
  periodType: count('objects'),
  isTime: false,
};

/** A CPU sample when the thread ran, a wall sample when the sampler takes sleeping threads too; see SampleReader. */
export const executionSample = 'jdk.ExecutionSample';
/** Tells what the sampler was started for; the label `jfr_event`. */
export const activeSetting = 'jdk.ActiveSetting';

export const sampleEvents: ReadonlyMap<string, SampleEvent> = new Map<string, SampleEvent>([
  [executionSample, { kind: cpuKind, amount: undefined }],
  ['profiler.WallClockSample', { kind: wallKind, amount: 'samples' }],
  ['jdk.ObjectAllocationInNewTLAB', { kind: memoryKind('alloc_in_new_tlab', bytes('space')), amount: 'tlabSize' }],
  [
    'jdk.ObjectAllocationOutsideTLAB',
    { kind: memoryKind('alloc_outside_tlab', bytes('space')), amount: 'allocationSize' },
  ],
  ['jdk.ObjectAllocationSample', { kind: memoryKind('alloc_sample', bytes('space')), amount: 'weight' }],
  ['jdk.JavaMonitorEnter', { kind: delayKind('mutex'), amount: 'duration', isDelay: true }],
  ['jdk.ThreadPark', { kind: delayKind('block'), amount: 'duration', isDelay: true }],
  ['profiler.LiveObject', { kind: liveKind, amount: undefined }],
  ['profiler.Malloc', { kind: memoryKind('malloc', undefined), amount: 'size' }],
]);
