/**
 * The sentences around a graph: what is shown, in the unit people think in, and how far it can be trusted.
 *
 * Units:  values, as in the data; ranges in seconds of the clock.
 */
import type { FlameGraphData, FlameGraphMeta } from './flameGraphData.ts';
import { isDiff, selfOf, shareOf, wholeOf } from './flameGraphData.ts';
import { formatCount, formatRelative, formatShare, formatValue } from './formatValue.ts';
import { profileTypeMeaning } from './profileTypeMeaning.ts';
import { runtimeOf } from './runtimeOf.ts';

/** "12.4 cores · 3.1 min · 11,160 samples"; of a diff both sides. */
export function headlineOf(data: FlameGraphData): string {
  const { meta = {} } = data;
  const whole = wholeOf(data);
  const after = perSecond(whole.right, meta, meta.rangeSeconds);
  if (isDiff(data)) {
    const before = perSecond(whole.left, meta, meta.baselineRangeSeconds ?? meta.rangeSeconds);
    if (before === undefined || after === undefined) {
      return `${formatValue(whole.left, data.unit)} → ${formatValue(whole.right, data.unit)}`;
    }
    return `${before.text} → ${after.text} (${formatRelative(before.value, after.value)})`;
  }
  const rate = perSecond(whole.left, meta, meta.rangeSeconds);
  const samples = meta.samples === undefined ? [] : [counted(meta.samples, 'sample')];
  return [...(rate === undefined ? [] : [rate.text]), formatValue(whole.left, data.unit), ...samples].join(' · ');
}

interface Rate {
  readonly value: number;
  readonly text: string;
}

/** undefined for what is a state and no flow, and when the range is not known. */
function perSecond(total: number, meta: FlameGraphMeta, rangeSeconds = 0): Rate | undefined {
  if (meta.profileTypeId === undefined || rangeSeconds <= 0) return undefined;
  const { overTime, factor, sampleUnit } = profileTypeMeaning(meta.profileTypeId);
  const value = total * factor(rangeSeconds);
  switch (overTime) {
    case 'state':
      return undefined;
    case 'cores': {
      const digits = value >= 99.95 ? 0 : value >= 0.995 ? 1 : 3;
      const shown = Number(value.toFixed(digits));
      if (shown === 0 && value > 0) return { value, text: '< 0.001 cores' };
      return { value, text: `${shown} ${shown === 1 ? 'core' : 'cores'}` };
    }
    case 'seconds':
      return { value, text: `${formatValue(value, 'seconds')}/s` };
    case 'rate':
      return { value, text: `${formatValue(value, sampleUnit)}/s` };
  }
}

const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** "96 % of samples have names · exact · 240 profiles of 4 pods". */
export function trustOf({ meta = {} }: FlameGraphData, named: number): string {
  const { profiles, pods, accuracy } = meta;
  const sources = [
    ...(profiles === undefined ? [] : [counted(profiles, 'profile')]),
    ...(pods === undefined ? [] : [counted(pods, 'pod')]),
  ].join(' of ');
  return [
    `${formatShare(named, 1)} of samples have names`,
    ...(accuracy === undefined ? [] : [accuracyText(accuracy)]),
    ...(sources === '' ? [] : [sources]),
  ].join(' · ');
}

function accuracyText(accuracy: Exclude<FlameGraphMeta['accuracy'], undefined>): string {
  if (accuracy.kind === 'exact') return 'exact';
  const { bound, confidence } = accuracy;
  return `± ${formatShare(bound, 1)} at ${formatShare(confidence, 1)}, sampled`;
}

/** From 0 to 1: how much of the value ends in functions that have a name and not only an address. */
export const namedShare = (data: FlameGraphData): number => shareOfNames(data, isNamed);

/** How much of the value is the own one of functions that are meant. */
export function shareOfNames(data: FlameGraphData, isMeant: (name: string) => boolean): number {
  const hasName = Uint8Array.from(data.names, (name) => (isMeant(name) ? 1 : 0));
  let [named, all] = [0, 0];
  for (let bar = 1; bar < data.count; bar++) {
    const { left, right } = selfOf(data, bar);
    const value = left + right;
    all += value;
    if (hasName[data.name[bar] ?? 0] === 1) named += value;
  }
  return all > 0 ? shareOf(named, all) : 1;
}

/** Addresses are hexadecimal, alone or behind their binary. */
const isNamed = (name: string): boolean =>
  runtimeOf(name) !== 'unknown' && !/^(?:[^!(]*!)?(?:0x[0-9a-f]+|[0-9a-f]{8,})$/i.test(name);
