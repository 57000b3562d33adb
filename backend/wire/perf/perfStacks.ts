/**
 * Turns the texts of frames into locations. The same texts come again and again, so each is read once and has a number then.
 *
 * Shape:  frames leaf first -> locations leaf first. Lines of inlined calls join the frame that follows them.
 */
import type { FunctionLine, TableBuilder } from '../../model/profileBuilder.ts';
import type { PerfFrame } from './readFrame.ts';
import { mostInlined, readFrame } from './readFrame.ts';

export class PerfStacks {
  private readonly tables: TableBuilder;
  private readonly numbers = new Map<string, number>();
  /** By number. */
  private readonly texts: string[] = [];
  private readonly frames: PerfFrame[] = [];
  /** By number, as a location of its own; -1 until it is needed. */
  private readonly locations: number[] = [];

  constructor(tables: TableBuilder) {
    this.tables = tables;
  }

  /** Its number; -1 for text that is no frame. */
  frame(text: string): number {
    const known = this.numbers.get(text);
    return known ?? this.add(text, text, undefined);
  }

  /** The same frame with the line of source that stood below it; -1 when it has one already. */
  withSource(frame: number, source: string): number {
    const text = this.texts[frame];
    if (text === undefined || text.includes('\n')) return -1;
    const key = `${text}\n${source}`;
    return this.numbers.get(key) ?? this.add(key, text, source);
  }

  locationsOf(numbers: readonly number[]): readonly number[] {
    const locations: number[] = [];
    let inlined: FunctionLine[] = [];
    for (const number of numbers) {
      const known = this.locations[number] ?? -1;
      const frame = this.frames[number];
      if (known >= 0 && inlined.length === 0) locations.push(known);
      else if (frame?.isInlined === true) {
        if (inlined.length < mostInlined) inlined.push(...frame.lines);
      } else if (frame !== undefined) {
        const location = this.make(frame, inlined);
        if (inlined.length === 0) this.locations[number] = location;
        locations.push(location);
        inlined = [];
      }
    }
    if (inlined.length > 0) locations.push(this.tables.location(inlined));
    return locations;
  }

  private add(key: string, text: string, source: string | undefined): number {
    const frame = readFrame(text, source);
    if (frame === undefined) return -1;
    const number = this.frames.push(frame) - 1;
    this.texts.push(key);
    this.locations.push(-1);
    this.numbers.set(key, number);
    return number;
  }

  private make({ binary, lines, address }: PerfFrame, inlined: readonly FunctionLine[]): number {
    const mapping = this.tables.mapping({ file: binary, buildId: '', start: 0n, limit: 0n, offset: 0n });
    const all = [...inlined, ...lines];
    return this.tables.location(all, mapping, all.length > 0 ? 0n : address);
  }
}
