/**
 * Labels of the Parca agent as labels of our series.
 *
 * Shape:  all labels of the agent but those of the thread, and a `service_name` when the agent was not told to send one, by
 *         the rules that Alloy has, so that a container has one name whichever agent saw it: ebpf/<namespace>/<container>,
 *         /<container>; outside of containers what the workload calls itself, else the command.
 * Source: reference agents-wire 1.5 (the agent names node, comm, cpu, thread_id and thread_name by itself, the rest by its
 *         relabel rules) and 3.1.
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
  const container = find('container').replace(/^\//, '');
  const namespace = find('namespace');
  const placed = namespace === '' ? `/${container}` : `ebpf/${namespace}/${container}`;
  const own = [...ownNames, 'comm'].map(find).find((name) => name !== '') ?? '';
  const value = container === '' ? own : placed;
  const others = labels.filter(({ name }) => name !== serviceNameLabel);
  return value === '' ? others : [...others, { name: serviceNameLabel, value }];
}
