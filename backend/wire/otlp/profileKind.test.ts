import type { ValueType } from '../../model/profile.ts';
import { profileKindOf } from './profileKind.ts';

const typeOf = (text: string): ValueType => {
  const [type = '', unit = ''] = text.split(':');
  return { type, unit };
};

for (const [sampleType, periodType, period, expected] of [
  ['samples:count', 'cpu:nanoseconds', 50n, 'process_cpu:cpu:nanoseconds x 50'],
  ['samples:count', 'cpu:nanoseconds', 0n, 'process_cpu:samples:count x 1'],
  ['off_cpu:nanoseconds', '', 0n, 'off_cpu:off_cpu:nanoseconds x 1'],
  ['off_cpu:nanoseconds', 'context_switch:count', 7n, 'off_cpu:off_cpu:nanoseconds x 1'],
  ['events:nanoseconds', '', 0n, 'off_cpu:off_cpu:nanoseconds x 1'],
  ['events:count', '', 0n, 'events:events:count x 1'],
  ['otlp_test:count', 'otlp_test:samples', 1n, 'otlp_test:otlp_test:count x 1'],
  ['alloc_space:bytes', 'space:bytes', 524_288n, 'space:alloc_space:bytes x 1'],
  // A Go profile has samples:count as well: were this process_cpu too, its time would be counted twice.
  ['cpu:nanoseconds', 'cpu:nanoseconds', 10n, 'cpu:cpu:nanoseconds x 1'],
] as const) {
  test(`${sampleType} every ${period} ${periodType} is ${expected}`, () => {
    const kind = profileKindOf(typeOf(sampleType), periodType === '' ? undefined : typeOf(periodType), period);
    expect(`${kind.name}:${kind.sampleType.type}:${kind.sampleType.unit} x ${kind.factor}`).toBe(expected);
  });
}
