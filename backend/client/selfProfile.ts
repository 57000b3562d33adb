/**
 * Makes the server profile itself and push what it finds through its own door, so that there is a real flame graph before
 * any agent runs.
 *
 * Units: one sample each 10 ms of this process's main thread; a push after 5 s, then every 15 s.
 * Source: Node's inspector, domain Profiler.
 */
import { Session } from 'node:inspector/promises';
import { hostname } from 'node:os';
import type { Log } from '../log.ts';
import { writeCpuProfile } from '../wire/v8/writeCpuProfile.ts';
import { pushProfile } from './pushClient.ts';
import type { PushTarget } from './pushClient.ts';

const samplingMicros = 10_000;
const firstPushMillis = 5_000;
const pushEveryMillis = 15_000;

/** Returns what stops it. */
export async function startSelfProfile(target: PushTarget, version: string, log: Log): Promise<() => Promise<void>> {
  const labels = [
    { name: '__name__', value: 'process_cpu' },
    { name: 'service_name', value: 'pyrolens' },
    { name: 'hostname', value: hostname() },
    { name: 'version', value: version },
  ];
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingMicros });
  await session.post('Profiler.start');
  let startMillis = Date.now();
  let timer: NodeJS.Timeout;

  const pushRecorded = async (): Promise<void> => {
    const { profile } = await session.post('Profiler.stop');
    await session.post('Profiler.start');
    const bytes = writeCpuProfile(profile, { startMillis, periodNanos: samplingMicros * 1_000 });
    startMillis = Date.now();
    await pushProfile(target, labels, bytes);
  };
  const tick = (): void => {
    pushRecorded()
      .catch((error: unknown) =>
        log.warn('self profile was not pushed', { error: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => (timer = setTimeout(tick, pushEveryMillis).unref()));
  };
  timer = setTimeout(tick, firstPushMillis).unref();
  return async () => {
    clearTimeout(timer);
    await session.post('Profiler.stop');
    session.disconnect();
  };
}
