/**
 * Drops the type parameters out of Go's names of generic functions: `slices.Sort[go.shape.[]string,go.shape.string]` is
 * `slices.Sort`, one function whatever it was compiled for.
 *
 * Shape:  from the first "[go.shape." to the last "]" of a name. The short "[...]" that Go writes elsewhere stays, as it does
 *         in Pyroscope.
 * Source: reference pyroscope-api 3.7, 6.
 */
import type { FunctionColumns, StackTable, StringTable } from '../model/stackTable.ts';

const opening = Buffer.from('[go.shape.');
const closing = ']'.charCodeAt(0);

type Names = Pick<StackTable, 'strings' | 'functions'>;

/** The same tables when there is nothing to drop. */
export function dropTypeParameters({ strings, functions }: Names): Names {
  if (!bufferOf(strings.bytes).includes(opening)) return { strings, functions };
  const names = new ShortNames(strings);
  const name = functions.name.map((string) => names.shorten(string));
  const systemName = functions.systemName.map((string) => names.shorten(string));
  const shortened: FunctionColumns = { ...functions, name, systemName };
  return { strings: names.finish(), functions: shortened };
}

/** What is cut stays two pieces of the old bytes; they are joined once, at the end. */
class ShortNames {
  private readonly strings: StringTable;
  private readonly bytes: Buffer;
  private readonly known = new Map<number, number>();
  private readonly added: Buffer[] = [];

  constructor(strings: StringTable) {
    this.strings = strings;
    this.bytes = bufferOf(strings.bytes);
  }

  shorten(string: number): number {
    let short = this.known.get(string);
    if (short === undefined) {
      short = this.cut(string);
      this.known.set(string, short);
    }
    return short;
  }

  finish(): StringTable {
    const { strings, added } = this;
    const count = strings.starts.length;
    const starts = new Uint32Array(count + added.length);
    const ends = new Uint32Array(count + added.length);
    starts.set(strings.starts);
    ends.set(strings.ends);
    let at = this.bytes.length;
    added.forEach((text, i) => {
      starts[count + i] = at;
      ends[count + i] = at += text.length;
    });
    return { bytes: new Uint8Array(Buffer.concat([this.bytes, ...added])), starts, ends };
  }

  private cut(string: number): number {
    const { strings } = this;
    const text = this.bytes.subarray(strings.starts[string], strings.ends[string]);
    const from = text.indexOf(opening);
    if (from < 0) return string;
    const to = text.lastIndexOf(closing);
    if (to < from) return string;
    this.added.push(Buffer.concat([text.subarray(0, from), text.subarray(to + 1)]));
    return strings.starts.length + this.added.length - 1;
  }
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);
