/** For tests: the shop, a small request that is altered where a test needs it. */
import type { TestProfile, TestRequest, TestSample } from './testRequest.ts';

export const strings = [
  'samples',
  'count',
  'cpu',
  'nanoseconds',
  'main',
  'main.go',
  'app',
  'thread.name',
  'off_cpu',
  'gnu',
  'thread.id',
];
export const at = (word: string): number => strings.indexOf(word) + 1;
export const sample = (given: Partial<TestSample> = {}): TestSample => ({
  stack: 1,
  attributes: [1],
  link: 0,
  values: [],
  timestamps: [7n, 8n],
  ...given,
});
export const profileOf = (samples: readonly TestSample[], given: Partial<TestProfile> = {}): TestProfile => ({
  sampleType: [at('samples'), at('count')],
  periodType: [at('cpu'), at('nanoseconds')],
  period: 50_000_000n,
  timeNanos: 1_774_910_497_545_532_978n,
  durationNanos: 5_000_000_000n,
  samples,
  ...given,
});
export const offCpu = (samples: readonly TestSample[]): TestProfile =>
  profileOf(samples, { sampleType: [at('off_cpu'), at('nanoseconds')], periodType: [0, 0], period: 0n });
export const requestOf = (profiles: readonly TestProfile[], given: Partial<TestRequest> = {}): TestRequest => ({
  strings,
  attributes: [[at('thread.name'), 'worker']],
  mappings: [{ start: 0n, limit: 4096n, file: at('app'), attributes: [] }],
  functions: [{ name: at('main'), file: at('main.go'), startLine: 3 }],
  locations: [
    { mapping: 1, address: 16n, lines: [[1, 5, 2]] },
    { mapping: 1, address: 32n, lines: [] },
  ],
  stacks: [[1, 2], [2]],
  links: [['0123456789abcdef0123456789abcdef', 'fedcba9876543210']],
  resources: [{ attributes: [['service.name', 'shop']], profiles }],
  ...given,
});
