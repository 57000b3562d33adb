import type { LeftOut } from '../../model/labelledProfile.ts';
import { writeOtlpAnswer } from './writeOtlpAnswer.ts';

const bad = (samples: number, message: string): LeftOut => ({ reason: 'malformed_profile', samples, message });

test('nothing left out is the empty message', () => {
  expect(writeOtlpAnswer([])).toEqual({ protobuf: new Uint8Array(0), json: '{}' });
});

test('profiles left out are counted, with their reasons', () => {
  const { protobuf, json } = writeOtlpAnswer([bad(3, 'a'), bad(1, 'a')]);
  // partial_success { rejected_profiles: 2, error_message: "malformed_profile: a" }
  expect(Buffer.from(protobuf).toString('hex')).toBe(
    `0a18${'0802'}${'1214'}${Buffer.from('malformed_profile: a').toString('hex')}`,
  );
  expect(JSON.parse(json)).toEqual({
    partialSuccess: { rejectedProfiles: '2', errorMessage: 'malformed_profile: a' },
  });
});

test('a warning rejects nothing', () => {
  const { protobuf, json } = writeOtlpAnswer([bad(0, 'repaired')]);
  expect([...protobuf.subarray(0, 3)]).toEqual([0x0a, 29, 0x12]);
  expect(JSON.parse(json)).toEqual({ partialSuccess: { errorMessage: 'malformed_profile: repaired' } });
});

test('many reasons are cut short', () => {
  const { json } = writeOtlpAnswer(Array.from({ length: 20_000 }, (_, i) => bad(1, `${i} ${'x'.repeat(10_000)}`)));
  expect(json.length).toBeLessThan(3_000);
  expect(json).toContain('and 19995 more');
  expect(json).toContain('"rejectedProfiles":"20000"');
});
