/**
 * What runs a frame, as the agent that took the stack knows it: the kernel, the machine itself, or an interpreter.
 *
 * Shape:  in columns a number, an index into frameTypeNames; 0: nobody said. A function is of one type; one that a sender
 *         gives two has none.
 * Source: OpenTelemetry's semantic conventions, attribute profile.frame.type; other spellings are those of agents.
 */

/** Append only: the numbers are part of what ids are hashes of. */
export const frameTypeNames: readonly string[] = [
  '',
  'kernel',
  'native',
  'go',
  'jvm',
  'cpython',
  'v8js',
  'ruby',
  'php',
  'perl',
  'dotnet',
  'beam',
  'rust',
  'luajit',
];

const numbers: ReadonlyMap<string, number> = new Map([
  ...frameTypeNames.map((name, number) => [name, number] as const),
  ['python', frameTypeNames.indexOf('cpython')],
  ['hotspot', frameTypeNames.indexOf('jvm')],
  ['java', frameTypeNames.indexOf('jvm')],
  ['v8', frameTypeNames.indexOf('v8js')],
  ['phpjit', frameTypeNames.indexOf('php')],
]);

/** 0 for what is not known here. */
export const frameTypeNumber = (text: string): number => numbers.get(text) ?? 0;

export const frameTypeName = (number: number): string => frameTypeNames[number] ?? '';

const twoTypes = 255;

/** The types of a table's functions, from the places where they are called. */
export class FunctionTypes {
  #types: Uint8Array | undefined;
  readonly #count: number;

  constructor(functionCount: number) {
    this.#count = functionCount;
  }

  note(fn: number, type: number): void {
    if (type === 0) return;
    this.#types ??= new Uint8Array(this.#count);
    const before = this.#types[fn];
    this.#types[fn] = before === 0 || before === type ? type : twoTypes;
  }

  /** undefined: nobody said anything. */
  finish(): Uint8Array | undefined {
    return this.#types?.map((type) => (type === twoTypes ? 0 : type));
  }
}
