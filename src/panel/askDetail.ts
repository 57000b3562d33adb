/**
 * Asks the panel's own data source for what is below a stack at full detail.
 *
 * Shape:  a graph, or a sentence that says why there is none.
 */
import type { DataFrame, DataSourceApi, PanelData } from '@grafana/data';
import type { DataSourceSrv } from '@grafana/runtime';
import { from, lastValueFrom } from 'rxjs';
import type { FlameGraphData } from '../flamegraph/flameGraphData.ts';
import { askedRange } from './data/graphMeta.ts';
import { readFlameGraph } from './data/readFlameGraph.ts';
import { selectorIn } from './data/readGroups.ts';
import { profilesType } from './frameMenuItems.ts';

export type DetailAnswer =
  { readonly kind: 'graph'; readonly graph: FlameGraphData } | { readonly kind: 'refusal'; readonly why: string };

/** Eight times what is asked for by default: a part of a graph with more has "other" again. */
const mostNodes = 65_536;

/** `frame`: whose part is asked for. */
export async function askDetail(
  data: PanelData,
  frame: DataFrame,
  stack: readonly string[],
  dataSources: Pick<DataSourceSrv, 'get' | 'getInstanceSettings'>,
): Promise<DetailAnswer> {
  const { request } = data;
  const target = request?.targets.find(({ refId }) => refId === frame.refId) ?? request?.targets[0];
  const settings = dataSources.getInstanceSettings(target?.datasource);
  if (request === undefined || target === undefined || settings?.type !== profilesType) {
    const name = settings?.name ?? 'This data source';
    return refusal(`${name} cannot be asked for a part of a flame graph: raise the max nodes of the query.`);
  }
  const selector = selectorIn(frame);
  const isDiff = Reflect.get(target, 'queryType') === 'diff';
  const part = {
    ...target,
    queryType: isDiff ? 'diff' : 'profile',
    splitBy: [],
    callSite: [...stack],
    maxNodes: mostNodes,
    ...(selector !== undefined && { labelSelector: selector }),
  };
  try {
    const source: DataSourceApi = await dataSources.get(settings.uid);
    const answer = await lastValueFrom(from(source.query({ ...request, targets: [part] })));
    const reading = readFlameGraph(answer.data, askedRange(data));
    if (reading.kind === 'graph') return { kind: 'graph', graph: { ...reading.graph, detailOf: stack } };
    return refusal(answer.errors?.[0]?.message ?? 'No samples are below it in this time range.');
  } catch (error) {
    // What is shown stays shown; the sentence stands beside it.
    return refusal(error instanceof Error ? error.message : String(error));
  }
}

const refusal = (why: string): DetailAnswer => ({ kind: 'refusal', why });
