/** Made-up series and random expressions over them, the same for the same seed. */
import { labelValue, metricNameLabel, sortLabels } from '../model/labels.ts';
import type { Matcher } from '../model/selector.ts';
import { compileAnchored } from './anchoredPattern.ts';
import type { SampleSeries, SampleSource } from './sampleSource.ts';

/** 2026-11-20, 12:00. */
export const samplesEnd = 1_795_176_000_000;
const sampleCount = 160;

export type Random = () => number;

/** Mulberry32: small, and good enough to make things up. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<const T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

export function series(
  labels: Readonly<Record<string, string>>,
  points: readonly (readonly [number, number])[],
): SampleSeries {
  return {
    labels: sortLabels(Object.entries(labels).map(([name, value]) => ({ name, value }))),
    times: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

/**
 * gauge: free numbers. whole: small whole numbers, with NaN and infinities. counter: grows and is reset. Samples lie on a
 * 15 s grid and beside it, with gaps; some series begin late or end early.
 */
export function madeUpSeries(random: Random): readonly SampleSeries[] {
  const all: SampleSeries[] = [];
  for (const pod of ['a', 'b', 'c', 'd']) {
    for (const zone of ['north', 'south']) {
      if (pod === 'd' && zone === 'south') continue;
      const jitter = random() < 0.5;
      const add = (name: string, value: (before: number) => number): void => {
        const points: [number, number][] = [];
        let before = random() * 10;
        for (let i = 0; i < sampleCount; i++) {
          if (random() < 0.06) i += Math.floor(random() * 30);
          const time = samplesEnd - (sampleCount - 1 - i) * 15_000;
          if (i >= sampleCount) break;
          before = value(before);
          points.push([time - (jitter ? Math.floor(random() * 4_000) : 0), before]);
        }
        all.push(series({ [metricNameLabel]: name, pod, zone, code: pod < 'c' ? '200' : '500' }, points));
      };
      add('gauge', () => random() * 200 - 100);
      add('whole', () => {
        const pick = random();
        if (pick < 0.02) return NaN;
        return pick < 0.03 ? Infinity : pick < 0.04 ? -Infinity : Math.floor(random() * 5);
      });
      add('counter', (before) => (random() < 0.03 ? random() : before + random() * 7));
    }
  }
  const points: [number, number][] = [];
  for (let i = 0; i < sampleCount; i++) points.push([samplesEnd - (sampleCount - 1 - i) * 15_000, random()]);
  all.push(series({ [metricNameLabel]: 'single', team: 'core' }, points));
  return all;
}

export function sourceOf(all: readonly SampleSeries[]): SampleSource {
  return {
    select: (matchers, { startMillis, endMillis }) =>
      Promise.resolve(
        all.flatMap((one) => {
          if (!matchers.every((matcher) => fits(matcher, labelValue(one.labels, matcher.name) ?? ''))) return [];
          const first = one.times.findIndex((time) => time >= startMillis);
          const last = one.times.findLastIndex((time) => time <= endMillis);
          if (first < 0 || last < first) return [];
          return [{ ...one, times: one.times.slice(first, last + 1), values: one.values.slice(first, last + 1) }];
        }),
      ),
  };
}

function fits({ op, value }: Matcher, candidate: string): boolean {
  switch (op) {
    case '=':
      return candidate === value;
    case '!=':
      return candidate !== value;
    case '=~':
      return compileAnchored(value).matches(candidate);
    case '!~':
      return !compileAnchored(value).matches(candidate);
  }
}
