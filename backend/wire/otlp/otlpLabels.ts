/**
 * Labels of a series, from the attributes of a resource and its scope.
 *
 * Shape:  attributes keep their names, dots and all. The service's name is taken from the first of: the sample's service.name,
 *         the resource's service.name, its service_name, the Kubernetes annotation pyroscope.io/service_name,
 *         ebpf/<namespace>/<container>, the Swarm service, /<container>, unknown_service:<executable>, unknown_service.
 *         From the annotation to /<container> these are Alloy's rules, so that a container has one name whichever agent saw it.
 * Source: reference pyroscope-api 3.11, agents-wire 3.1; OpenTelemetry semantic conventions for k8s.*, container.*, process.*.
 */
import type { Label } from '../../model/labels.ts';
import { metricNameLabel, serviceNameLabel } from '../../model/labels.ts';

export type Attributes = ReadonlyMap<string, string>;

export function otlpLabelsOf(attributes: Attributes, name: string, sampleService: string): readonly Label[] {
  const labels: Label[] = [
    { name: metricNameLabel, value: name },
    { name: serviceNameLabel, value: sampleService === '' ? serviceNameOf(attributes) : sampleService },
    { name: '__delta__', value: 'false' },
    { name: '__otel__', value: 'true' },
  ];
  for (const [key, value] of attributes) {
    // Names with two underscores are the server's, and a name may stand once.
    if (key !== serviceNameLabel && !key.startsWith('__')) labels.push({ name: key, value });
  }
  return labels;
}

const givenNames = [
  'service.name',
  serviceNameLabel,
  // Collectors write one or the other, by a feature gate.
  'k8s.pod.annotation.pyroscope.io/service_name',
  'k8s.pod.annotations.pyroscope.io/service_name',
] as const;

const swarmService = 'container.label.com.docker.swarm.service.name';

export function serviceNameOf(attributes: Attributes): string {
  const text = (key: string): string => attributes.get(key) ?? '';
  for (const key of givenNames) if (text(key) !== '') return text(key);
  const [namespace, container] = [text('k8s.namespace.name'), text('k8s.container.name')];
  if (namespace !== '' && container !== '') return `ebpf/${namespace}/${container}`;
  if (text(swarmService) !== '') return text(swarmService);
  const dockerName = text('container.name');
  // Docker's own names begin with a slash, and Alloy passes them on.
  if (dockerName !== '') return dockerName.startsWith('/') ? dockerName : `/${dockerName}`;
  const executable = text('process.executable.name');
  return executable === '' ? 'unknown_service' : `unknown_service:${executable}`;
}
