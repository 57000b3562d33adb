/**
 * What runs a function, for colouring: as the agent said it, else guessed from the name, which is all that a flame graph
 * carries.
 *
 * Source: how kernels (perf's _[k]), Go, the JVM, CPython, V8, Ruby and PHP and their profilers write names.
 */
import { packageOf } from './packageOf.ts';

export type Runtime = 'kernel' | 'native' | 'go' | 'jvm' | 'python' | 'javascript' | 'other' | 'unknown';

/** By function name; types are spelled as in OpenTelemetry's profile.frame.type. */
export type FrameTypes = ReadonlyMap<string, string>;

const ofType: Readonly<Record<string, Runtime>> = {
  kernel: 'kernel',
  native: 'native',
  rust: 'native',
  go: 'go',
  jvm: 'jvm',
  cpython: 'python',
  v8js: 'javascript',
  ruby: 'other',
  php: 'other',
  perl: 'other',
  dotnet: 'other',
  beam: 'other',
  luajit: 'other',
};

/** undefined: nobody said it, or in a word that is not known here. */
export function toldRuntime(types: FrameTypes, name: string): Runtime | undefined {
  const type = types.get(name);
  return type === undefined ? undefined : ofType[type];
}

const longestRead = 1_024;
const kernelEntry =
  /^(entry_SYSCALL|do_syscall_64|x64_sys_call|el0t?_|el1h?_|ret_from_fork|(__)?(x64|arm64|do|se)_sys_|asm_(sysvec|exc)_)/;

export function runtimeOf(fullName: string): Runtime {
  const name = fullName.slice(0, longestRead).trim();
  if (fullName.endsWith('_[k]') || kernelEntry.test(name) || /^\[?(kernel|vmlinux)\b/.test(name)) return 'kernel';
  if (name === '' || /^(\[[^[\]]*\]|0x[0-9a-f]+)$/i.test(name)) return 'unknown';
  if (/^[^!(]+!/.test(name)) return 'native';
  if (/\.py\b|(?:site|dist)-packages\//.test(name)) return 'python';
  if (/\.[cm]?[jt]sx?(?=$|[\s:)#])|node_modules\/|\bnode:\w/.test(name)) return 'javascript';
  if (/\.(rb|php)(?=$|[\s:)#])/.test(name)) return 'other';
  if (name.includes('::') || !/^[^(\s<]*\./.test(name)) return 'native';
  return dottedRuntime(name);
}

/** Go writes folders with slashes and lets packages of one part stand alone; the JVM's classes begin with a capital. */
function dottedRuntime(name: string): Runtime {
  const head = /^[^([\s]*/.exec(name)?.[0] ?? '';
  if (/\.\(\*?\w/.test(name) || /\.func\d+(\.|$)/.test(name)) return 'go';
  if (/^[a-z][\w$]*(?:[./][a-z][\w$]*)+[./]\p{Lu}[\w$]*[.$]/u.test(head)) return 'jvm';
  if (/^\p{Lu}/u.test(head)) return 'other';
  return /^[a-z]\w*$/.test(packageOf(name)) || head.includes('/') ? 'go' : 'other';
}

/** The executable or library, as far as the name tells it. */
export function binaryOf(fullName: string): string {
  if (fullName.endsWith('_[k]')) return 'kernel';
  const binary = /^([^!(]+)!/.exec(fullName.slice(0, longestRead).trim())?.[1] ?? '';
  return binary.slice(binary.lastIndexOf('/') + 1);
}
