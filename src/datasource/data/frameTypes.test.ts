import { firstValueFrom } from 'rxjs';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { askFrameTypes } from './frameTypes.ts';

test('types come by name; an index that was not asked for is none', async () => {
  const asked: Asked[] = [];
  const client = fakeClient({ frameTypes: () => ({ types: { go: [1], kernel: [0, 7] } }) }, asked);
  const types = await firstValueFrom(askFrameTypes(client, ['sys_read', 'main.main'], { startMillis: 1.5, endMillis: 9 }));
  expect([...types]).toEqual([
    ['main.main', 'go'],
    ['sys_read', 'kernel'],
  ]);
  expect(asked).toEqual([['frameTypes', { names: ['sys_read', 'main.main'], from: 1, until: 9 }]]);
});

test('no more names are asked for than the server takes', async () => {
  const asked: Asked[] = [];
  const names = Array.from({ length: 100_002 }, (_, i) => String(i));
  await firstValueFrom(askFrameTypes(fakeClient({ frameTypes: () => ({}) }, asked), names, { startMillis: 0, endMillis: 1 }));
  expect((asked[0]?.[1] as { names: readonly string[] }).names.length).toBe(100_000);
});
