/** Call trees the slow and obvious way, as maps from paths to values: the twin of the fast ones, for tests. */
export interface SlowValues {
  readonly self: bigint;
  readonly total: bigint;
}

/** By path, "a;b"; '' is the root. Nodes of nothing are left out. */
export type SlowTree = ReadonlyMap<string, SlowValues>;

export function slowTree(folded: readonly string[], callSite: readonly string[] = []): SlowTree {
  const selfs = new Map<string, bigint>();
  for (const line of folded) {
    const path = line.slice(0, line.lastIndexOf(' '));
    if (!callSite.every((name, i) => path.split(';')[i] === name)) continue;
    selfs.set(path, (selfs.get(path) ?? 0n) + BigInt(line.slice(line.lastIndexOf(' ') + 1)));
  }
  const tree = new Map<string, { self: bigint; total: bigint }>([['', { self: 0n, total: 0n }]]);
  for (const [path, self] of selfs) {
    const frames = path.split(';');
    for (let depth = 0; depth <= frames.length; depth++) {
      const above = frames.slice(0, depth).join(';');
      const node = tree.get(above) ?? { self: 0n, total: 0n };
      node.total += self;
      if (depth === frames.length) node.self += self;
      tree.set(above, node);
    }
  }
  return new Map([...tree].filter(([path, { total }]) => path === '' || total > 0n));
}

const nodesOf = (tree: SlowTree): [string, SlowValues][] => [...tree].filter(([path]) => path !== '');

/** Keeps what is at least as large as the n-th largest; the rest of a parent's children is its "other". */
export function slowTruncate(tree: SlowTree, n: number): SlowTree {
  const totals = nodesOf(tree).map(([, { total }]) => total);
  return slowCut(tree, nthLargest(totals, n));
}

function nthLargest(values: readonly bigint[], n: number): bigint {
  if (values.length <= n) return 0n;
  return [...values].sort((a, b) => (a < b ? 1 : -1))[n - 1] ?? 0n;
}

function slowCut(tree: SlowTree, threshold: bigint): SlowTree {
  return foldSmall(tree, (path) => (tree.get(path)?.total ?? 0n) < threshold);
}

/** Paths of a diff are cut by the larger of both sides, and the root counts as a node. */
export function slowTruncatePair(left: SlowTree, right: SlowTree, n: number): readonly [SlowTree, SlowTree] {
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  const larger = (path: string): bigint => {
    const [a, b] = [left.get(path)?.total ?? 0n, right.get(path)?.total ?? 0n];
    return a > b ? a : b;
  };
  const threshold = nthLargest(paths.map(larger), n);
  const isSmall = (path: string): boolean => larger(path) < threshold;
  return [foldSmall(left, isSmall), foldSmall(right, isSmall)];
}

function foldSmall(tree: SlowTree, isSmall: (path: string) => boolean): SlowTree {
  const cut = new Map<string, { self: bigint; total: bigint }>();
  for (const [path, { self, total }] of tree) {
    const frames = path === '' ? [] : path.split(';');
    const small = frames.findIndex((_, i) => isSmall(frames.slice(0, i + 1).join(';')));
    // Below a small node nothing is told; the small node itself is its parent's "other", whole.
    if (small >= 0 && small < frames.length - 1) continue;
    const name = small < 0 ? path : [...frames.slice(0, small), 'other'].join(';');
    const node = cut.get(name) ?? { self: 0n, total: 0n };
    node.self += small < 0 ? self : total;
    node.total += total;
    cut.set(name, node);
  }
  return cut;
}

/** "path self/total", sorted. */
export const slowText = (tree: SlowTree): readonly string[] =>
  nodesOf(tree)
    .map(([path, { self, total }]) => `${path} ${self}/${total}`)
    .sort();
