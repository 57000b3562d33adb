/**
 * Reads the maps that bpftrace prints when it ends: stacks with counts.
 *
 * Shape:  @name[key, key]: count, where a stack among the keys takes a line for each frame, leaf first:
 *             @[
 *                 do_syscall_64+90
 *             ,
 *                 main+12
 *             , sleep]: 3
 *         Stacks of one key are joined in the order of printing, so [kstack, ustack, comm] has the kernel at the leaf. Other keys
 *         have no name in the output: they become frames at the root, in their order. With -f json each map is a line
 *         {"type":"map","data":{"@":{"<key>":count}}} whose keys read the same. Each named map becomes a profile of its own
 *         with the label map.
 * Units:  counts, which the head's type turns into values.
 * Errors: what is no count by stack (other maps, histograms) is counted in leftOut. InputError invalid_argument with the line
 *         when there is no map with a stack at all, or a key does not end.
 * Source: reference agents-wire, chapter 5; bpftrace's manual, "Maps" and "Stack output".
 */
import { InputError } from '../../errors.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import { decodeText } from '../folded/decodeText.ts';
import { readCount } from '../folded/foldedLine.ts';
import { foldedProfile } from '../folded/foldedProfile.ts';
import { LeftOutTally, quote } from '../folded/leftOutTally.ts';
import { StackSums } from '../folded/stackSums.ts';
import { TextLines } from '../folded/textLines.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import { readMapFrame } from './mapFrame.ts';
import { readMapKey } from './mapKey.ts';
import { readJsonLine } from './jsonLine.ts';

const mostMaps = 64;

export function readBpftrace(bytes: Uint8Array, head: TypedReadingHead, limits: TextLimits): WireReading {
  const lines = new TextLines(decodeText(bytes, 'bpftrace', limits));
  const reading = new MapsReading(limits);
  while (lines.next()) {
    const { line, number } = lines;
    if (line.startsWith('{')) {
      for (const { map, key, count } of readJsonLine(line, number)) reading.add(map, key, count, number);
    } else if (line.startsWith('@')) readEntry(lines, reading);
  }
  return reading.finish(head, lines.number);
}

const mapName = /^@([A-Za-z0-9_]{0,128})\[/;

/** From the line with the "[" to the one with "]: count". */
function readEntry(lines: TextLines, reading: MapsReading): void {
  const { number, line } = lines;
  const opening = mapName.exec(line);
  if (opening === null) return reading.leaveOut(number, line);
  const parts: string[] = [];
  let text = line.slice(opening[0].length);
  for (;;) {
    // A frame is indented, so a line that closes the key begins with what joins keys, or with the key itself.
    const close = parts.length === 0 || !/^[ \t]/.test(text) ? text.lastIndexOf(']: ') : -1;
    if (close >= 0) {
      parts.push(text.slice(0, close));
      return reading.add(opening[1] ?? '', parts.join('\n'), text.slice(close + 3).trim(), number);
    }
    parts.push(text);
    if (!lines.next()) {
      const message = `bpftrace, line ${number}: the key has no end: ${quote(line)}`;
      throw new InputError('invalid_argument', message, 'malformed_profile');
    }
    text = lines.line;
  }
}

class MapsReading {
  private readonly limits: TextLimits;
  private readonly tables = new TableBuilder();
  private readonly maps = new Map<string, StackSums>();
  private readonly locations = new Map<string, number>();
  private readonly leftOut = new LeftOutTally();

  constructor(limits: TextLimits) {
    this.limits = limits;
  }

  add(map: string, keyText: string, countText: string, number: number): void {
    if (countText.startsWith('-')) {
      this.leftOut.add('negative_value', () => `bpftrace, line ${number}: negative count ${quote(countText)}`);
      return;
    }
    const count = readCount(countText);
    const { frames, scalars, hasStack } = readMapKey(keyText);
    if (count === undefined || !hasStack) return this.leaveOut(number, `@${map}[${keyText}]: ${countText}`);
    if (count === 0n) return;
    const stack = (): readonly number[] => [
      ...frames.map((frame) => this.location(frame, true)),
      ...scalars.toReversed().map((scalar) => this.location(scalar, false)),
    ];
    this.sumsOf(map, number).add(keyText, count, () => ({ locations: stack(), labels: [] }));
  }

  leaveOut(number: number, line: string): void {
    this.leftOut.add('malformed_profile', () => `bpftrace, line ${number}: no count of a stack: ${quote(line)}`);
  }

  finish(head: TypedReadingHead, lineCount: number): WireReading {
    if (this.maps.size === 0) {
      const left = this.leftOut.finish()[0]?.message ?? `bpftrace, line ${lineCount}: no map that counts stacks`;
      throw new InputError('invalid_argument', left, 'malformed_profile');
    }
    const tables = this.tables.finish();
    const profiles = Array.from(this.maps, ([name, sums]) =>
      foldedProfile(sums, tables, head, ...(name === '' ? [] : [{ name: 'map', value: name }])),
    );
    return { profiles, leftOut: this.leftOut.finish(), revision: 'bpftrace' };
  }

  private sumsOf(map: string, number: number): StackSums {
    let sums = this.maps.get(map);
    if (sums !== undefined) return sums;
    if (this.maps.size >= mostMaps) {
      const message = `bpftrace, line ${number}: more than ${mostMaps} maps`;
      throw new InputError('invalid_argument', message, 'malformed_profile');
    }
    sums = new StackSums('bpftrace', this.limits);
    this.maps.set(map, sums);
    return sums;
  }

  private location(text: string, isFrame: boolean): number {
    const known = this.locations.get(`${isFrame ? 'f' : 's'}${text}`);
    if (known !== undefined) return known;
    const { name, binary, address } = isFrame ? readMapFrame(text) : { name: text, binary: '', address: 0n };
    const mapping = this.tables.mapping({ file: binary, buildId: '', start: 0n, limit: 0n, offset: 0n });
    const location = this.tables.location(name === '' ? [] : [{ name }], mapping, name === '' ? address : 0n);
    this.locations.set(`${isFrame ? 'f' : 's'}${text}`, location);
    return location;
  }
}
