/**
 * The message of Prometheus' remote write 1.0, as bytes that can be joined and taken apart between series.
 *
 * Shape:  WriteRequest { repeated TimeSeries timeseries = 1 }, TimeSeries { repeated Label labels = 1; repeated Sample samples = 2 },
 *         Label { string name = 1, value = 2 }, Sample { double value = 1; int64 timestamp = 2 }. Two messages one after the other are
 *         one with the series of both, so requests are made without reading what was kept.
 * Units:  timestamps are milliseconds since 1970.
 * Errors: seriesOf throws InputError invalid_argument when the bytes are no such message.
 * Source: prometheus.io/docs/specs/prw/remote_write_spec (1.0); prometheus/prometheus prompb/remote.proto, types.proto.
 */
import { invariant } from '../../errors.ts';
import type { Labels } from '../../model/labels.ts';
import { ProtoCursor } from '../protoCursor.ts';
import type { ProtoWriter } from '../protoWriter.ts';

const timeseriesField = 1;

export interface SampleRun {
  /** The metric's name among them, as __name__. */
  readonly labels: Labels;
  readonly timesMillis: readonly number[];
  readonly values: readonly number[];
}

/** The samples from `start` on, before `end`, as one series of the message. */
export function writeSeries(
  writer: ProtoWriter,
  { labels, timesMillis, values }: SampleRun,
  start: number,
  end: number,
) {
  const series = writer.begin(timeseriesField);
  for (const { name, value } of labels) {
    const label = writer.begin(1);
    writer.text(1, name);
    writer.text(2, value);
    writer.end(label);
  }
  for (let i = start; i < end; i++) {
    const [millis, value] = [timesMillis[i], values[i]];
    invariant(millis !== undefined && value !== undefined, 'every sample has a time and a value');
    const sample = writer.begin(2);
    writer.double(1, value);
    writer.tag(2, 0);
    writer.varint(BigInt(millis));
    writer.end(sample);
  }
  writer.end(series);
}

export interface SeriesSlice {
  readonly bytes: Uint8Array;
  readonly sampleCount: number;
}

/** Each a message of its own. */
export function seriesOf(message: Uint8Array): readonly SeriesSlice[] {
  const cursor = new ProtoCursor(message, 'remote write');
  const slices: SeriesSlice[] = [];
  for (let from = 0; cursor.next(); from = cursor.at) {
    if (cursor.field !== timeseriesField || cursor.wireType !== 2) throw cursor.malformed(from, 'not a series');
    slices.push({
      bytes: message.subarray(from, cursor.at),
      sampleCount: countSamples(message, cursor.start, cursor.stop),
    });
  }
  return slices;
}

function countSamples(message: Uint8Array, start: number, stop: number): number {
  const cursor = new ProtoCursor(message, 'remote write');
  cursor.enter(start, stop);
  let count = 0;
  while (cursor.next()) if (cursor.field === 2) count++;
  return count;
}
