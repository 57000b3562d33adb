/**
 * The way from the root to the node that is being read, as frames.
 *
 * Shape:  enter and leave follow the walk; stack() is the locations of the node, the leaf first. A node of a tree is a frame. The
 *         pieces of a trie may break anywhere: inside of a frame, even of a UTF-8 character.
 * Errors: InputError invalid_argument when names written out in full pass a bound: short pieces under a long one would
 *         otherwise make gigabytes of a small body.
 */
import { InputError } from '../../errors.ts';
import type { TableBuilder } from '../../model/profileBuilder.ts';

export interface NodePath {
  /** `at` is the byte where the name stands. */
  enter(name: Uint8Array, at: number): void;
  leave(): void;
  /** Of the frames nearest to the root, not more than `depth`. */
  stack(depth: number): readonly number[];
}

const longestExpansion = 64 * 2 ** 20;

export class TreePath implements NodePath {
  private readonly names: FrameNames;
  private readonly frames: number[] = [];
  /** Whether each node of the path is a frame: the root is none, nor is a node without a name. */
  private readonly isFrame: boolean[] = [];

  constructor(tables: TableBuilder) {
    this.names = new FrameNames(tables, 'tree');
  }

  enter(name: Uint8Array, at: number): void {
    const frame = this.names.locationOf(Buffer.from(name).toString('latin1'), at);
    this.isFrame.push(frame >= 0);
    if (frame >= 0) this.frames.push(frame);
  }

  leave(): void {
    if (this.isFrame.pop() === true) this.frames.pop();
  }

  stack(depth: number): readonly number[] {
    return this.frames.slice(0, depth).reverse();
  }
}

export class TriePath implements NodePath {
  private readonly names: FrameNames;
  private readonly frames: number[] = [];
  /** Where the frames and the open frame stood before each node of the path. */
  private readonly before: (readonly [frames: number, open: string])[] = [];
  /** Bytes of the frame that no ";" has closed yet, one a character. */
  private open = '';
  private at = 0;

  constructor(tables: TableBuilder) {
    this.names = new FrameNames(tables, 'trie');
  }

  enter(name: Uint8Array, at: number): void {
    this.before.push([this.frames.length, this.open]);
    this.at = at;
    const pieces = Buffer.from(name).toString('latin1').split(';');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      const frame = this.names.locationOf(this.open + piece, at);
      if (frame >= 0) this.frames.push(frame);
      this.open = '';
    }
    this.open += last;
  }

  leave(): void {
    const [frames, open] = this.before.pop() ?? [0, ''];
    this.frames.length = frames;
    this.open = open;
  }

  stack(depth: number): readonly number[] {
    const frames = this.frames.slice(0, depth);
    const leaf = frames.length < depth ? this.names.locationOf(this.open, this.at) : -1;
    if (leaf >= 0) frames.push(leaf);
    return frames.reverse();
  }
}

/** Locations by the bytes of their name, one a character; -1 for the empty name. */
class FrameNames {
  private readonly tables: TableBuilder;
  private readonly format: string;
  private readonly known = new Map<string, number>();
  private expandedBytes = 0;

  constructor(tables: TableBuilder, format: string) {
    this.tables = tables;
    this.format = format;
  }

  locationOf(bytes: string, at: number): number {
    if (bytes === '') return -1;
    this.expandedBytes += bytes.length;
    if (this.expandedBytes > longestExpansion) {
      const message = `${this.format}, byte ${at}: names add up to more than ${longestExpansion} bytes`;
      throw new InputError('invalid_argument', message, 'profile_size_limit');
    }
    let location = this.known.get(bytes);
    if (location === undefined) {
      location = this.tables.location([{ name: Buffer.from(bytes, 'latin1').toString('utf8') }]);
      this.known.set(bytes, location);
    }
    return location;
  }
}
