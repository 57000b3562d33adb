/**
 * After a start: the stacks of each tenant's newest hour are recalled before anybody asks, so that the first flame graph
 * takes about as long as the next ones.
 *
 * Errors: none; a tenant that cannot be read is left to its first question, which tells why.
 */
import { unixNanos } from '../model/time.ts';
import type { SampleScope } from '../store/store.ts';
import type { QuestionContext } from './questionContext.ts';

const nanosPerHour = 3_600_000_000_000n;
/** Some seconds of one core; who has more waits for the first answer. */
const mostSamples = 20_000_000;
const mostTenants = 10;

export async function recallNewest(context: QuestionContext): Promise<void> {
  for (const tenant of [...context.store.catalog.tenants()].slice(0, mostTenants)) {
    await recallTenant(context, tenant).catch(() => undefined);
  }
}

async function recallTenant({ store, memory, signal }: QuestionContext, tenant: string): Promise<void> {
  const bounds = store.catalog.bounds(tenant);
  if (bounds === undefined) return;
  // Right after a start the newest profile is only known by its hour, which may have just begun.
  const range = { start: unixNanos(bounds.newest - 2n * nanosPerHour), end: unixNanos(bounds.newest + nanosPerHour) };
  const seriesIds = BigUint64Array.from(store.catalog.select(tenant, [], range), ({ id }) => id);
  const scope: SampleScope = { tenant, seriesIds, range };
  if ((await store.readingCost(scope, signal)) > mostSamples) return;
  const { stackIds } = await store.sumStacks(scope, signal);
  await memory.recall(store, tenant, range, stackIds, signal);
}
