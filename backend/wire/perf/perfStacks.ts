/**
 * Turns the texts of frames into locations. The same texts come again and again, so each is read once.
 *
 * Shape:  texts leaf first -> locations leaf first. Lines of inlined calls join the frame that follows them; "\n" in a text
 *         separates a line of source from its frame.
 */
import type { FunctionLine, TableBuilder } from '../../model/profileBuilder.ts';
import type { PerfFrame } from './readFrame.ts';
import { readFrame } from './readFrame.ts';

interface KnownFrame extends PerfFrame {
  readonly mapping: number;
  /** As a location of its own; -1 for an inlined call. */
  readonly location: number;
}

export class PerfStacks {
  private readonly tables: TableBuilder;
  private readonly known = new Map<string, KnownFrame | undefined>();

  constructor(tables: TableBuilder) {
    this.tables = tables;
  }

  isFrame(text: string): boolean {
    return this.frameOf(text) !== undefined;
  }

  /** Address, symbol and binary: what perf prints behind a header when no stack was recorded. */
  isWholeFrame(text: string): boolean {
    return /^[0-9a-fA-F]{4,16} .*\)$/.test(text) && this.isFrame(text);
  }

  locationsOf(texts: readonly string[]): readonly number[] {
    const locations: number[] = [];
    let inlined: FunctionLine[] = [];
    for (const text of texts) {
      const frame = this.frameOf(text);
      if (frame === undefined) continue;
      if (frame.isInlined) inlined.push(...frame.lines);
      else if (inlined.length === 0) locations.push(frame.location);
      else {
        locations.push(this.tables.location([...inlined, ...frame.lines], frame.mapping));
        inlined = [];
      }
    }
    if (inlined.length > 0) locations.push(this.tables.location(inlined));
    return locations;
  }

  private frameOf(text: string): KnownFrame | undefined {
    const known = this.known.get(text);
    if (known !== undefined || this.known.has(text)) return known;
    const newline = text.indexOf('\n');
    const frame = newline < 0 ? readFrame(text, undefined) : readFrame(text.slice(0, newline), text.slice(newline + 1));
    const made = frame === undefined ? undefined : this.make(frame);
    this.known.set(text, made);
    return made;
  }

  private make(frame: PerfFrame): KnownFrame {
    const { binary, lines, address, isInlined } = frame;
    if (isInlined) return { ...frame, mapping: 0, location: -1 };
    const mapping = this.tables.mapping({ file: binary, buildId: '', start: 0n, limit: 0n, offset: 0n });
    return { ...frame, mapping, location: this.tables.location(lines, mapping, lines.length > 0 ? 0n : address) };
  }
}
