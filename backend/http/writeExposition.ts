/**
 * Prometheus' text format.
 *
 * Shape:  samples of a metric stand together behind its HELP and TYPE, with the time in milliseconds; of several tenants
 *         equal series are added, as a label set may stand once.
 * Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
 */
import { recordedHelp } from '../metrics/recordedGroups.ts';
import { compareText, metricNameLabel } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import type { LastValue } from '../rules/lastValues.ts';

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

type Sample = Pick<LastValue, 'timeMillis' | 'value'>;

interface Metric {
  readonly help: string;
  /** By labels. */
  readonly samples: Map<string, Sample>;
}

export function writeExposition(values: readonly LastValue[]): string {
  const metrics = new Map<string, Metric>();
  for (const { rule, labels, timeMillis, value } of values) {
    const { name } = rule.metric;
    const metric = metrics.get(name) ?? { help: recordedHelp(rule.metric), samples: new Map<string, Sample>() };
    metrics.set(name, metric);
    const key = writeLabels(labels);
    const there = metric.samples.get(key);
    const isSame = there?.timeMillis === timeMillis;
    if (there === undefined || isSame || there.timeMillis < timeMillis)
      metric.samples.set(key, { timeMillis, value: value + (isSame ? there.value : 0) });
  }
  const lines = [...metrics]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, { help, samples }]) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} gauge`,
      ...[...samples].map(([labels, { timeMillis, value }]) => `${name}${labels} ${writeNumber(value)} ${timeMillis}`),
    ]);
  return lines.map((line) => `${line}\n`).join('');
}

function writeLabels(labels: Labels): string {
  const pairs = labels
    .filter(({ name }) => name !== metricNameLabel)
    .map(
      ({ name, value }) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const writeNumber = (value: number): string =>
  value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
