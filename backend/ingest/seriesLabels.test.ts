// Labels come from agents' configuration, so half of these are wrong on purpose.
import { defaultLimits } from '../limits.ts';
import type { Label } from '../model/labels.ts';
import { formatLabels } from '../model/labels.ts';
import { seriesLabelsOf } from './seriesLabels.ts';

const labels = (pairs: Readonly<Record<string, string>>): Label[] =>
  Object.entries(pairs).map(([name, value]) => ({ name, value }));
const read = (pairs: Readonly<Record<string, string>>): string =>
  formatLabels(seriesLabelsOf(labels(pairs), defaultLimits));

for (const [what, given, expected] of [
  [
    'are sorted by bytes',
    { b: '2', __name__: 'n', service_name: 's', B: '1' },
    '{B="1", __name__="n", b="2", service_name="s"}',
  ],
  ['get a service when they have none', { __name__: 'n' }, '{__name__="n", service_name="unknown_service"}'],
  [
    'may have dots',
    { __name__: 'n', service_name: 's', 'otel.scope.name': 'x' },
    '{__name__="n", otel.scope.name="x", service_name="s"}',
  ],
  [
    'lose what is only about the transport',
    { __name__: 'n', service_name: 's', __delta__: 'false', __session_id__: '1' },
    '{__name__="n", service_name="s"}',
  ],
  [
    'of godeltaprof get the usual name',
    { __name__: 'godeltaprof_memory', service_name: 's' },
    '{__name__="memory", __name_replaced__="godeltaprof_memory", service_name="s"}',
  ],
  [
    'of wall-clock CPU are CPU',
    { __name__: 'wall', __type__: 'cpu', service_name: 's' },
    '{__name__="process_cpu", __name_replaced__="wall", __type__="cpu", service_name="s"}',
  ],
] as const) {
  test(`labels ${what}`, () => expect(read(given)).toBe(expected));
}

const many = Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`l${i}`, 'x']));
for (const [what, given, message, reason] of [
  ['no labels', {}, 'error at least one label pair is required per profile', 'missing_labels'],
  ['no name', { service_name: 's' }, 'invalid metric name', 'invalid_labels'],
  ['an empty service', { __name__: 'n', service_name: '' }, 'service name is not provided', 'missing_labels'],
  [
    '31 labels',
    { ...many, __name__: 'n', service_name: 's' },
    'has 31 label names; limit 30',
    'max_label_names_per_series',
  ],
  ['a long name', { __name__: 'n', ['x'.repeat(1_025)]: '' }, 'label name too long', 'label_name_too_long'],
  ['a long value', { __name__: 'n', x: 'é'.repeat(1_025) }, 'label value too long', 'label_value_too_long'],
] as const) {
  test(`${what}: refused with the reason ${reason}`, () => {
    const text = expect.stringContaining(message) as unknown;
    const error: unknown = expect.objectContaining({ code: 'invalid_argument', reason, message: text });
    expect(() => seriesLabelsOf(labels(given), defaultLimits)).toThrow(error as Error);
  });
}

test('a name that stands twice is refused', () => {
  const twice = [...labels({ __name__: 'n', a: '1' }), ...labels({ a: '2' })];
  expect(() => seriesLabelsOf(twice, defaultLimits)).toThrow("duplicate label name: 'a'");
});
