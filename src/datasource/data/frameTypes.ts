/**
 * What runs functions, by name, as the agents that took the stacks said it.
 *
 * Errors: those of the question; servers of others do not know it.
 */
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';

/** The server takes no more. */
const mostNames = 100_000;

export function askFrameTypes(
  client: Pick<QuerierClient, 'frameTypes'>,
  names: readonly string[],
  { startMillis, endMillis }: MillisRange,
): Observable<ReadonlyMap<string, string>> {
  const asked = names.slice(0, mostNames);
  return client.frameTypes({ names: asked, from: Math.trunc(startMillis), until: Math.trunc(endMillis) }).pipe(
    map(({ types = {} }) => {
      const pairs = Object.entries(types).flatMap(([type, indexes]) =>
        indexes.flatMap((index) => {
          const name = asked[index];
          return name === undefined ? [] : [[name, type] as const];
        }),
      );
      return new Map(pairs);
    }),
  );
}
