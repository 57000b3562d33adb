import fc from 'fast-check';
import { drawingOf, readDiff } from './diffStacks.ts';
import type { FlameGraphData } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { randomStacks } from './randomStacks.ts';
import { sandwichOf } from './sandwich.ts';
import { layoutTree } from './treeLayout.ts';

const sandwich = (data: FlameGraphData, name: string) => sandwichOf(layoutTree(data), data.names.indexOf(name));

const data = readFoldedStacks(`
  main;http;json;alloc 4
  main;http;json 1
  main;queue;json;alloc 8
  main;queue;json;json;read 2
  boot;json 16
`);

test('callers stand above with what they pass on, callees below with what they take', () => {
  const made = sandwich(data, 'json');
  expect(drawingOf(made?.callers ?? data)).toBe(
    ['json 31 0', '  http 5 0', '    main 5 5', '  queue 10 0', '    main 10 10', '  boot 16 16'].join('\n'),
  );
  expect(drawingOf(made?.callees ?? data)).toBe(
    ['json 31 17', '  alloc 12 12', '  json 2 0', '    read 2 2'].join('\n'),
  );
});

test('shares are of the whole graph', () => {
  expect(sandwich(data, 'http')?.callers.whole).toEqual({ left: 31, right: 0 });
});

test('a function that has no bar has no callers', () => {
  expect(sandwichOf(layoutTree(data), 99)).toBeUndefined();
  expect(sandwich(data, 'total')).toBeUndefined();
});

test('both sides of a diff are turned', () => {
  const made = sandwich(readDiff('a;f;x 1', 'a;f;x 2\nb;f;y 4'), 'f');
  expect(drawingOf(made?.callers ?? data)).toBe(['f 1 0 | 6 0', '  a 1 1 | 2 2', '  b 0 0 | 4 4'].join('\n'));
  expect(drawingOf(made?.callees ?? data)).toBe(['f 1 0 | 6 0', '  x 1 1 | 2 2', '  y 0 0 | 4 4'].join('\n'));
});

test('of random trees callers and callees have the value of the stacks through the function', () => {
  fc.assert(
    fc.property(randomStacks, fc.constantFrom('a', 'b', 'c'), (random, name) => {
      const made = sandwich(random, name);
      let through = 0;
      const stack: string[] = [];
      for (let bar = 0; bar < random.count; bar++) {
        stack.length = random.level[bar] ?? 0;
        stack.push(random.names[random.name[bar] ?? 0] ?? '');
        if (stack.slice(1).includes(name)) through += random.self[bar] ?? 0;
      }
      for (const side of [made?.callers, made?.callees]) expect(side?.total[0] ?? 0).toBe(through);
    }),
  );
});
