// By hand, from prompb/remote.proto and types.proto. Lengths of nested messages take five bytes.
import { ProtoWriter } from '../protoWriter.ts';
import { seriesOf, writeSeries } from './writeRequest.ts';

const up = {
  labels: [
    { name: '__name__', value: 'up' },
    { name: 'a', value: 'é' },
  ],
  timesMillis: [1_000, 2_000],
  values: [0.5, -0],
};

test('a series is labels, then samples', () => {
  const writer = new ProtoWriter();
  writeSeries(writer, up, 0, 2);
  const hex = [
    '0a c5 80 80 80 00',
    ...['0a 8e 80 80 80 00', '0a 08 5f 5f 6e 61 6d 65 5f 5f', '12 02 75 70'],
    ...['0a 87 80 80 80 00', '0a 01 61', '12 02 c3 a9'],
    ...['12 8c 80 80 80 00', '09 00 00 00 00 00 00 e0 3f', '10 e8 07'],
    ...['12 8c 80 80 80 00', '09 00 00 00 00 00 00 00 80', '10 d0 0f'],
  ].join(' ');
  expect(Buffer.from(writer.finish()).toString('hex')).toBe(hex.replaceAll(' ', ''));
});

test('a message is taken apart into messages of one series', () => {
  const writer = new ProtoWriter();
  writeSeries(writer, up, 0, 2);
  const first = writer.length;
  writeSeries(writer, up, 1, 2);
  const message = writer.finish();
  expect(seriesOf(message)).toEqual([
    { bytes: message.subarray(0, first), sampleCount: 2 },
    { bytes: message.subarray(first), sampleCount: 1 },
  ]);
  expect(() => seriesOf(message.subarray(0, first - 1))).toThrow('remote write, byte 0');
});
