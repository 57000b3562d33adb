import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../test/golden.ts';
import { TableBuilder } from '../model/profileBuilder.ts';
import { textAt } from '../model/stackTable.ts';
import { dropTypeParameters } from './goTypeParameters.ts';

function dropped(names: readonly string[]): readonly string[] {
  const table = new TableBuilder();
  for (const name of names) table.location([{ name, systemName: `system ${name}`, file: 'a[go.shape.int].go' }]);
  const { strings, functions } = dropTypeParameters(table.finish());
  return Array.from(functions.name, (name, fn) => {
    const short = textAt(strings, name);
    expect(textAt(strings, functions.systemName[fn] ?? 0)).toBe(`system ${short}`);
    expect(textAt(strings, functions.file[fn] ?? 0)).toBe('a[go.shape.int].go');
    return short;
  });
}

for (const [name, short] of [
  ['cmp.Less[go.shape.string]', 'cmp.Less'],
  ['slices.Sort[go.shape.[]string,go.shape.string]', 'slices.Sort'],
  ['ecdh.(*nistCurve[go.shape.*uint8]).NewPublicKey', 'ecdh.(*nistCurve).NewPublicKey'],
  ['[go.shape.int]', ''],
  ['maps.Copy[...]', 'maps.Copy[...]'],
  ['operator[]', 'operator[]'],
  ['no end[go.shape.int', 'no end[go.shape.int'],
  ['] before[go.shape.int', '] before[go.shape.int'],
  ['größe[go.shape.ß]ñ', 'größeñ'],
] as const) {
  test(`"${name}" is called "${short}"`, () => {
    expect(dropped([name, 'plain'])).toEqual([short, 'plain']);
  });
}

test('names without type parameters keep their table', () => {
  const table = new TableBuilder();
  table.location([{ name: 'main.main' }]);
  const tables = table.finish();
  const { strings, functions } = dropTypeParameters(tables);
  expect(strings).toBe(tables.strings);
  expect(functions).toBe(tables.functions);
});

const golden = findGolden();
(golden === undefined ? test.skip : test)('recorded names lose what they lose in Pyroscope', () => {
  const read = (file: string): readonly string[] =>
    readFileSync(join(golden ?? '', 'pprof', file), 'utf8')
      .trimEnd()
      .split('\n');
  const names = read('go_type_parameters.txt');
  // Equal names are one function of a table, so one by one.
  expect(names.map((name) => dropped([name])[0])).toEqual(read('go_type_parameters.expected.txt'));
});
