/** Operations on label sets: what is kept, what is dropped, and when two are the same. */
import type { Label, Labels } from '../model/labels.ts';
import { compareText, metricNameLabel, sortLabels } from '../model/labels.ts';

/** Equal label sets have equal keys; neither names nor values can hold the separators unescaped. */
export function labelKey(labels: Labels): string {
  let key = '';
  for (const { name, value } of labels) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

export const withoutName = (labels: Labels): Labels =>
  labels.some(({ name }) => name === metricNameLabel) ? labels.filter(({ name }) => name !== metricNameLabel) : labels;

export const keepLabels = (labels: Labels, names: ReadonlySet<string>): Labels =>
  labels.filter(({ name }) => names.has(name));

export const dropLabels = (labels: Labels, names: ReadonlySet<string>): Labels =>
  labels.filter(({ name }) => !names.has(name));

/** An empty value takes the label away. */
export function setLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.filter((label) => label.name !== name);
  return value === '' ? others : sortLabels([...others, { name, value }]);
}

export function compareLabelSets(a: Labels, b: Labels): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareLabel(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareLabel(a: Label | undefined, b: Label | undefined): number {
  return compareText(a?.name ?? '', b?.name ?? '') || compareText(a?.value ?? '', b?.value ?? '');
}
