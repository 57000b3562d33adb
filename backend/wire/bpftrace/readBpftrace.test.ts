import { readFolded } from '../folded/readFolded.ts';
import { bytesOf, countHead, foldOf, framesOf, readDamaged, testLimits } from '../folded/testFolding.ts';
import { readBpftrace } from './readBpftrace.ts';

const read = (text: string) => readBpftrace(bytesOf(text), countHead, testLimits);
const fold = (text: string) => foldOf(read(text).profiles[0]?.profile);

const twoStacks = `Attaching 1 probe...

@[
    __x64_sys_nanosleep+0
    do_syscall_64+90
, 
    clock_nanosleep+0x57
    main+12
, sleep]: 3
@[
    do_idle+1
, , swapper/0]: 12
`;

test('kernel stack, user stack and comm become one stack, the comm at the root', () => {
  expect(fold(twoStacks)).toEqual([
    'sleep;main;clock_nanosleep;do_syscall_64;__x64_sys_nanosleep 3',
    'swapper/0;do_idle 12',
  ]);
});

test('CR LF changes nothing', () => expect(fold(twoStacks.replaceAll('\n', '\r\n'))).toEqual(fold(twoStacks)));

test('keys before the stack are read too, numbers among them', () => {
  expect(fold('@[nginx: worker, 77, \n    b+1\n    a+2\n]: 4\n')).toEqual(['nginx: worker;77;a;b 4']);
});

test('a stack alone is a key', () => expect(fold('@[\n    b+1\n    a\n]: 4\n')).toEqual(['a;b 4']));

test('maps with names become profiles with the label map', () => {
  const reading = read('@on_cpu[\n    a+1\n]: 4\n\n@[\n    a+1\n]: 5\n@on_cpu[\n    b\n]: 6\n');
  expect(reading.profiles.map(({ labels, profile }) => [labels, foldOf(profile)])).toEqual([
    [
      [
        { name: '__name__', value: 'goroutine' },
        { name: 'map', value: 'on_cpu' },
      ],
      ['a 4', 'b 6'],
    ],
    [[{ name: '__name__', value: 'goroutine' }], ['a 5']],
  ]);
});

test('frames of the modes perf and raw keep what they say', () => {
  const text = `@[
	ffffffff8103ee5b do_idle+0x1c ([kernel.kallsyms])
	    7f0123 operator new(unsigned long)+7 (/usr/lib/libstdc++.so.6)
	    7f0124 [unknown] (/bin/app)
	0x7ffe00112233
	f(int) (int)+3
]: 1
`;
  const profile = read(text).profiles[0]?.profile;
  expect(profile && framesOf(profile, 0)).toMatchObject([
    { name: 'f(int) (int)', binary: '' },
    { name: '', binary: '', address: 0x7ffe00112233n },
    { name: '', binary: '/bin/app', address: 0x7f0124n },
    { name: 'operator new(unsigned long)', binary: '/usr/lib/libstdc++.so.6', address: 0n },
    { name: 'do_idle', binary: '[kernel.kallsyms]', address: 0n },
  ]);
});

test('JSON lines give the same as text', () => {
  const data = { '@': { '\n    b+1\n    a+2\n,sleep': 3 }, '@x': { '\n    c+1\n': 4 }, '@n': 5 };
  const text = `${JSON.stringify({ type: 'attached_probes', data: { probes: 1 } })}\n${JSON.stringify({ type: 'map', data })}\n`;
  expect(read(text).profiles.map(({ profile }) => foldOf(profile))).toEqual([['sleep;a;b 3'], ['c 4']]);
});

test('maps without stacks, histograms and negative counts are counted, not read', () => {
  const reading = read(
    '@[\n    a+1\n]: 4\n@reads: 7\n@[sleep]: 3\n@us[\n    a\n]: \n[0, 1)  5 |@@@|\n@[\n    b\n]: -2\n',
  );
  expect(reading.profiles.map(({ profile }) => foldOf(profile))).toEqual([['a 4']]);
  expect(reading.leftOut.map(({ reason, samples }) => [reason, samples])).toEqual([
    ['malformed_profile', 3],
    ['negative_value', 1],
  ]);
  expect(reading.leftOut[0]?.message).toBe('bpftrace, line 4: no count of a stack: "@reads: 7" (and 2 more)');
});

for (const [text, message] of [
  ['', 'bpftrace, line 0: no map that counts stacks'],
  ['main;work 3\n', 'bpftrace, line 1: no map that counts stacks'],
  ['@reads: 7\n', 'bpftrace, line 1: no count of a stack: "@reads: 7"'],
  ['\n@[\n    a+1\n', 'bpftrace, line 2: the key has no end: "@["'],
  ['{"type":\n', 'bpftrace, line 1: '],
] as const) {
  test(`${JSON.stringify(text)} is refused with the line`, () => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
}

test('more maps than the limit are refused', () => {
  const text = Array.from({ length: 65 }, (_, i) => `@m${i}[\n    a\n]: 1\n`).join('');
  expect(() => read(text)).toThrow('more than 64 maps');
});

test('the same stacks as folded text give the same profile', () => {
  const folded = readFolded(bytesOf('sleep;main;f 3\nsleep;main 1\n'), countHead, testLimits);
  const maps = read('@[\n    f+1\n    main+2\n, sleep]: 3\n@[\n    main+9\n, sleep]: 1\n');
  expect(foldOf(maps.profiles[0]?.profile)).toEqual(foldOf(folded.profiles[0]?.profile));
});

test('damaged text gives sound profiles or an InputError', () => {
  expect(
    readDamaged(bytesOf(twoStacks.repeat(3)), (bytes) => readBpftrace(bytes, countHead, testLimits)),
  ).toBeGreaterThan(50);
});
