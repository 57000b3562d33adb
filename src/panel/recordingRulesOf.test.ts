import { recordingRulesOf } from './recordingRulesOf.ts';

const sources = (source: object) => ({ get: () => Promise.resolve(source as never) });

test('the data source saves rules, if it is new enough', async () => {
  const recordingRules = { prometheusPath: '/prometheus' };
  expect(await recordingRulesOf('p', sources({ recordingRules }))).toBe(recordingRules);
  await expect(recordingRulesOf('p', sources({}))).rejects.toThrow('older than the panel');
});
