/** What the two sides of a binary operator are matched by. */
import { metricNameLabel } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import type { Matching } from './ast.ts';
import { dropLabels, keepLabels, labelKey } from './labelSets.ts';
import type { VectorSeries } from './value.ts';

export function signatureOf(matching: Matching | undefined): (labels: Labels) => string {
  if (matching?.on === true) {
    const names = new Set(matching.labels);
    return (labels) => labelKey(keepLabels(labels, names));
  }
  const names = new Set([...(matching?.labels ?? []), metricNameLabel]);
  return (labels) => labelKey(dropLabels(labels, names));
}

export function bySignature(
  series: readonly VectorSeries[],
  signature: (labels: Labels) => string,
): ReadonlyMap<string, readonly VectorSeries[]> {
  const groups = new Map<string, VectorSeries[]>();
  for (const one of series) {
    const key = signature(one.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** 1 at the steps where one of the series has a value. */
export function presenceOf(series: readonly VectorSeries[], stepCount: number): Uint8Array {
  const present = new Uint8Array(stepCount);
  for (const one of series) {
    for (let step = 0; step < stepCount; step++) if (one.present[step] === 1) present[step] = 1;
  }
  return present;
}
