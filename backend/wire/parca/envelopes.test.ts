/** The messages around the Parca agent's uploads, as bytes by hand. */
import { InputError } from '../../errors.ts';
import * as debuginfo from './debuginfo.ts';
import * as envelopes from './envelopes.ts';

const bytes = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part))));
const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const hex = (message: Uint8Array): string => Buffer.from(message).toString('hex');

test('WriteArrowRequest and WriteRequest hold a stream in field 1; of two the last counts', () => {
  expect(hex(envelopes.readWriteArrowRequest(bytes('0a03', ascii('abc'))))).toBe('616263');
  expect(hex(envelopes.readWriteRequest(bytes('0a0161', '0a026263')))).toBe('6263');
  expect(envelopes.readWriteRequest(bytes('1001'))).toHaveLength(0);
});

test('WriteResponse: a record, or nothing at all when nothing is asked for', () => {
  expect(hex(envelopes.writeWriteResponse(ascii('abc')))).toBe('0a03616263');
  expect(hex(envelopes.writeWriteResponse(new Uint8Array(200)))).toBe(`0ac801${'00'.repeat(200)}`);
  expect(envelopes.writeWriteResponse(new Uint8Array(0))).toHaveLength(0);
});

test('ReportPanicRequest: what the agent wrote last, and its metadata', () => {
  const request = bytes('0a05', ascii('panic'), '12080a01', ascii('k'), '1203', ascii('val'), '12040a026b32');
  expect(envelopes.readReportPanicRequest(request)).toEqual({
    stderr: 'panic',
    metadata: new Map([
      ['k', 'val'],
      ['k2', ''],
    ]),
  });
});

test('a message that ends inside a field is refused with the place', () => {
  expect(() => envelopes.readWriteArrowRequest(bytes('0a0561'))).toThrow(InputError);
  expect(() => envelopes.readReportPanicRequest(bytes('12040a056b'))).toThrow('ReportPanicRequest, byte');
  expect(() => debuginfo.readUploadRequest(bytes('0a030a0561'))).toThrow('UploadInfo, byte');
});

test('ShouldInitiateUploadRequest, all fields, and none', () => {
  const request = bytes('0a02', ascii('ab'), '1201', ascii('h'), '1801', '2001', '2801');
  expect(debuginfo.readShouldInitiateUploadRequest(request)).toEqual({
    buildId: 'ab',
    hash: 'h',
    isForced: true,
    type: 'executable',
    buildIdType: 'gnu',
  });
  expect(debuginfo.readShouldInitiateUploadRequest(bytes())).toEqual({
    buildId: '',
    hash: '',
    isForced: false,
    type: 'debuginfo',
    buildIdType: 'unknown',
  });
});

test('InitiateUploadRequest has its fields in another order; a type of a later version is the first', () => {
  const request = bytes('0a02', ascii('ab'), '108080808010', '1a01', ascii('h'), '2001', '2809', '3004');
  expect(debuginfo.readInitiateUploadRequest(request)).toEqual({
    buildId: 'ab',
    sizeBytes: 2n ** 32n,
    hash: 'h',
    isForced: true,
    type: 'debuginfo',
    buildIdType: 'source_map_debug_id',
  });
});

test('an upload is its info, then chunks; MarkUploadFinished says the same as the info', () => {
  const info = bytes('0a02', ascii('ab'), '1202', ascii('u1'), '1802');
  const expected = { buildId: 'ab', uploadId: 'u1', type: 'sources' };
  expect(debuginfo.readUploadRequest(bytes('0a0a', info))).toEqual({ kind: 'info', info: expected });
  const chunk = debuginfo.readUploadRequest(bytes('1203', ascii('ELF')));
  expect(chunk.kind === 'chunk' && hex(chunk.bytes)).toBe('454c46');
  expect(debuginfo.readMarkUploadFinishedRequest(info)).toEqual(expected);
});

test('answers: whether to upload, how, and what came', () => {
  expect(hex(debuginfo.writeShouldInitiateUploadResponse(true, ''))).toBe('0801');
  expect(hex(debuginfo.writeShouldInitiateUploadResponse(false, 'no'))).toBe('12026e6f');
  const instructions = debuginfo.writeInitiateUploadResponse({ buildId: 'ab', uploadId: 'u1', type: 'source_map' });
  expect(hex(instructions)).toBe('0a0c' + '0a026162' + '12027531' + '1801' + '2803');
  expect(hex(debuginfo.writeUploadResponse('ab', 2n ** 32n))).toBe('0a026162' + '108080808010');
});
