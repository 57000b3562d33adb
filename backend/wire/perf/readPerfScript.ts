/**
 * Reads the text that `perf script` prints.
 *
 * Shape:  "# ..." lines, then samples: a header (readHeader.ts), its frames, leaf first (readFrame.ts), and a blank line. Every
 *         event of the file becomes a profile of its own (perfEvent.ts). The comm is a label of the samples; pid and thread_id
 *         too when asked for: each of their values makes a series. A location with a symbol has no address, so that the same
 *         function is one location; without one it keeps address and binary.
 * Units:  perf's times count from boot: they give the duration, not the time.
 * Errors: a line that fits nowhere is counted in leftOut. InputError invalid_argument with the line when no sample can be
 *         read, or when there are more than 64 events.
 * Source: reference agents-wire, chapter 5.
 */
import { InputError } from '../../errors.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import type { SampleLabel } from '../../model/profileBuilder.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import { decodeText } from '../folded/decodeText.ts';
import { LeftOutTally, quote } from '../folded/leftOutTally.ts';
import { TextLines } from '../folded/textLines.ts';
import { nanosPerSecond } from '../ingest/textProfileType.ts';
import { PerfEvent } from './perfEvent.ts';
import type { PerfHead } from './perfEvent.ts';
import { PerfStacks } from './perfStacks.ts';
import { isSourceLine } from './readFrame.ts';
import type { PerfHeader } from './readHeader.ts';
import { readHeader } from './readHeader.ts';

export interface PerfOptions extends PerfHead {
  /** Which process labels samples get besides the comm. */
  readonly processLabels: readonly ('pid' | 'thread_id')[];
}

const mostEvents = 64;
const wholeFrame = /^[0-9a-fA-F]{4,16} .*\)$/;

export function readPerfScript(bytes: Uint8Array, options: PerfOptions, limits: TextLimits): WireReading {
  const reading = new PerfReading(options, limits);
  const lines = new TextLines(decodeText(bytes, 'perf', limits));
  while (lines.next()) reading.addLine(lines.line, lines.number);
  return reading.finish();
}

class PerfReading {
  private readonly options: PerfOptions;
  private readonly limits: TextLimits;
  private readonly tables = new TableBuilder();
  private readonly stacks = new PerfStacks(this.tables);
  private readonly events = new Map<string, PerfEvent>();
  private readonly labelSets = new Map<string, readonly SampleLabel[]>();
  private readonly leftOut = new LeftOutTally();
  private firstWrongLine: string | undefined;
  private header: PerfHeader | undefined;
  private headerLine = 0;
  /** Numbers of `stacks`. */
  private frames: number[] = [];
  /** The rest of the header looks like the only frame: the next line says whether it is. */
  private isOneLine = false;
  private firstNanos: bigint | undefined;
  private lastNanos = 0n;

  constructor(options: PerfOptions, limits: TextLimits) {
    this.options = options;
    this.limits = limits;
  }

  addLine(line: string, number: number): void {
    const text = line.trim();
    if (text === '') return this.endSample();
    if (line.startsWith('#')) return;
    const isIndented = line.startsWith('\t') || line.startsWith(' ');
    if (isIndented && this.header !== undefined && !this.isOneLine) return this.addFrame(text, number);
    const header = readHeader(line);
    if (isIndented && this.isOneLine && header?.event === undefined) return this.addFrame(text, number);
    this.endSample();
    if (header !== undefined) this.startSample(header, number);
    else if (!line.includes(' PERF_RECORD_')) this.leaveOut(number, line);
  }

  finish(): WireReading {
    this.endSample();
    if (this.events.size === 0 && this.firstWrongLine !== undefined)
      throw new InputError('invalid_argument', this.firstWrongLine, 'malformed_profile');
    const tables = this.tables.finish();
    const spanNanos = this.firstNanos === undefined ? 0n : this.lastNanos - this.firstNanos;
    const durationNanos = this.options.durationNanos > 0n ? this.options.durationNanos : spanNanos;
    return {
      profiles: Array.from(this.events.values(), (event) => event.finish(tables, this.options, durationNanos)),
      leftOut: this.leftOut.finish(),
      revision: 'perf script',
    };
  }

  private startSample(header: PerfHeader, number: number): void {
    this.header = header;
    this.headerLine = number;
    // Without a recorded stack perf prints address, symbol and binary behind the header.
    const frame = wholeFrame.test(header.rest) ? this.stacks.frame(header.rest) : -1;
    this.isOneLine = frame >= 0;
    if (frame >= 0) this.frames.push(frame);
  }

  private addFrame(text: string, number: number): void {
    // A stack follows, so the rest of the header was a tracepoint's text.
    if (this.isOneLine) this.frames = [];
    this.isOneLine = false;
    const frame = this.stacks.frame(text);
    if (frame >= 0) {
      this.frames.push(frame);
      return;
    }
    const above = this.frames.pop() ?? -1;
    const sourced = isSourceLine(text) ? this.stacks.withSource(above, text) : -1;
    if (sourced < 0) this.leaveOut(number, text);
    const kept = sourced >= 0 ? sourced : above;
    if (kept >= 0) this.frames.push(kept);
  }

  private endSample(): void {
    const { header, frames } = this;
    if (header === undefined) return;
    this.header = undefined;
    this.isOneLine = false;
    this.frames = [];
    // A line with neither event nor stack was no header.
    if (header.event === undefined && frames.length === 0) return this.leaveOut(this.headerLine, header.comm);
    this.noteTime(header.secondsText);
    const locations = this.stacks.locationsOf(frames);
    const { key, labels } = this.labelsOf(header);
    this.eventOf(header.event ?? 'samples').add(`${key}|${locations.join()}`, header.period, () => ({
      locations,
      labels,
    }));
  }

  private labelsOf({ comm, pid, tid }: PerfHeader): { readonly key: string; readonly labels: readonly SampleLabel[] } {
    const { processLabels } = this.options;
    const ownPid = processLabels.includes('pid') ? pid : undefined;
    const ownTid = processLabels.includes('thread_id') ? tid : undefined;
    const key = `${ownPid ?? ''}/${ownTid ?? ''} ${comm}`;
    let labels = this.labelSets.get(key);
    if (labels === undefined) {
      const label = (name: string, text: string | undefined): readonly SampleLabel[] =>
        text === undefined ? [] : [[this.tables.string(name), this.tables.string(text)]];
      labels = [...label('comm', comm), ...label('pid', ownPid), ...label('thread_id', ownTid)];
      this.labelSets.set(key, labels);
    }
    return { key, labels };
  }

  private eventOf(name: string): PerfEvent {
    let event = this.events.get(name);
    if (event !== undefined) return event;
    if (this.events.size >= mostEvents) {
      const message = `perf, line ${this.headerLine}: more than ${mostEvents} events`;
      throw new InputError('invalid_argument', message, 'malformed_profile');
    }
    event = new PerfEvent(name, this.limits);
    this.events.set(name, event);
    return event;
  }

  private noteTime(secondsText: string | undefined): void {
    if (secondsText === undefined) return;
    const [seconds = '0', decimals = ''] = secondsText.split('.');
    const nanos = BigInt(seconds) * nanosPerSecond + BigInt(decimals.padEnd(9, '0'));
    this.firstNanos = this.firstNanos === undefined || nanos < this.firstNanos ? nanos : this.firstNanos;
    if (nanos > this.lastNanos) this.lastNanos = nanos;
  }

  private leaveOut(number: number, line: string): void {
    this.firstWrongLine ??= `perf, line ${number}: expected "comm pid time: event:", got ${quote(line)}`;
    this.leftOut.add('malformed_profile', () => `perf, line ${number}: neither a sample nor a frame: ${quote(line)}`);
  }
}
