/**
 * Turns folded stacks, as tests write call trees, into the columns that the drawing takes.
 *
 * Shape:  a line a stack, "main;work;json 12"; a root called "total" is put above. Children stand in the order in which
 *         they were first met.
 * Errors: a line without a number at its end is a mistake of whoever wrote the test.
 */
import type { FlameGraphData } from './flameGraphData.ts';

interface Node {
  readonly name: string;
  readonly children: Map<string, Node>;
  self: number;
}

const newNode = (name: string): Node => ({ name, children: new Map(), self: 0 });

export function readFoldedStacks(text: string, unit = 'count'): FlameGraphData {
  const root = newNode('total');
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [, stack = '', value = ''] = /^(.*) (\d+(?:\.\d+)?)$/.exec(line) ?? [];
    if (value === '') throw new Error(`not a folded stack: "${line}"`);
    let node = root;
    for (const name of stack.split(';')) {
      const child = node.children.get(name) ?? newNode(name);
      node.children.set(name, child);
      node = child;
    }
    node.self += Number(value);
  }
  return columnsOf(root, unit);
}

/** Without recursion: tests draw stacks of thousands of levels. */
function columnsOf(root: Node, unit: string): FlameGraphData {
  const bars: { readonly node: Node; readonly depth: number }[] = [];
  const waiting = [{ node: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    bars.push(next);
    const depth = next.depth + 1;
    waiting.push(...[...next.node.children.values()].reverse().map((node) => ({ node, depth })));
  }
  const names = new Map<string, number>();
  for (const { node } of bars) if (!names.has(node.name)) names.set(node.name, names.size);
  const self = Float64Array.from(bars, ({ node }) => node.self);
  const total = self.slice();
  const below = new Float64Array(bars.length + 1);
  for (let bar = bars.length - 1; bar >= 0; bar--) {
    const depth = bars[bar]?.depth ?? 0;
    const sum = (self[bar] ?? 0) + (below[depth + 1] ?? 0);
    total[bar] = sum;
    below[depth + 1] = 0;
    below[depth] = (below[depth] ?? 0) + sum;
  }
  return {
    count: bars.length,
    level: Int32Array.from(bars, ({ depth }) => depth),
    name: Uint32Array.from(bars, ({ node }) => names.get(node.name) ?? 0),
    total,
    self,
    names: [...names.keys()],
    unit,
  };
}
