/** Which service a process belongs to, when the agent does not say. */
import type { Label } from '../../model/labels.ts';
import { labelValue } from '../../model/labels.ts';
import { withServiceName } from './parcaLabels.ts';

const serviceOf = (labels: Readonly<Record<string, string>>): string | undefined => {
  const given: readonly Label[] = Object.entries(labels).map(([name, value]) => ({ name, value }));
  return labelValue(withServiceName(given), 'service_name');
};
const inKubernetes = { namespace: 'shop', pod: 'checkout-1', container: 'checkout', comm: 'java', node: 'n1' };

for (const [what, labels, service] of [
  ['what relabelling says', { ...inKubernetes, service_name: 'orders', app: 'x' }, 'orders'],
  ['the recommended Kubernetes label', { ...inKubernetes, app_kubernetes_io_name: 'orders', app: 'x' }, 'orders'],
  ['the same label with its dots', { ...inKubernetes, 'app.kubernetes.io/name': 'orders' }, 'orders'],
  ['the app label', { ...inKubernetes, app: 'orders' }, 'orders'],
  ['namespace and container', inKubernetes, 'shop/checkout'],
  ['a container outside Kubernetes', { container: 'redis', comm: 'redis-server' }, 'redis'],
  ['the command on a plain host', { comm: 'nginx', node: 'n1' }, 'nginx'],
  ['an empty service name counts as none', { service_name: '', comm: 'nginx' }, 'nginx'],
  ['nothing to go by', { node: 'n1' }, undefined],
] as const) {
  test(`service name: ${what}`, () => expect(serviceOf(labels)).toBe(service));
}
