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
  ['namespace and container, as Alloy names them', { ...inKubernetes, app: 'x' }, 'ebpf/shop/checkout'],
  ['a container outside Kubernetes, as Docker names it', { container: 'redis', comm: 'redis-server' }, '/redis'],
  ['a container name that has its slash', { container: '/redis' }, '/redis'],
  ['the recommended Kubernetes label', { namespace: 'shop', app_kubernetes_io_name: 'orders', app: 'x' }, 'orders'],
  ['the same label with its dots', { 'app.kubernetes.io/name': 'orders', comm: 'java' }, 'orders'],
  ['the app label', { app: 'orders', comm: 'java' }, 'orders'],
  ['the command on a plain host', { comm: 'nginx', node: 'n1' }, 'nginx'],
  ['an empty service name counts as none', { service_name: '', comm: 'nginx' }, 'nginx'],
  ['nothing to go by', { node: 'n1' }, undefined],
] as const) {
  test(`service name: ${what}`, () => expect(serviceOf(labels)).toBe(service));
}
