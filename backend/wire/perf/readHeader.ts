/**
 * Reads the line that opens a sample in the output of perf script.
 *
 * Shape:  comm pid[/tid] [cpu] sec.usec: period event[:modifiers]: rest. All after the pid may be missing, as fields are chosen
 *         with -F. The comm may hold blanks and numbers ("Web Content", "pool 7"): the first number after which the rest of
 *         the line makes sense is the pid. `rest` is what a tracepoint printed, or the only frame of a sample without stack.
 * Units:  secondsText as printed: seconds since boot with six or nine decimals.
 * Source: reference agents-wire, chapter 5; perf-script(1).
 */
export interface PerfHeader {
  readonly comm: string;
  /** perf prints the thread alone unless both are asked for: a single number is a thread. */
  readonly pid: string | undefined;
  readonly tid: string;
  readonly secondsText: string | undefined;
  readonly period: bigint | undefined;
  /** Without modifiers; undefined when the line names no event. */
  readonly event: string | undefined;
  readonly rest: string;
}

/** Linux keeps 15 bytes of a thread's name; some kernels pad or extend those of workers. */
const longestComm = 80;

const idPattern = /[ \t]+(-?\d{1,10})(?:\/(-?\d{1,10}))?(?=[ \t]|$)/y;
const cpuPattern = /[ \t]*\[\d{1,6}\](?=[ \t]|$)/y;
const timePattern = /[ \t]+(\d{1,12}\.\d{1,9}):(?=[ \t]|$)/y;
const periodPattern = /[ \t]+(\d{1,19})(?=[ \t])/y;
const eventPattern = /[ \t]+([^ \t]{1,256}):(?=[ \t]|$)/y;
const modifiers = /[:/][ukhIGHpPSDWebR]{1,10}$/;

export function readHeader(line: string): PerfHeader | undefined {
  const start = blanksEnd(line, 0);
  const last = Math.min(line.length, start + longestComm);
  let plain: PerfHeader | undefined;
  for (let at = start + 1; at < last; at++) {
    if (!isBlank(line.charCodeAt(at)) || isBlank(line.charCodeAt(at - 1))) continue;
    const header = readFrom(line, start, at);
    if (header?.event !== undefined) return header;
    plain ??= header;
  }
  return plain;
}

function readFrom(line: string, commStart: number, commEnd: number): PerfHeader | undefined {
  const cursor = new LineCursor(line, commEnd);
  const ids = cursor.take(idPattern);
  if (ids === undefined) return undefined;
  const [, first = '', second] = ids;
  const cpu = cursor.take(cpuPattern);
  const seconds = cursor.take(timePattern);
  const period = cursor.take(periodPattern);
  const event = cursor.take(eventPattern)?.[1];
  const named = event !== undefined && /[a-zA-Z]/.test(event) ? withoutModifiers(event) : undefined;
  if (named === undefined && (event !== undefined || period !== undefined || !cursor.isAtEnd())) return undefined;
  if (named === undefined && cpu === undefined && seconds === undefined && second === undefined) return undefined;
  return {
    comm: line.slice(commStart, commEnd),
    pid: second === undefined ? undefined : first,
    tid: second ?? first,
    secondsText: seconds?.[1],
    period: period?.[1] === undefined ? undefined : BigInt(period[1]),
    event: named,
    rest: cursor.rest(),
  };
}

class LineCursor {
  private readonly line: string;
  private at: number;

  constructor(line: string, at: number) {
    this.line = line;
    this.at = at;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.line) ?? undefined;
    if (found !== undefined) this.at += found[0].length;
    return found;
  }

  rest(): string {
    return this.line.slice(blanksEnd(this.line, this.at)).trimEnd();
  }

  isAtEnd(): boolean {
    return blanksEnd(this.line, this.at) === this.line.length;
  }
}

/** cycles:u -> cycles, cpu_core/cycles/P -> cpu_core/cycles; a tracepoint's own colon stays. */
const withoutModifiers = (event: string): string => event.replace(modifiers, '').replace(/\/$/, '');

function blanksEnd(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at;
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
