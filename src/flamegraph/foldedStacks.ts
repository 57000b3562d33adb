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

function columnsOf(root: Node, unit: string): FlameGraphData {
  const level: number[] = [];
  const name: number[] = [];
  const total: number[] = [];
  const self: number[] = [];
  const names = new Map<string, number>();
  const visit = (node: Node, depth: number): number => {
    const index = names.get(node.name) ?? names.size;
    names.set(node.name, index);
    const bar = level.push(depth) - 1;
    name.push(index);
    self.push(node.self);
    total.push(0);
    let sum = node.self;
    for (const child of node.children.values()) sum += visit(child, depth + 1);
    total[bar] = sum;
    return sum;
  };
  visit(root, 0);
  return {
    count: level.length,
    level: Int32Array.from(level),
    name: Uint32Array.from(name),
    total: Float64Array.from(total),
    self: Float64Array.from(self),
    names: [...names.keys()],
    unit,
  };
}
