/**
 * Output of perf script, against what FlameGraph's and inferno's tools make of it.
 *
 * Both write symbols in a short form and mark kinds of frames; that form is made here, of what the linker called the function.
 * FlameGraph forgets a last sample that no blank line closes: it is cut off where its result is compared, and counted apart.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { Profile } from '../../model/profile.ts';
import { unixNanos } from '../../model/time.ts';
import type { TestFrame } from '../folded/testFolding.ts';
import { bytesOf, foldOf, framesOf, labelsOf, readDamaged, sumOf, testLimits } from '../folded/testFolding.ts';
import type { PerfOptions } from './readPerfScript.ts';
import { readPerfScript } from './readPerfScript.ts';

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const folder = join(golden ?? '', 'perf');
const options: PerfOptions = {
  labels: [],
  timeNanos: unixNanos(0n),
  durationNanos: 0n,
  sampleRate: undefined,
  processLabels: ['pid', 'thread_id'],
};
const read = (text: string) => readPerfScript(bytesOf(text), options, testLimits);
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

type Style = 'all' | 'pid' | 'tid' | 'addrs' | 'plain';

function nameOf({ symbol, binary, address, isInlined }: TestFrame, style: Style, comm: string): string {
  if (symbol === '') {
    const base = binary === '' ? 'unknown' : binary.slice(binary.lastIndexOf('/') + 1);
    return style === 'addrs' ? `[${base} <${address.toString(16)}>]` : `[${base}]`;
  }
  const isGo = /\.\(.*\)\./.test(symbol);
  const short = (isGo ? symbol : symbol.replace(/\((?!anonymous namespace\)).*/, '')).replaceAll(/["']/g, '');
  const java = comm === 'java' && short.includes('/') ? short.replace(/^L/, '') : short;
  const isKernel = /^\[|vmlinux$/.test(binary) && binary !== '[jit]';
  const kind = style !== 'all' ? '' : isKernel ? '_[k]' : binary === '[jit]' ? '_[j]' : '';
  return `${java.replaceAll(';', ':')}${isInlined ? '_[i]' : kind}`;
}

function stackOf(style: Style) {
  return (profile: Profile, sample: number): readonly string[] => {
    const { comm = '', pid = '?', thread_id: tid = '' } = labelsOf(profile, sample);
    const process = { pid: `${comm}-${pid}`, tid: `${comm}-${pid}/${tid}`, all: comm, addrs: comm, plain: comm }[style];
    return [process.replaceAll(' ', '_'), ...framesOf(profile, sample).map((frame) => nameOf(frame, style, comm))];
  };
}

const linesOf = (name: string): readonly string[] =>
  textOf(name)
    .split('\n')
    .filter((line) => line !== '')
    .sort();

const styles: readonly Style[] = ['all', 'pid', 'tid', 'addrs'];
const results = golden === undefined ? [] : readdirSync(join(folder, 'results'));

goldenTest('there are results to compare with', () => expect(results).toHaveLength(20));

for (const result of results) {
  goldenTest(`${result} is what its text says`, () => {
    const style = styles.find((one) => result.endsWith(`-${one}.txt`)) ?? 'plain';
    const text = textOf(result.replace(/-collapsed.*/, '.txt'));
    const isClosed = style === 'plain' || /\n\s*\n$/.test(text);
    const reading = read(isClosed ? text : text.slice(0, text.trimEnd().lastIndexOf('\n\n') + 1));
    for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
    expect(reading.leftOut).toEqual([]);
    expect(foldOf(reading.profiles[0]?.profile, stackOf(style))).toEqual(linesOf(join('results', result)));
  });
}

goldenTest('both events of perf-cycles-instructions-01.txt become profiles', () => {
  const reading = read(textOf('perf-cycles-instructions-01.txt'));
  expect(
    reading.profiles.map(({ labels, profile }) => [labels[0]?.value, profile.sampleTypes[0]?.type, sumOf(profile)]),
  ).toEqual([
    ['perf', 'instructions', 333n],
    ['process_cpu', 'cycles', 111n],
  ]);
});

goldenTest('a last sample without a blank line behind it counts', () => {
  const sum = (name: string) => sumOf(read(textOf(name)).profiles[0]?.profile);
  expect(sum('perf-dd-stacks-01.txt')).toBe(11n * 10_101_010n);
  expect(sum('perf-iperf-stacks-pidtid-01.txt')).toBe(201n);
  expect(sum('perf-mirageos-stacks-01.txt')).toBe(53n);
});

for (const name of ['perf-js-stacks-01.txt', 'perf-java-faults-01.txt', 'inferno-java-inline.txt']) {
  goldenTest(`${name}, damaged, gives sound profiles or an InputError`, () => {
    const bytes = bytesOf(textOf(name));
    expect(readDamaged(bytes, (copy) => readPerfScript(copy, options, testLimits))).toBeGreaterThan(0);
  });
}
