/**
 * Writes small recordings for tests: chunks with metadata, constants and events, as async-profiler lays them out.
 *
 * Shape:  stacks are drawn root first, "A.main;B.work:12", by the key that events name them with.
 */

/** Fields of each class, in order: name, class, and "constant" or "array" where it is one. */
type TestField = readonly [name: string, className: string, as?: 'constant' | 'array'];

const sampleFields: readonly TestField[] = [
  ['startTime', 'long'],
  ['eventThread', 'java.lang.Thread', 'constant'],
  ['stackTrace', 'jdk.types.StackTrace', 'constant'],
];
const contextFields: readonly TestField[] = [
  ['contextId', 'long'],
  ['spanId', 'long'],
  ['spanName', 'long'],
];

export const testClasses: Readonly<Record<string, readonly TestField[]>> = {
  boolean: [],
  byte: [],
  char: [],
  short: [],
  int: [],
  long: [],
  float: [],
  double: [],
  'java.lang.String': [],
  'java.lang.Thread': [
    ['osName', 'java.lang.String'],
    ['osThreadId', 'long'],
  ],
  'java.lang.Class': [
    ['classLoader', 'jdk.types.ClassLoader', 'constant'],
    ['name', 'jdk.types.Symbol', 'constant'],
    ['modifiers', 'int'],
  ],
  'jdk.types.ClassLoader': [['type', 'java.lang.Class', 'constant']],
  'jdk.types.Symbol': [['string', 'java.lang.String']],
  'jdk.types.ThreadState': [['name', 'java.lang.String']],
  'jdk.types.Method': [
    ['type', 'java.lang.Class', 'constant'],
    ['name', 'jdk.types.Symbol', 'constant'],
    ['modifiers', 'int'],
    ['hidden', 'boolean'],
  ],
  'jdk.types.StackFrame': [
    ['method', 'jdk.types.Method', 'constant'],
    ['lineNumber', 'int'],
    ['bytecodeIndex', 'int'],
    ['type', 'jdk.types.FrameType', 'constant'],
  ],
  'jdk.types.FrameType': [['description', 'java.lang.String']],
  'jdk.types.StackTrace': [
    ['truncated', 'boolean'],
    ['frames', 'jdk.types.StackFrame', 'array'],
  ],
  'jdk.ExecutionSample': [...sampleFields, ['state', 'jdk.types.ThreadState', 'constant'], ...contextFields],
  'profiler.WallClockSample': [...sampleFields, ['state', 'jdk.types.ThreadState', 'constant'], ['samples', 'int']],
  'jdk.ObjectAllocationInNewTLAB': [
    ...sampleFields,
    ['allocationSize', 'long'],
    ['tlabSize', 'long'],
    ...contextFields,
  ],
  'jdk.ObjectAllocationOutsideTLAB': [...sampleFields, ['allocationSize', 'long'], ...contextFields],
  'jdk.ObjectAllocationSample': [...sampleFields, ['weight', 'long']],
  'jdk.JavaMonitorEnter': [['startTime', 'long'], ['duration', 'long'], ...sampleFields.slice(1), ...contextFields],
  'jdk.ThreadPark': [['startTime', 'long'], ['duration', 'long'], ...sampleFields.slice(1), ['timeout', 'long']],
  'profiler.LiveObject': [...sampleFields, ['allocationSize', 'long'], ['age', 'double']],
  'profiler.Malloc': [...sampleFields, ['address', 'long'], ['size', 'long']],
  'jdk.ActiveSetting': [
    ['startTime', 'long'],
    ['id', 'long'],
    ['name', 'java.lang.String'],
    ['value', 'java.lang.String'],
  ],
  'jdk.CPULoad': [
    ['startTime', 'long'],
    ['jvmUser', 'float'],
    ['flags', 'short', 'array'],
    ['initial', 'char'],
  ],
};

/** 0 where an event does not say. A text may be the key of a constant: then it is a number. */
export type TestValue = number | bigint | string | readonly TestRow[];
export type TestRow = Readonly<Record<string, TestValue>>;
export type TestConstants = readonly (readonly [
  className: string,
  rows: Readonly<Record<number, TestRow | string | number>>,
])[];

export interface TestChunk {
  readonly isCompressed?: boolean;
  readonly ticksPerSecond?: bigint;
  readonly stacks?: Readonly<Record<number, string>>;
  readonly events?: readonly (readonly [className: string, row: TestRow])[];
  /** Besides those that the stacks need. */
  readonly constants?: TestConstants;
  readonly classes?: Readonly<Record<string, readonly TestField[]>>;
}

export const threadStates = { running: 1, sleeping: 2 };

export function writeTestChunk(chunk: TestChunk): Uint8Array {
  const classes = { ...testClasses, ...chunk.classes };
  const names = Object.keys(classes);
  const idOf = (name: string): number => 10 + names.indexOf(name);
  const body = new TestWriter(chunk.isCompressed ?? true);
  const metadataOffset = 68;
  body.event(0, (writer) => writeMetadata(writer, classes, idOf));
  let constantsOffset = 0;
  // Each pool in a checkpoint of its own, and events before as well as behind what they refer to.
  const pools = [...poolsOf(chunk.stacks ?? {}), ...(chunk.constants ?? [])];
  const events = chunk.events ?? [];
  const half = Math.ceil(events.length / 2);
  const writeEvents = (some: TestChunk['events'] = []): void => {
    for (const [name, row] of some) body.event(idOf(name), (writer) => writer.row(classes, name, row));
  };
  writeEvents(events.slice(0, half));
  for (const [name, rows] of pools) {
    const before = constantsOffset;
    constantsOffset = metadataOffset + body.bytes.length;
    body.event(1, (writer) => {
      writer.integers(8, 0, 0, before === 0 ? 0 : before - constantsOffset);
      writer.bytes.push(1);
      writer.integers(4, 1);
      writer.integers(8, idOf(name));
      writer.integers(4, Object.keys(rows).length);
      for (const [key, row] of Object.entries(rows)) {
        writer.integers(8, Number(key));
        writer.value(classes, name, row);
      }
    });
  }
  writeEvents(events.slice(half));
  const header = new TestWriter(false);
  header.integers(4, 0x464c5200);
  header.integers(2, 2, 0);
  header.integers(8, 68 + body.bytes.length, constantsOffset, metadataOffset);
  header.integers(8, 1_700_000_000_000_000_000n, 10_000_000_000n, 5_000n, chunk.ticksPerSecond ?? 1_000_000_000n);
  header.integers(4, (chunk.isCompressed ?? true) ? 1 : 0);
  return Uint8Array.from([...header.bytes, ...body.bytes]);
}

/** The pools that stacks need: symbols, classes, methods, stack traces, and the two thread states. */
function poolsOf(stacks: Readonly<Record<number, string>>): TestConstants {
  const symbols: Record<number, TestRow> = {};
  const classes: Record<number, TestRow> = {};
  const methods: Record<number, TestRow> = {};
  const frameTypes: Record<number, TestRow> = {};
  const traces: Record<number, TestRow> = {};
  const keys = new Map<string, number>();
  const keyOf = (kind: string, text: string, add: (key: number) => void): number => {
    const known = keys.get(`${kind} ${text}`);
    if (known !== undefined) return known;
    const made = keys.size + 1;
    keys.set(`${kind} ${text}`, made);
    add(made);
    return made;
  };
  const symbol = (text: string): number => keyOf('symbol', text, (key) => (symbols[key] = { string: text }));
  for (const [key, drawing] of Object.entries(stacks)) {
    const frames = drawing.split(';').map((frame) => {
      // "[Kernel]a.b:3" is a frame of that type.
      const kind = /^\[(.*?)\]/.exec(frame)?.[1] ?? 'JIT compiled';
      const [full = '', line = '0'] = frame.replace(/^\[.*?\]/, '').split(':');
      const dot = full.lastIndexOf('.');
      const type = keyOf('class', full.slice(0, dot), (made) => {
        // The class loader's type is the class itself: constants may refer to each other in circles.
        classes[made] = { name: symbol(full.slice(0, dot)), classLoader: made };
      });
      const method = keyOf('method', full, (made) => (methods[made] = { type, name: symbol(full.slice(dot + 1)) }));
      const frameType = keyOf('frame type', kind, (made) => (frameTypes[made] = { description: kind }));
      return { method, lineNumber: Number(line), type: frameType };
    });
    traces[Number(key)] = { frames: frames.reverse() };
  }
  return [
    ['jdk.types.StackTrace', traces],
    ['jdk.types.Method', methods],
    ['jdk.types.FrameType', frameTypes],
    ['java.lang.Class', classes],
    ['jdk.types.ClassLoader', Object.fromEntries(Object.keys(classes).map((key) => [key, { type: Number(key) }]))],
    ['jdk.types.Symbol', symbols],
    [
      'jdk.types.ThreadState',
      { [threadStates.running]: { name: 'STATE_RUNNABLE' }, [threadStates.sleeping]: { name: 'STATE_SLEEPING' } },
    ],
  ];
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

function writeMetadata(
  writer: TestWriter,
  classes: Readonly<Record<string, readonly TestField[]>>,
  idOf: (name: string) => number,
): void {
  const elements = Object.entries(classes).map(([name, fields]): Element => ({
    name: 'class',
    attributes: { name, id: String(idOf(name)) },
    children: [
      { name: 'annotation', attributes: { class: '200' }, children: [] },
      ...fields.map(([field, className, as]) => ({
        name: 'field',
        attributes: {
          name: field,
          class: String(idOf(className)),
          ...(as === 'constant' ? { constantPool: 'true' } : {}),
          ...(as === 'array' ? { dimension: '1' } : {}),
        },
        children: [],
      })),
    ],
  }));
  const metadata = { name: 'metadata', attributes: {}, children: elements };
  const region = { name: 'region', attributes: { locale: 'en_US' }, children: [] };
  const strings: string[] = [];
  const tree = new TestWriter(writer.isCompressed);
  const string = (text: string): void => {
    if (!strings.includes(text)) strings.push(text);
    tree.integers(4, strings.indexOf(text));
  };
  const write = ({ name, attributes, children }: Element): void => {
    string(name);
    tree.integers(4, Object.keys(attributes).length);
    for (const pair of Object.entries(attributes)) pair.forEach(string);
    tree.integers(4, children.length);
    children.forEach(write);
  };
  write({ name: 'root', attributes: {}, children: [metadata, region] });
  writer.integers(8, 0, 0, 1);
  writer.integers(4, strings.length);
  strings.forEach((text) => writer.text(text));
  writer.bytes.push(...tree.bytes);
}

export class TestWriter {
  readonly bytes: number[] = [];
  readonly isCompressed: boolean;

  constructor(isCompressed: boolean) {
    this.isCompressed = isCompressed;
  }

  integers(width: number, ...values: readonly (number | bigint)[]): void {
    for (const value of values) {
      const bits = BigInt.asUintN(64, BigInt(value));
      if (this.isCompressed) this.#varint(bits);
      else for (let i = width - 1; i >= 0; i--) this.bytes.push(Number((bits >> BigInt(8 * i)) & 0xffn));
    }
  }

  /** UTF-8, or Latin-1 or two bytes a character, so that each is met. */
  text(text: string): void {
    const encoding = text.length % 3 === 0 ? 4 : text.length % 3 === 1 && /^[\x20-\x7e]*$/.test(text) ? 5 : 3;
    this.bytes.push(encoding);
    const bytes = Buffer.from(text);
    this.integers(4, encoding === 4 ? text.length : bytes.length);
    if (encoding === 4) for (let i = 0; i < text.length; i++) this.integers(2, text.charCodeAt(i));
    else this.bytes.push(...bytes);
  }

  /** Size and type before whatever is written. The size counts itself, so it is padded to a fixed width. */
  event(type: number, write: (writer: TestWriter) => void): void {
    const inner = new TestWriter(this.isCompressed);
    inner.integers(8, type);
    write(inner);
    const size = inner.bytes.length + 4;
    if (this.isCompressed) for (let i = 0; i < 4; i++) this.bytes.push(((size >> (7 * i)) & 0x7f) | (i < 3 ? 0x80 : 0));
    else this.integers(4, size);
    for (const byte of inner.bytes) this.bytes.push(byte);
  }

  row(classes: Readonly<Record<string, readonly TestField[]>>, className: string, row: TestRow): void {
    for (const [name, type, as] of classes[className] ?? []) {
      const value = row[name] ?? 0;
      if (as === 'constant') this.integers(8, typeof value === 'bigint' ? value : Number(value));
      else if (as === 'array') {
        const rows = typeof value === 'object' ? value : [];
        this.integers(4, rows.length);
        for (const one of rows) this.row(classes, type, one);
      } else this.value(classes, type, value);
    }
  }

  value(classes: Readonly<Record<string, readonly TestField[]>>, type: string, value: TestValue | TestRow): void {
    if (type === 'java.lang.String') {
      if (typeof value === 'string') this.text(value);
      else if (value === 0) this.bytes.push(0);
      else {
        this.bytes.push(2);
        this.integers(8, Number(value));
      }
    } else if (typeof value === 'object' && !Array.isArray(value)) this.row(classes, type, value as TestRow);
    else if (type === 'boolean' || type === 'byte') this.bytes.push(Number(value));
    else if (type === 'float') this.bytes.push(0, 0, 0, 0);
    else if (type === 'double') this.bytes.push(0, 0, 0, 0, 0, 0, 0, 0);
    else this.integers(widths[type] ?? 8, typeof value === 'bigint' ? value : Number(value));
  }

  #varint(bits: bigint): void {
    let rest = bits;
    for (let i = 0; i < 8 && rest > 0x7fn; i++) {
      this.bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.bytes.push(Number(rest));
  }
}

const widths: Readonly<Record<string, number>> = { char: 2, short: 2, int: 4, long: 8 };
