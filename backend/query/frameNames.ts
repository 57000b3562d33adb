/**
 * What the frames of a stack table are called, once per location: text becomes a dense name index, so that trees are
 * built from numbers alone.
 *
 * Shape:  frames of location i are frames[start[i] .. start[i + 1]), the caller before its inlined callees.
 */
import type { StackTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { rootName } from '../model/callTree.ts';

export interface FrameNames {
  /** names[0] is the root's; a function may be called so too and then shares it. */
  readonly names: readonly string[];
  readonly start: Uint32Array;
  readonly frames: Uint32Array;
}

export function nameFrames(stacks: StackTable): FrameNames {
  const { functions, locations } = stacks;
  const names = [rootName];
  const indexOf = new Map([[rootName, 0]]);
  const intern = (text: string): number => {
    const known = indexOf.get(text);
    if (known !== undefined) return known;
    indexOf.set(text, names.length);
    return names.push(text) - 1;
  };
  const ofFunction = new Int32Array(functions.count).fill(-1);
  const nameOf = (fn: number): number => {
    const known = ofFunction[fn] ?? -1;
    if (known >= 0) return known;
    return (ofFunction[fn] = intern(textAt(stacks.strings, functions.name[fn] ?? 0)));
  };

  const start = new Uint32Array(locations.count + 1);
  const frames = new Uint32Array((locations.lineStart[locations.count] ?? 0) + locations.count);
  let at = 0;
  for (let location = 0; location < locations.count; location++) {
    const first = locations.lineStart[location] ?? 0;
    const end = locations.lineStart[location + 1] ?? 0;
    if (first === end) frames[at++] = intern(unsymbolisedName(stacks, location));
    for (let line = end - 1; line >= first; line--) frames[at++] = nameOf(locations.lineFunction[line] ?? 0);
    start[location + 1] = at;
  }
  return { names, start, frames: frames.subarray(0, at) };
}

/** binary!0xaddress, so that a frame without symbols is seen and counted. */
export function unsymbolisedName(
  stacks: Pick<StackTable, 'mappings' | 'locations' | 'strings'>,
  location: number,
): string {
  const { mappings, locations, strings } = stacks;
  const mapping = locations.mapping[location] ?? 0;
  const file = textAt(strings, mappings.file[mapping] ?? 0);
  const address = locations.address[location] ?? 0n;
  if (file === '' && address === 0n) return '[unknown]';
  const binary = file.slice(file.lastIndexOf('/') + 1) || textAt(strings, mappings.buildId[mapping] ?? 0) || 'unknown';
  return `${binary}!0x${address.toString(16)}`;
}
