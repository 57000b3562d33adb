/**
 * The table of top functions: from Pyrolens' own route where it has the answer, else out of a flame graph.
 *
 * Errors: groups on a server without the route are refused with what to do instead.
 */
import type { DataFrame } from '@grafana/data';
import type { Observable } from 'rxjs';
import { catchError, map, throwError } from 'rxjs';
import type { FlameGraphAnswer } from '../../flamegraph/decodeLevels.ts';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import { baselineOf } from './comparison.ts';
import { decodeDiff, isEmptyDiff } from './diffFrame.ts';
import type { ProfileQuery } from './profileQuery.ts';
import { defaultFunctionLimit } from './profileQuery.ts';
import { flameGraphUnit } from './profileTypeUnits.ts';
import type { QuerierClient } from './querierClient.ts';
import { isUnknownQuestion } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { diffBody } from './requests.ts';
import type { FunctionGroup } from './topAnswer.ts';
import { groupsOfTop, leftOutText } from './topAnswer.ts';
import { byChange, bySelf, cutText, functionCosts, topFunctionsFrame } from './topFunctions.ts';
import { formatTypedSelector } from './typedSelector.ts';

/** The route orders by size; the largest changes are among more than are shown. */
const leastCompared = 200;
/** Each is a sum of its own; what is left out is told. */
const mostGroups = 100;

interface TopContext {
  readonly client: QuerierClient;
  readonly range: MillisRange;
  readonly askFlameGraph: () => Observable<FlameGraphAnswer | undefined>;
}

export function askTopFunctions(query: ProfileQuery, context: TopContext): Observable<readonly DataFrame[]> {
  const offset = offsetOf(query);
  const isNarrowed = [query.spanSelector, query.traceIdSelector, query.profileIdSelector].some((ids = []) => ids.length);
  // What the route cannot be asked for.
  if (isNarrowed || (query.compareWith !== undefined && offset === undefined)) return fromGraph(query, context);
  const limit = query.limit ?? defaultFunctionLimit;
  const parameters = new URLSearchParams({
    query: formatTypedSelector(query.profileTypeId, query.labelSelector),
    from: String(Math.trunc(context.range.startMillis)),
    until: String(Math.trunc(context.range.endMillis)),
    by: 'self',
    limit: String(offset === undefined ? limit : Math.max(leastCompared, limit)),
    ...(offset !== undefined && { offset }),
  });
  for (const label of query.groupBy) parameters.append('groupBy', label);
  if (query.groupBy.length > 0) parameters.set('groups', String(mostGroups));
  return context.client.top(parameters).pipe(
    map((answer) => framesOf(query, groupsOfTop(answer), offset !== undefined, leftOutText(answer))),
    catchError((error: unknown) => {
      if (!isUnknownQuestion(error)) throw error;
      return fromGraph(query, context);
    }),
  );
}

const offsetOf = ({ compareWith }: ProfileQuery): string | undefined =>
  compareWith?.kind === 'offset' && /^\d{1,6}[smhdwMy]$/.test(compareWith.offset) ? compareWith.offset : undefined;

function fromGraph(query: ProfileQuery, { client, range, askFlameGraph }: TopContext): Observable<readonly DataFrame[]> {
  if (query.groupBy.length > 0) {
    const why = 'Functions are grouped by Pyrolens alone, and against an earlier time only: remove "Group by".';
    return throwError(() => new Error(why));
  }
  const unit = flameGraphUnit(query.profileTypeId);
  const ofGraph = (graph: FlameGraphData) =>
    framesOf(query, [{ labels: {}, costs: functionCosts(graph) }], graph.totalRight !== undefined, cutText(graph));
  if (query.compareWith === undefined) {
    return askFlameGraph().pipe(map((answer) => (answer === undefined ? [] : ofGraph(decodeLevels(answer, unit)))));
  }
  const baseline = baselineOf(query.compareWith, query.labelSelector, range);
  return client
    .diff(diffBody(query, baseline, range))
    .pipe(
      map(({ flamegraph = {} }) => (isEmptyDiff(flamegraph) ? [] : ofGraph(decodeDiff(flamegraph, unit)))),
    );
}

function framesOf(
  query: ProfileQuery,
  groups: readonly FunctionGroup[],
  isDiff: boolean,
  notice: string,
): readonly DataFrame[] {
  const limit = query.limit ?? defaultFunctionLimit;
  const order = isDiff ? byChange : bySelf;
  const shown = groups.map(({ labels, costs }) => ({ labels, costs: [...costs].sort(order).slice(0, limit) }));
  if (shown.every(({ costs }) => costs.length === 0)) return [];
  return [topFunctionsFrame(query, shown, isDiff, notice)];
}
