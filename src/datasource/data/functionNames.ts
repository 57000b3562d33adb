/** Names of functions, for variables and for completion: those that cost most come first. */
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { stacktracesBody } from './requests.ts';
import { functionCosts } from './topFunctions.ts';

const defaultLimit = 500;

export function askFunctionNames(
  client: QuerierClient,
  profileTypeId: string,
  labelSelector: string,
  range: MillisRange,
  limit = defaultLimit,
): Observable<readonly string[]> {
  const query = { refId: '', queryType: 'profile' as const, profileTypeId, labelSelector, groupBy: [] };
  return client.selectMergeStacktraces(stacktracesBody(query, range)).pipe(
    map(({ flamegraph }) => {
      if (flamegraph === undefined || Number(flamegraph.total ?? 0) === 0) return [];
      return functionCosts(decodeLevels(flamegraph, ''))
        .slice(0, limit)
        .map(({ name }) => name);
    }),
  );
}
