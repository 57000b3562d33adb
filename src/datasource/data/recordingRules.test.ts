import { lastValueFrom, of, throwError } from 'rxjs';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { createQuerierClient, QuerierError } from './querierClient.ts';
import type { RecordingRuleBody } from './recordingRules.ts';
import { createRecordingRules } from './recordingRules.ts';

const rule: RecordingRuleBody = {
  metricName: 'profiles_recorded_main',
  matchers: ['{__profile_type__="a:b:c::"}'],
  groupBy: [],
  stacktraceFilter: { functionName: { functionName: 'main', metricType: 'SELF' } },
};

test('a rule is estimated and saved as it is', async () => {
  const asked: Asked[] = [];
  const estimate = { series: 2, isExact: true, maxSeriesPerRule: 1_000, fits: true };
  const client = fakeClient({ estimateRule: () => estimate, upsertRule: () => ({ rule: { id: 'x' } }) }, asked);
  const rules = createRecordingRules(client, '/prometheus');
  expect(await rules.estimate(rule)).toEqual(estimate);
  expect(await rules.save(rule)).toEqual({ rule: { id: 'x' } });
  expect(asked).toEqual([
    ['estimateRule', rule],
    ['upsertRule', rule],
  ]);
});

test('both go to the server through the proxy of the data source', async () => {
  const asked: object[] = [];
  const fetch = (request: object) => {
    asked.push(request);
    return of({ status: 200, data: {} }) as never;
  };
  const client = createQuerierClient('/proxy', () => ({ fetch }));
  await lastValueFrom(client.estimateRule(rule));
  await lastValueFrom(client.upsertRule(rule));
  expect(asked).toMatchObject([
    { url: '/proxy/api/v1/recording-rules/estimate', method: 'POST', data: rule },
    { url: '/proxy/settings.v1.RecordingRulesService/UpsertRecordingRule', method: 'POST', data: rule },
  ]);
});

test('a refusal is what the server said, and else what Grafana knows of it', async () => {
  const failing = (serverMessage: string | undefined) => {
    const error = new QuerierError({ status: 403, message: 'explained', serverMessage });
    const refuse = () => throwError(() => error);
    return createRecordingRules({ estimateRule: refuse, upsertRule: refuse }, '/prometheus');
  };
  await expect(failing('the limit is 2 (--max-series-per-rule)').save(rule)).rejects.toThrow(/^the limit is 2/);
  await expect(failing(undefined).estimate(rule)).rejects.toThrow(/^explained$/);
});
