/** Where a service's name comes from: one row for each rule, the stronger ones first. */
import { describeLabels } from './testRequest.ts';
import { otlpLabelsOf, serviceNameOf } from './otlpLabels.ts';

const rules: readonly (readonly [attribute: string, value: string, service: string])[] = [
  ['service.name', 'shop', 'shop'],
  ['service_name', 'cart', 'cart'],
  ['k8s.pod.annotation.pyroscope.io/service_name', 'noted', 'noted'],
  ['k8s.pod.annotations.pyroscope.io/service_name', 'noted too', 'noted too'],
  ['k8s.container.name', 'web', 'ebpf/prod/web'],
  ['container.label.com.docker.swarm.service.name', 'stack_web', 'stack_web'],
  ['container.name', 'web-1', '/web-1'],
  ['process.executable.name', 'nginx', 'unknown_service:nginx'],
];
rules.forEach(([attribute, , service], i) => {
  test(`${attribute} names the service ${service} when nothing stronger is there`, () => {
    const weaker = rules.slice(i).map(([name, value]) => [name, value] as const);
    expect(serviceNameOf(new Map([...weaker, ['k8s.namespace.name', 'prod']]))).toBe(service);
  });
});

test('a namespace alone and no attributes at all name an unknown service', () => {
  expect(serviceNameOf(new Map([['k8s.namespace.name', 'prod']]))).toBe('unknown_service');
  expect(serviceNameOf(new Map())).toBe('unknown_service');
});

test("Docker's own leading slash is not doubled", () => {
  expect(serviceNameOf(new Map([['container.name', '/web-1']]))).toBe('/web-1');
});

test("attributes keep their dots; service_name stands once and the server's names are its own", () => {
  const attributes = new Map([
    ['service_name', 'cart'],
    ['k8s.pod.name', 'cart-7'],
    ['__profile_type__', 'mine'],
    ['__name__', 'mine'],
  ]);
  const labels = otlpLabelsOf(attributes, 'process_cpu', '');
  expect(labels).toHaveLength(5);
  expect(describeLabels(labels)).toEqual({
    __name__: 'process_cpu',
    service_name: 'cart',
    __delta__: 'false',
    __otel__: 'true',
    'k8s.pod.name': 'cart-7',
  });
});

test("a sample's service wins, and the resource's stays as an attribute", () => {
  const labels = otlpLabelsOf(new Map([['service.name', 'shop']]), 'off_cpu', 'checkout');
  expect(describeLabels(labels)).toMatchObject({ service_name: 'checkout', 'service.name': 'shop' });
});
