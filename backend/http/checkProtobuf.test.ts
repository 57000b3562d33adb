import { create, toBinary } from '@bufbuild/protobuf';
import { LabelNamesRequestSchema } from '../wire/pyroscope/gen/types/v1/types_pb.js';
import { PushRequestSchema } from '../wire/pyroscope/gen/push/v1/push_pb.js';
import { checkJson } from './checkJson.ts';
import { checkProtobufSize, mostValues } from './checkProtobuf.ts';

test('messages of usual size pass', () => {
  const sample = { rawProfile: new Uint8Array(1_000_000), ID: 'a' };
  const series = [{ labels: [{ name: 'service_name', value: 'a' }], samples: [sample] }];
  checkProtobufSize(toBinary(PushRequestSchema, create(PushRequestSchema, { series })), PushRequestSchema);
});

test('a million empty messages or strings are refused with the place', () => {
  const bytes = Buffer.alloc(2 * (mostValues + 1), Buffer.from([0x0a, 0]));
  checkProtobufSize(bytes.subarray(2), PushRequestSchema);
  expect(() => checkProtobufSize(bytes, PushRequestSchema)).toThrow(`byte ${bytes.length}: more than ${mostValues}`);
  expect(() => checkProtobufSize(bytes, LabelNamesRequestSchema)).toThrow('more than');
});

test('fields of messages inside count, and so do unknown ones', () => {
  const inner = Buffer.alloc(2 * mostValues, Buffer.from([0x0a, 0]));
  const head = [0x0a, 0x80, 0x89, 0x7a];
  expect(() => checkProtobufSize(Buffer.concat([Buffer.from(head), inner]), PushRequestSchema)).toThrow('more than');
  expect(() => checkProtobufSize(Buffer.alloc(3 * mostValues, Buffer.from([0x78, 0])), PushRequestSchema)).toThrow(
    'more than',
  );
});

test('what hides a count behind broken bytes is refused for these', () => {
  const group = Buffer.from([0x7b, 0x7c]);
  expect(() => checkProtobufSize(group, PushRequestSchema)).toThrow('byte 0: wire type 3');
});

test('JSON of more values than that is refused, too', () => {
  const json = (count: number): Buffer => Buffer.from(`{"x":[${Buffer.alloc(3 * count, '{},').toString()}1]}`);
  checkJson(json(1_000));
  expect(() => checkJson(json(mostValues))).toThrow(`more than ${mostValues}`);
});
