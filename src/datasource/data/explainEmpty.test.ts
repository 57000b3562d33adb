import { firstValueFrom } from 'rxjs';
import { describePreview } from './preview.ts';
import { emptyFrame, explainEmpty, spanText } from './explainEmpty.ts';
import { fakeClient } from './fakeClient.ts';
import type { SelectSeriesBody } from './requests.ts';

const day = 86_400_000;
const range = { startMillis: 100 * day, endMillis: 100 * day + 900_000 };
const query = {
  refId: 'A',
  queryType: 'profile' as const,
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="a"}',
  groupBy: [],
};
const asked = 'No process_cpu / cpu profiles for {service_name="a"} in this time range.';

test('the nearest profiles are looked for by days, then by quarters of an hour', async () => {
  const client = fakeClient({
    selectSeries: (body) => {
      const { step } = body as SelectSeriesBody;
      const at = step === 86_400 ? [98 * day, 99 * day] : [99 * day - 7_200_000, 99 * day - 3_600_000];
      return { series: [{ points: at.map((time) => ({ timestamp: String(time), value: 1 })) }] };
    },
  });
  const why = await firstValueFrom(explainEmpty(client, query, range));
  expect(why.nearest).toEqual({ startMillis: 99 * day - 4_500_000, endMillis: 99 * day - 3_600_000 });
  expect(why.message).toMatch(/^No process_cpu .* The nearest are from 1970-04-\d\d \d\d:\d\d, 1 d earlier\.$/);
  expect(emptyFrame('A', why).meta).toMatchObject({
    notices: [{ severity: 'info', text: why.message }],
    custom: { nearest: why.nearest },
  });
});

for (const [what, stats, words] of [
  ['an empty server', {}, 'no profiles at all yet'],
  ['others', { dataIngested: true, newestProfileTime: String(99 * day) }, 'none that fit within 31 days of it; its newest'],
] as const) {
  test(`when nothing fits and there are ${what}, it is said`, async () => {
    const client = fakeClient({ selectSeries: () => ({}), profileStats: () => stats });
    expect((await firstValueFrom(explainEmpty(client, query, range))).message).toContain(words);
  });
}

test('a server that refuses the search leaves the plain sentence', async () => {
  expect(await firstValueFrom(explainEmpty(fakeClient({}), query, range))).toEqual({ message: asked, nearest: undefined });
});

for (const [millis, text] of [
  [0, '0 s'],
  [12_999, '12 s'],
  [3 * 3_600_000, '3 h'],
  [49 * 3_600_000, '2 d'],
] as const) {
  test(`${millis} ms is ${text}`, () => expect(spanText(millis)).toBe(text));
}

test('the preview counts what it knows', () => {
  const whole = { pods: 4, services: 1, profiles: 1240, lastSeenMillis: 1_000 };
  expect(describePreview(whole, 13_500)).toBe('4 pods, 1,240 profiles, last seen 12 s ago');
  expect(describePreview({ ...whole, pods: 1, profiles: undefined, services: 2 }, 900)).toBe(
    '2 services, 1 pod, last seen just now',
  );
  expect(describePreview({ ...whole, lastSeenMillis: undefined }, 0)).toBe('nothing in this time range');
});
