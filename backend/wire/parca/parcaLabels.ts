/**
 * Labels of the Parca agent as labels of our series.
 *
 * Shape:  all labels of the agent but those of the thread, and a `service_name` when the agent was not told to send one:
 *         the name that the workload calls itself, else namespace/container, container, command.
 * Source: reference agents-wire 1.5: the agent names node, comm, cpu, thread_id and thread_name by itself and the rest by
 *         its relabel rules.
 */
import type { Label } from '../../model/labels.ts';
import { serviceNameLabel } from '../../model/labels.ts';

/** They change with every tick: a series for each would be a series for each sample. */
export const threadLabels: ReadonlySet<string> = new Set(['cpu', 'thread_id', 'thread_name']);

/** They belong to the sample: a profile is one, whatever spans it was taken in. */
export const spanLabels: ReadonlySet<string> = new Set(['span_id', 'trace_id']);

const ownNames = ['app.kubernetes.io/name', 'app_kubernetes_io_name', 'app'];

export function withServiceName(labels: readonly Label[]): readonly Label[] {
  const find = (name: string): string => labels.find((label) => label.name === name)?.value ?? '';
  if (find(serviceNameLabel) !== '') return labels;
  const own = ownNames.map(find).find((value) => value !== '');
  const container = find('container');
  const namespace = find('namespace');
  const placed = container !== '' && namespace !== '' ? `${namespace}/${container}` : container;
  const value = own ?? (placed === '' ? find('comm') : placed);
  const others = labels.filter(({ name }) => name !== serviceNameLabel);
  return value === '' ? others : [...others, { name: serviceNameLabel, value }];
}
