/**
 * Writes a call tree as the bytes of PROFILE_FORMAT_TREE.
 *
 * Shape:  depth first, the last child first, each node uvarint(length of name), name, uvarint(self), uvarint(number of
 *         children); it begins with a root without name and self. An empty tree is no bytes.
 * Source: reference pyroscope-api 2.3, worked example there.
 */
import type { CallTree } from '../../model/callTree.ts';
import { sortChildren } from '../../model/callTree.ts';

export function writeTree(tree: CallTree): Uint8Array {
  if (tree.count === 1) return new Uint8Array(0);
  const children = sortChildren(tree);
  const nameBytes = tree.names.map((name) => Buffer.from(name));
  const parts: Uint8Array[] = [];
  const pending = [0];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const name = node === 0 ? Buffer.alloc(0) : (nameBytes[tree.name[node] ?? 0] ?? Buffer.alloc(0));
    const start = children.start[node] ?? 0;
    const end = children.start[node + 1] ?? 0;
    parts.push(uvarint(BigInt(name.length)), name, uvarint(tree.self[node] ?? 0n), uvarint(BigInt(end - start)));
    for (let i = start; i < end; i++) pending.push(children.child[i] ?? 0);
  }
  return Buffer.concat(parts);
}

function uvarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
