/**
 * Fills a server with a shop whose encoding of JSON has grown with its new version: what the comparisons of the tests look for.
 *
 * Shape:  version v1 a week ago and until ten minutes ago, v2 since; two pods, a profile each 15 s, over the last half hour and
 *         the same half hour a week ago; a heap beside the CPU, and spans in the newest profiles.
 */
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage } from '../testServer.ts';

const stepMillis = 15_000;
const minute = 60_000;
export const weekMillis = 7 * 24 * 60 * minute;

/** Shares of a hundred. */
const stacks = (json: number): readonly string[] => [
  `main;http.serve;checkout.Handle;json.Marshal ${json}`,
  `main;http.serve;checkout.Handle;cart.Load ${60 - json}`,
  'main;http.serve;metrics.Report 20',
  'runtime.gc 20',
];
export const shareBefore = 0.03;
export const shareAfter = 0.12;
const before = stacks(100 * shareBefore);
const after = stacks(100 * shareAfter);
const nanosPerShare = 75_000_000;

/** A server of people takes no profiles of last week; `withLastWeek` says whether this one does. */
export async function pushShop(url: string, now: number, withLastWeek = true): Promise<void> {
  const changed = now - 10 * minute;
  for (const pod of ['shop-a', 'shop-b']) {
    const week = { pod, version: 'v1' };
    if (withLastWeek) await push(url, week, before, now - weekMillis - 30 * minute, now - weekMillis);
    await push(url, { pod, version: 'v1' }, before, now - 30 * minute, changed);
    await push(url, { pod, version: 'v2' }, after, changed, now);
  }
  await pushHeap(url, now);
}

async function push(
  url: string,
  labels: Readonly<Record<string, string>>,
  folded: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  const profiles: Uint8Array[] = [];
  for (let time = from + stepMillis; time <= to; time += stepMillis) {
    const scaled = folded.map((line) => line.replace(/\d+$/, (share) => String(Number(share) * nanosPerShare)));
    profiles.push(foldedPprof({ folded: scaled, timeNanos: BigInt(Math.trunc(time)) * 1_000_000n }));
  }
  await send(url, pushMessage({ __name__: 'process_cpu', service_name: 'shop', ...labels }, ...profiles));
}

/** 100 MiB, and two snapshots in each quarter of a minute: they must not be added up. */
async function pushHeap(url: string, now: number): Promise<void> {
  const profiles = Array.from({ length: 40 }, (_, i) =>
    foldedPprof({
      folded: [`main;cache.Fill ${100 * 2 ** 20}`],
      timeNanos: BigInt(Math.trunc(now - 5 * minute + i * 7_500)) * 1_000_000n,
      type: 'inuse_space',
      unit: 'bytes',
    }),
  );
  await send(url, pushMessage({ __name__: 'memory', service_name: 'shop', pod: 'shop-a' }, ...profiles));
}

async function send(url: string, message: unknown): Promise<void> {
  const { status, text } = await call(url, 'push.v1.PusherService/Push', message);
  if (status !== 200) throw new Error(`push answers ${status}: ${text}`);
}
