/** The part of storeContract about stacks and their names. */
import { assertStackIntegrity } from '../model/assertProfileIntegrity.ts';
import { unixNanos } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import {
  batchOf,
  dictionaryOf,
  functionRow,
  ids,
  locationRow,
  nanosPerDay,
  noon,
  seriesOf,
  stackRow,
  stacksAsText,
  sumsAsText,
} from './madeUpRows.ts';
import type { Store } from './store.ts';

const span = (start: bigint, end: bigint): TimeRange => ({ start: unixNanos(start), end: unixNanos(end) });
const allTime = span(-(10n ** 30n), 10n ** 30n);

export function testStacks(open: () => Store): void {
  test('types of functions are told by name, each once, for the days and the tenant that have them', async () => {
    const early = {
      stacks: [],
      locations: [],
      functions: [
        functionRow(1n, 'sys_read', { frameType: 'kernel' }),
        functionRow(2n, 'sys_read', { frameType: 'kernel', startLine: 7 }),
        functionRow(3n, "it's \\ 50 %", { frameType: 'cpython' }),
        functionRow(4n, 'nobody.Knows'),
        functionRow(5n, 'other', { frameType: 'go' }),
      ],
    };
    const later = { ...early, functions: [functionRow(6n, 'sys_read', { frameType: 'native' })] };
    const [first, second] = [noon, noon + nanosPerDay];
    await open().write({
      tenant: 'types',
      records: [],
      dictionary: [dictionaryOf(first, early), dictionaryOf(second, later)],
    });
    const names = ['sys_read', "it's \\ 50 %", 'nobody.Knows', 'not there'];
    const told = async (tenant: string, start: bigint, end: bigint): Promise<readonly string[]> =>
      (await open().frameTypes(tenant, span(start, end), names)).map(({ name, type }) => `${type} ${name}`).sort();
    expect(await told('types', first, first)).toEqual(["cpython it's \\ 50 %", 'kernel sys_read']);
    expect(await told('types', first, second)).toEqual(["cpython it's \\ 50 %", 'kernel sys_read', 'native sys_read']);
    expect(await told('strangers', first, second)).toEqual([]);
    expect(await open().frameTypes('types', allTime, [])).toEqual([]);
  });

  test('stacks are read from the days of the range, each once, and what no day knows has no locations', async () => {
    const rows = {
      stacks: [stackRow(1n, 10n), stackRow(2n, 10n, 11n, 10n)],
      locations: [locationRow(10n, [100n])],
      functions: [functionRow(100n, 'f')],
    };
    const later = noon + nanosPerDay;
    const dictionary = [
      dictionaryOf(noon, rows),
      dictionaryOf(later, {
        ...rows,
        stacks: [...rows.stacks, stackRow(3n, 12n)],
        locations: [...rows.locations, locationRow(12n, [101n])],
      }),
    ];
    await open().write({ tenant: 'days', records: [], dictionary });
    await open().write({ tenant: 'days', records: [], dictionary });
    const f = '[none 0 "f","f","",0@10:0]';
    const wanted = ids(3n, 1n, 9n, 2n, 1n);
    expect(stacksAsText(await open().readStacks('days', span(noon, noon), wanted))).toEqual([
      '',
      f,
      '',
      `${f};[none 0 ];${f}`,
      f,
    ]);
    const both = await open().readStacks('days', span(noon, later), wanted);
    assertStackIntegrity(both);
    expect(stacksAsText(both)).toEqual(['[none 0 "","","",0@10:0]', f, '', `${f};[none 0 ];${f}`, f]);
    expect([both.locations.count, both.functions.count]).toEqual([3, 2]);
    expect(stacksAsText(await open().readStacks('days', span(later + nanosPerDay, allTime.end), ids(1n)))).toEqual([
      '',
    ]);
    expect((await open().readStacks('days', allTime, ids())).stackCount).toBe(0);
  });
}

export function testTexts(open: () => Store): void {
  test('equal texts and mappings are kept once', async () => {
    const place = { file: '/bin/same', buildId: 'same', mappingStart: 1n, mappingLimit: 2n, mappingOffset: 3n };
    await open().write({
      tenant: 'once',
      records: [],
      dictionary: [
        dictionaryOf(noon, {
          stacks: [stackRow(1n, 10n, 11n, 12n)],
          locations: [
            locationRow(10n, [100n], place),
            locationRow(11n, [101n], { ...place, address: 5n }),
            locationRow(12n, [101n], { ...place, mappingOffset: 4n }),
          ],
          functions: [functionRow(100n, 'same', { file: '/bin/same' }), functionRow(101n, 'same')],
        }),
      ],
    });
    const { strings, mappings, locations } = await open().readStacks('once', allTime, ids(1n));
    expect(strings.starts).toHaveLength(3);
    expect(mappings.count).toBe(3);
    expect([...locations.mapping]).toEqual([1, 1, 2]);
  });

  test('any text comes back as it was', async () => {
    const odd = ["it's", 'back\\slash', 'nul\0nul', 'tab\tand\nline', 'ü 漢 🔥', "'; DROP TABLE profiles --", ''];
    const tenant = odd.join('');
    const functions = odd.map((text, i) => functionRow(BigInt(100 + i), text, { systemName: `${text}!`, file: text }));
    await open().write({
      ...batchOf(tenant, ...odd.map((text) => ({ pod: text, type: text, samples: [{ stack: 1n, value: 1n }] }))),
      dictionary: [
        dictionaryOf(noon, {
          stacks: [stackRow(1n, 10n)],
          locations: [
            locationRow(
              10n,
              functions.map(({ id }) => id),
              { file: tenant, buildId: tenant },
            ),
          ],
          functions,
        }),
      ],
    });
    expect(
      open()
        .catalog.select(tenant, [])
        .map(({ profileType }) => profileType),
    ).toEqual(odd);
    expect(sumsAsText(await open().sumStacks({ tenant, range: allTime, seriesIds: seriesOf(open(), tenant) }))).toEqual(
      ['1 7'],
    );
    const [stack = ''] = stacksAsText(await open().readStacks(tenant, allTime, ids(1n)));
    for (const text of odd)
      expect(stack).toContain([text, `${text}!`, text].map((each) => JSON.stringify(each)).join());
    expect(stack).toContain(`[${JSON.stringify(tenant)},${JSON.stringify(tenant)}`);
  });
}
