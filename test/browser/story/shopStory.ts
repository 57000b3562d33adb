/**
 * The story that the tests tell and README's pictures show: a shop whose checkout has had a new version for twenty minutes,
 * which encodes four times as much JSON.
 *
 * Shape:  profiles of the last hour and of the same hour a week ago; from the same moments the log lines and metrics that a
 *         Loki and a Prometheus would have. Nothing is random: the same moment gives the same bytes.
 * Units:  times in milliseconds since 1970; a profile each `stepMillis`, in samples of 10 ms and nanoseconds.
 */
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { call, pushMessage } from '../../testServer.ts';
import { checkoutGc, checkoutJson, checkoutRest, otherServices } from './shopStacks.ts';

const minute = 60_000;
export const weekMillis = 7 * 24 * 60 * minute;
const hourMillis = 60 * minute;
const samplePeriodNanos = 10_000_000;
/** A morning in June, a second after a profile: pictures made tomorrow are those made today. */
export const storyMoment = Date.UTC(2026, 5, 16, 10, 30, 1);
export const releasedAt = storyMoment - 20 * minute;
export const shareBefore = 0.03;
export const shareAfter = 0.12;
export const faultyFunction = 'encoding/json.Marshal';

interface Release {
  readonly version: string;
  readonly pods: readonly string[];
}
const releases = {
  lastWeek: {
    version: 'v2.13.3',
    pods: ['checkout-66b8d7c9f4-h2kzn', 'checkout-66b8d7c9f4-p9qvx', 'checkout-66b8d7c9f4-t7mcd'],
  },
  before: {
    version: 'v2.14.1',
    pods: ['checkout-7c9f5d8b6b-8mvtz', 'checkout-7c9f5d8b6b-lw4cj', 'checkout-7c9f5d8b6b-zk6ns'],
  },
  now: {
    version: 'v2.15.0',
    pods: ['checkout-5d4b8c6f7d-2xkqp', 'checkout-5d4b8c6f7d-b5wvg', 'checkout-5d4b8c6f7d-q4hjn'],
  },
} as const satisfies Readonly<Record<string, Release>>;

export const releaseAt = (time: number): Release =>
  time > releasedAt ? releases.now : time > storyMoment - weekMillis / 2 ? releases.before : releases.lastWeek;

/** Of one pod: people order more and less, and the new version takes a tenth more. */
export function coresAt(pod: number, time: number): number {
  const wave = 0.84 + 0.1 * Math.sin(time / 410_000 + pod) + 0.05 * Math.sin(time / 73_000 + 2.1 * pod);
  const noise = 0.06 * (wobble(pod, Math.floor(time / 15_000)) - 0.5);
  return (wave + noise) * (time > releasedAt ? 1.1 : 1);
}

/** What 99 of 100 answers of checkout take no longer than. */
export function slowestSecondsAt(time: number): number {
  const rise = Math.min(1, Math.max(0, (time - releasedAt) / (3 * minute)));
  return 0.19 + 0.24 * rise + 0.03 * (wobble(7, Math.floor(time / 30_000)) - 0.5);
}

/** From 0 to 1, and the same for the same numbers. */
export function wobble(a: number, b: number): number {
  let state = (Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b % 0x7fffffff, 0x85ebca6b)) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}

interface Stack {
  readonly frames: readonly string[];
  readonly weight: number;
}
const stacksOf = (folded: readonly string[]): readonly Stack[] =>
  folded.map((line) => {
    const space = line.lastIndexOf(' ');
    return { frames: line.slice(0, space).split(';'), weight: Number(line.slice(space + 1)) };
  });

/** Weights of which JSON's are exactly `share`. */
function checkoutStacks(share: number, gcWeight: number): readonly Stack[] {
  const rest = stacksOf([...checkoutRest, ...checkoutGc(gcWeight)]);
  const json = stacksOf(checkoutJson);
  const scale = ((share / (1 - share)) * sumOf(rest)) / sumOf(json);
  return [...json.map(({ frames, weight }) => ({ frames, weight: weight * scale })), ...rest];
}
const sumOf = (stacks: readonly Stack[]): number => stacks.reduce((sum, { weight }) => sum + weight, 0);

/** A fresh server that takes profiles of any age is filled; `all`: with the other services too. */
export async function pushShopStory(url: string, { all }: { readonly all: boolean }): Promise<void> {
  const before = checkoutStacks(shareBefore, 9);
  const after = checkoutStacks(shareAfter, 11);
  for (const pod of [0, 1, 2]) {
    const cores = (time: number): number => coresAt(pod, time);
    const push = (stacks: readonly Stack[], from: number, to: number): Promise<void> => {
      const { version, pods } = releaseAt(to);
      const labels = { service_name: 'checkout', namespace: 'shop', pod: pods[pod] ?? '', version };
      return pushRange(url, labels, { stacks, cores, from, to, stepMillis: 15_000 });
    };
    await push(before, storyMoment - weekMillis - 1.25 * hourMillis, storyMoment - weekMillis + hourMillis / 4);
    await push(before, storyMoment - 1.25 * hourMillis, releasedAt);
    await push(after, releasedAt, storyMoment);
  }
  if (!all) return;
  for (const [at, { service, version, cores: usual, growth, folded }] of otherServices.entries()) {
    const labels = { service_name: service, namespace: 'shop', pod: `${service}-${at}`, version };
    for (const [to, size] of [
      [storyMoment - weekMillis, usual],
      [storyMoment, usual * growth],
    ] as const) {
      // Their load has the same waves, and no release.
      const cores = (time: number): number =>
        size * coresAt(at + 3, time - (storyMoment - releasedAt) - (to === storyMoment ? weekMillis : 0));
      await pushRange(url, labels, {
        stacks: stacksOf(folded),
        cores,
        from: to - 1.25 * hourMillis,
        to,
        stepMillis: 30_000,
      });
    }
  }
}

interface Run {
  readonly stacks: readonly Stack[];
  readonly cores: (time: number) => number;
  readonly from: number;
  readonly to: number;
  readonly stepMillis: number;
}

async function pushRange(url: string, labels: Readonly<Record<string, string>>, run: Run): Promise<void> {
  const { stacks, cores, from, to, stepMillis } = run;
  const whole = sumOf(stacks);
  // What rounding to samples leaves goes to the next profile, so that shares hold over any range.
  const left = stacks.map(() => 0.5);
  const profiles: Uint8Array[] = [];
  for (let time = from + stepMillis; time <= to; time += stepMillis) {
    const samples = (cores(time) * stepMillis * 1e6) / samplePeriodNanos;
    const counts = stacks.map(({ weight }, i) => {
      const exact = (samples * weight) / whole + (left[i] ?? 0);
      left[i] = exact - Math.floor(exact);
      return Math.floor(exact);
    });
    profiles.push(encode(stacks, counts, time));
  }
  const message = pushMessage({ __name__: 'process_cpu', ...labels }, ...profiles);
  const { status, text } = await call(url, 'push.v1.PusherService/Push', message);
  if (status !== 200) throw new Error(`push answers ${status}: ${text}`);
}

/** As Go's own profiler writes: samples and nanoseconds side by side. */
function encode(stacks: readonly Stack[], counts: readonly number[], time: number): Uint8Array {
  const stringTable = new StringTable();
  const typeOf = (type: string, unit: string): ValueType =>
    new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) });
  const names = [...new Set(stacks.flatMap(({ frames }) => frames))];
  const ids = new Map(names.map((name, i) => [name, i + 1]));
  return new Profile({
    sampleType: [typeOf('samples', 'count'), typeOf('cpu', 'nanoseconds')],
    periodType: typeOf('cpu', 'nanoseconds'),
    period: samplePeriodNanos,
    timeNanos: BigInt(time) * 1_000_000n,
    sample: stacks.flatMap(({ frames }, i) => {
      const count = counts[i] ?? 0;
      const locationId = frames.toReversed().map((name) => ids.get(name) ?? 0);
      return count === 0 ? [] : [new Sample({ locationId, value: [count, count * samplePeriodNanos] })];
    }),
    location: names.map((_, i) => new Location({ id: i + 1, line: [new Line({ functionId: i + 1, line: 1 })] })),
    function: names.map((text, i) => {
      const name = stringTable.dedup(text);
      return new PprofFunction({ id: i + 1, name, systemName: name });
    }),
    stringTable,
  }).encode();
}
