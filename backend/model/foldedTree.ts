/** Call trees from folded stacks ("a;b;c 12", root first): how tests and tools write them down, and read them back. */
import type { CallTree } from './callTree.ts';
import { rootName, sumTotals } from './callTree.ts';

export function treeOfFolded(lines: readonly string[]): CallTree {
  const names = [rootName];
  const parent = [-1];
  const name = [0];
  const self = [0n];
  const children = new Map<string, number>();
  for (const line of lines) {
    const space = line.lastIndexOf(' ');
    let node = 0;
    for (const frame of line.slice(0, space).split(';')) {
      const key = `${node};${frame}`;
      let child = children.get(key);
      if (child === undefined) {
        let index = names.indexOf(frame);
        if (index < 0) index = names.push(frame) - 1;
        child = parent.push(node) - 1;
        name.push(index);
        self.push(0n);
        children.set(key, child);
      }
      node = child;
    }
    self[node] = (self[node] ?? 0n) + BigInt(line.slice(space + 1));
  }
  const parents = Int32Array.from(parent);
  const selfs = BigInt64Array.from(self);
  return {
    count: parents.length,
    parent: parents,
    name: Uint32Array.from(name),
    names,
    self: selfs,
    total: sumTotals(parents, selfs),
  };
}

/** Sorted; nodes without a self are left out. */
export function foldedOfTree(tree: CallTree): readonly string[] {
  const paths: string[] = [''];
  const lines: string[] = [];
  for (let node = 1; node < tree.count; node++) {
    const above = paths[tree.parent[node] ?? 0] ?? '';
    const path = `${above}${above === '' ? '' : ';'}${tree.names[tree.name[node] ?? 0] ?? ''}`;
    paths[node] = path;
    if (tree.self[node] !== 0n) lines.push(`${path} ${tree.self[node]}`);
  }
  return lines.sort();
}
