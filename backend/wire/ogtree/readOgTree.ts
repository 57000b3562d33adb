/**
 * Reads the two binary forms that SDKs and agents of Pyroscope before 1.0 push: tree and trie.
 *
 * Shape:  both are nodes in pre-order, each: varint length of the name, the name, varint value, varint number of children. In
 *         a tree a node is a frame and the root's name is empty. In a trie a node holds a piece of the key "main;work;read".
 * Units:  a value is what stopped at the node itself: a count, which the head's type turns into a value.
 * Errors: InputError invalid_argument with the byte. Frames past the stack depth limit are cut at the leaf side.
 * Source: reference pyroscope-api 3.10; the formats as pyroscope-io/pyroscope 0.x wrote them (transporttrie, tree).
 */
import { InputError } from '../../errors.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import { billionth, foldedProfile } from '../folded/foldedProfile.ts';
import { StackSums } from '../folded/stackSums.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import { ProtoCursor } from '../protoCursor.ts';
import type { NodePath } from './nodePath.ts';
import { TreePath, TriePath } from './nodePath.ts';

export const readOgTree = (bytes: Uint8Array, head: TypedReadingHead, limits: TextLimits): WireReading =>
  readNodes('tree', bytes, head, limits, (tables) => new TreePath(tables));

export const readOgTrie = (bytes: Uint8Array, head: TypedReadingHead, limits: TextLimits): WireReading =>
  readNodes('trie', bytes, head, limits, (tables) => new TriePath(tables));

function readNodes(
  format: string,
  bytes: Uint8Array,
  head: TypedReadingHead,
  limits: TextLimits,
  makePath: (tables: TableBuilder) => NodePath,
): WireReading {
  if (bytes.length > limits.bodyBytes)
    throw new InputError('invalid_argument', `${format}: longer than ${limits.bodyBytes} bytes`, 'profile_size_limit');
  const tables = new TableBuilder();
  const path = makePath(tables);
  const sums = new StackSums(format, limits);
  const cursor = new ProtoCursor(bytes, format);
  /** Children still to come, of each node on the path. */
  const pending: number[] = [];
  do {
    const nodeAt = cursor.at;
    path.enter(readName(cursor), cursor.start);
    cursor.varint();
    const value = cursor.uint64();
    if (value > 0n) {
      const locations = (): readonly number[] => path.stack(limits.stackDepth);
      sums.add(`${nodeAt}`, value * billionth, () => ({ locations: locations(), labels: [] }));
    }
    cursor.varint();
    pending.push(cursor.index());
    while (pending.length > 0 && pending.at(-1) === 0) {
      pending.pop();
      path.leave();
    }
    const last = pending.length - 1;
    if (last >= 0) pending[last] = (pending[last] ?? 0) - 1;
  } while (pending.length > 0);
  if (cursor.at < bytes.length)
    throw cursor.malformed(cursor.at, `${bytes.length - cursor.at} bytes follow the last node`);
  const profile = foldedProfile(sums, tables.finish(), head);
  return { profiles: sums.size > 0 ? [profile] : [], leftOut: [], revision: format };
}

function readName(cursor: ProtoCursor): Uint8Array {
  const at = cursor.at;
  cursor.varint();
  const length = cursor.index();
  cursor.start = cursor.at;
  if (length > cursor.end - cursor.at) throw cursor.malformed(at, 'name is longer than what follows');
  cursor.at += length;
  return cursor.bytes.subarray(cursor.start, cursor.at);
}
