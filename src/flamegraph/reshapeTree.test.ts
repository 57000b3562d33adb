import fc from 'fast-check';
import { drawingOf, readDiff } from './diffStacks.ts';
import type { FlameGraphData } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { randomStacks } from './randomStacks.ts';
import type { Reshaping } from './reshapeTree.ts';
import { reshapeTree } from './reshapeTree.ts';
import { layoutTree } from './treeLayout.ts';

const stacks = readFoldedStacks(`
  main;proxy;work;json 5
  main;proxy;work 1
  main;proxy 2
  main;work;json 10
  main;work;sql;proxy;net 3
`);
const reshaped = (reshaping: Partial<Reshaping>, data: FlameGraphData = stacks): string =>
  drawingOf(reshapeTree(data, { hide: [], collapseRecursion: false, ...reshaping }));

test('nothing to do gives the data back', () => {
  expect(reshapeTree(stacks, { hide: [], collapseRecursion: false })).toBe(stacks);
});

test('children of a hidden frame join those of its caller, which takes its own value', () => {
  expect(reshaped({ hide: [{ pattern: '^proxy$' }] })).toBe(
    ['total 21 0', '  main 21 2', '    work 19 1', '      json 15 15', '      sql 3 0', '        net 3 3'].join('\n'),
  );
});

test('what is below a frame becomes its own', () => {
  expect(reshaped({ hide: [{ pattern: 'WORK', below: true }] })).toBe(
    ['total 21 0', '  main 21 0', '    proxy 8 2', '      work 6 6', '    work 13 13'].join('\n'),
  );
});

test('hiding wins over cutting, and what is no regular expression hides plain text', () => {
  expect(reshaped({ hide: [{ pattern: 'w(' }, { pattern: 'work', below: true }, { pattern: 'work|proxy' }] })).toBe(
    ['total 21 0', '  main 21 3', '    json 15 15', '    sql 3 0', '      net 3 3'].join('\n'),
  );
  expect(
    drawingOf(reshapeTree(readFoldedStacks('a(b);c 1'), { hide: [{ pattern: 'a(' }], collapseRecursion: false })),
  ).toBe('total 1 0\n  c 1 1');
});

test('the root stays, whatever hides it', () => {
  expect(reshaped({ hide: [{ pattern: '.' }] })).toBe('total 21 21');
});

test('recursion, direct and through others, joins the call nearest to it', () => {
  const recursive = readFoldedStacks(`
    main;walk;walk;walk 1
    main;walk;walk;leaf 2
    main;walk;visit;walk;leaf 4
    main;visit 8
  `);
  expect(reshaped({ collapseRecursion: true }, recursive)).toBe(
    ['total 15 0', '  main 15 0', '    walk 7 1', '      leaf 6 6', '      visit 0 0', '    visit 8 8'].join('\n'),
  );
});

test('both sides of a diff go together', () => {
  const diff = readDiff('a;x;b 4\na;b 1', 'a;x;b 8\na;c 3');
  expect(reshaped({ hide: [{ pattern: 'x' }] }, diff)).toBe(
    ['total 5 0 | 11 0', '  a 5 0 | 11 0', '    b 5 5 | 8 8', '    c 0 0 | 3 3'].join('\n'),
  );
});

/** The slow twin: stack by stack, as text. */
function reshapeStacks(
  data: FlameGraphData,
  isHidden: (name: string) => boolean,
  collapse: boolean,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const stack: string[] = [];
  for (let bar = 0; bar < data.count; bar++) {
    stack.length = data.level[bar] ?? 0;
    stack.push(data.names[data.name[bar] ?? 0] ?? '');
    const kept: string[] = [];
    for (const name of stack.slice(1).filter((each) => !isHidden(each))) {
      const earlier = collapse ? kept.lastIndexOf(name) : -1;
      if (earlier >= 0) kept.length = earlier;
      kept.push(name);
    }
    const key = kept.join(';');
    if ((data.self[bar] ?? 0) > 0) sums.set(key, (sums.get(key) ?? 0) + (data.self[bar] ?? 0));
  }
  return sums;
}

test('random trees lose no value, stay nested sets without equal siblings, and hold the stacks that they should', () => {
  fc.assert(
    fc.property(randomStacks, fc.constantFrom('a', '[bc]', '^$'), fc.boolean(), (data, pattern, collapseRecursion) => {
      const made = reshapeTree(data, { hide: [{ pattern }], collapseRecursion });
      layoutTree(made);
      expect(made.total[0]).toBe(data.total[0]);
      const paths = new Map<string, number>();
      const stack: string[] = [];
      for (let bar = 0; bar < made.count; bar++) {
        stack.length = made.level[bar] ?? 0;
        stack.push(made.names[made.name[bar] ?? 0] ?? '');
        const path = stack.slice(1).join(';');
        expect(paths.has(path)).toBe(false);
        paths.set(path, made.self[bar] ?? 0);
      }
      const own = new Map([...paths].filter(([, self]) => self > 0));
      expect(own).toEqual(reshapeStacks(data, (name) => new RegExp(pattern).test(name), collapseRecursion));
    }),
  );
});
