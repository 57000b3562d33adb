/**
 * Turns the texts of frames into locations. The same texts come again and again, so each is read once.
 *
 * Shape:  texts leaf first -> locations leaf first. Lines of inlined calls join the frame that follows them; "\n" in a text
 *         separates a line of source from its frame.
 */
import type { FunctionLine, TableBuilder } from '../../model/profileBuilder.ts';
import type { PerfFrame } from './readFrame.ts';
import { readFrame } from './readFrame.ts';

export class PerfStacks {
  private readonly tables: TableBuilder;
  private readonly frames = new Map<string, PerfFrame | undefined>();
  private readonly locations = new Map<string, number>();

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
      const known = inlined.length === 0 ? this.locations.get(text) : undefined;
      if (known !== undefined) {
        locations.push(known);
        continue;
      }
      const frame = this.frameOf(text);
      if (frame === undefined) continue;
      if (frame.isInlined) {
        inlined.push(...frame.lines);
        continue;
      }
      const location = this.make(frame, inlined);
      if (inlined.length === 0) this.locations.set(text, location);
      locations.push(location);
      inlined = [];
    }
    if (inlined.length > 0) locations.push(this.tables.location(inlined));
    return locations;
  }

  private frameOf(text: string): PerfFrame | undefined {
    const known = this.frames.get(text);
    if (known !== undefined || this.frames.has(text)) return known;
    const newline = text.indexOf('\n');
    const frame = newline < 0 ? readFrame(text, undefined) : readFrame(text.slice(0, newline), text.slice(newline + 1));
    this.frames.set(text, frame);
    return frame;
  }

  private make({ binary, lines, address }: PerfFrame, inlined: readonly FunctionLine[]): number {
    const mapping = this.tables.mapping({ file: binary, buildId: '', start: 0n, limit: 0n, offset: 0n });
    const all = [...inlined, ...lines];
    return this.tables.location(all, mapping, all.length > 0 ? 0n : address);
  }
}
