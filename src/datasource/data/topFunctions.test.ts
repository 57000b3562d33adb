import { firstValueFrom, of } from 'rxjs';
import { askTopFunctions } from './askTopFunctions.ts';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { decodeDiff } from './diffFrame.ts';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import { cutText, functionCosts, topFunctionsFrame } from './topFunctions.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const query = { refId: 'A', queryType: 'topFunctions' as const, profileTypeId: cpu, labelSelector: '{}', groupBy: [] };
// main;json 30, main;gc 10, gc 20, and 40 that was cut.
const graph = decodeLevels(
  {
    names: ['total', 'main', 'json', 'gc', 'other'],
    levels: [
      { values: ['0', '100', '0', '0'] },
      { values: ['0', '40', '0', '1', '0', '20', '20', '3', '0', '40', '40', '4'] },
      { values: ['0', '30', '30', '2', '0', '10', '10', '3'] },
    ],
  },
  'nanoseconds',
);

test('functions are summed over all places, the largest self first; what was cut is no function', () => {
  expect(functionCosts(graph).map(({ name, self, total, selfShare }) => [name, self, total, selfShare])).toEqual([
    ['gc', 30, 30, 0.3],
    ['json', 30, 30, 0.3],
    ['main', 0, 40, 0],
  ]);
});

test('the table has units, and says how much of it was cut away', () => {
  const groups = [{ labels: { pod: 'a' }, costs: functionCosts(graph).slice(0, 2) }];
  const frame = topFunctionsFrame({ ...query, groupBy: ['pod'] }, groups, false, cutText(graph));
  expect(frame.length).toBe(2);
  expect(frame.fields.map(({ name, config }) => `${name}|${config.unit ?? ''}`)).toEqual([
    'pod|',
    'Function|',
    'Self|ns',
    'Self share|percentunit',
    'Total|ns',
    'Total share|percentunit',
  ]);
  expect(frame.meta?.notices?.[0]?.text).toContain('40 %');
});

test('against a baseline the largest change of share comes first, not the largest function', () => {
  const values = (...numbers: readonly number[]) => ({ values: numbers.map(String) });
  const diff = decodeDiff(
    {
      names: ['total', 'big', 'json'],
      levels: [
        values(0, 100, 0, 0, 200, 0, 0),
        values(0, 97, 97, 0, 176, 176, 1, 0, 3, 3, 0, 24, 24, 2),
      ],
    },
    'nanoseconds',
  );
  const [first, second] = functionCosts(diff);
  expect(first?.name).toBe('json');
  expect(first?.selfShare).toBeCloseTo(0.12);
  expect(first?.selfChange).toBeCloseTo(0.09);
  expect(first?.baselineTotalShare).toBeCloseTo(0.03);
  expect(second?.selfChange).toBeCloseTo(-0.09);
  const frame = topFunctionsFrame(query, [{ labels: {}, costs: functionCosts(diff) }], true, '');
  const names = frame.fields.map(({ name }) => name);
  expect(names.slice(-2)).toEqual(['Change of self share', 'Change of total share']);
});

test('groups that the server left out are told of', async () => {
  const asked: Asked[] = [];
  const answer = { groups: [{ labels: { pod: 'a' }, functions: [{ name: 'gc', self: '3' }] }], groupsLeftOut: 7 };
  const context = { client: fakeClient({ top: () => answer }, asked), range: { startMillis: 0, endMillis: 1 } };
  const [frame] = await firstValueFrom(
    askTopFunctions({ ...query, groupBy: ['pod'] }, { ...context, askFlameGraph: () => of(undefined) }),
  );
  expect(String(asked[0]?.[1])).toContain('groupBy=pod&groups=100');
  expect(frame?.meta?.notices?.[0]?.text).toContain('7 smaller ones are left out');
});
