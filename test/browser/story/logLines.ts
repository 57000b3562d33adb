/** What checkout's pods said in the hour before the story's moment: a line each few seconds, and warnings since the release. */
import { releaseAt, releasedAt, slowestSecondsAt, storyMoment, wobble } from './shopStory.ts';

export interface LogLine {
  readonly timeMillis: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

const stepMillis = 4_000;

export function logLines(): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (let time = storyMoment - 3_600_000; time <= storyMoment; time += stepMillis) {
    const tick = Math.floor(time / stepMillis);
    const { version, pods } = releaseAt(time);
    const [level, said] = sentence(time, tick);
    const pod = pods[tick % pods.length] ?? '';
    const labels = { service_name: 'checkout', namespace: 'shop', pod, container: 'checkout', version, level };
    lines.push({ timeMillis: time + Math.floor(900 * wobble(3, tick)), labels, text: `level=${level} ${said}` });
  }
  return lines;
}

function sentence(time: number, tick: number): readonly [level: string, text: string] {
  const chance = wobble(11, tick);
  const order = `order=A-${48_000 + (tick % 9_000)}`;
  const tookMillis = Math.round(1_000 * slowestSecondsAt(time) * (0.3 + 0.8 * wobble(12, tick)));
  const traceId = [13, 14, 15, 16].map((seed) => hexOf(wobble(seed, tick))).join('');
  if (time > releasedAt && chance < 0.3) {
    const bytes = 180_000 + Math.round(90_000 * wobble(17, tick));
    return ['warn', `msg="large answer" ${order} bytes=${bytes} took=${tookMillis}ms trace_id=${traceId}`];
  }
  if (chance > 0.97) return ['error', `msg="payment refused" ${order} reason=insufficient_funds trace_id=${traceId}`];
  if (chance > 0.8)
    return ['info', `msg="stock reserved" ${order} warehouse=ams2 took=${Math.round(tookMillis / 5)}ms`];
  return ['info', `msg="order placed" ${order} items=${1 + (tick % 7)} took=${tookMillis}ms trace_id=${traceId}`];
}

const hexOf = (part: number): string =>
  Math.floor(part * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
