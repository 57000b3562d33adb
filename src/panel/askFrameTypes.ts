/**
 * Asks the panel's data source what runs the functions of its graph; ours knows, others have no such method.
 *
 * Errors: none: where nobody knows, nothing is told.
 */
import type { DataFrame, PanelData } from '@grafana/data';
import type { DataSourceSrv } from '@grafana/runtime';
import type { FlameGraphData } from '../flamegraph/flameGraphData.ts';
import type { FrameTypes } from '../flamegraph/runtimeOf.ts';
import type { MillisRange } from './data/graphMeta.ts';
import { askedRange } from './data/graphMeta.ts';
import { profilesType } from './frameMenuItems.ts';

export async function askFrameTypes(
  data: PanelData,
  frame: DataFrame | undefined,
  { names, meta }: Pick<FlameGraphData, 'names' | 'meta'>,
  dataSources: Pick<DataSourceSrv, 'get' | 'getInstanceSettings'>,
): Promise<FrameTypes> {
  const targets = data.request?.targets ?? [];
  const target = targets.find(({ refId }) => refId === frame?.refId) ?? targets[0];
  const settings = dataSources.getInstanceSettings(target?.datasource);
  if (settings?.type !== profilesType) return new Map();
  const source: object = await dataSources.get(settings.uid);
  if (!canTell(source)) return new Map();
  const { startMillis, endMillis } = { ...askedRange(data), ...meta };
  return source.frameTypes(names, { startMillis, endMillis });
}

interface Teller {
  frameTypes(names: readonly string[], range: MillisRange): Promise<FrameTypes>;
}

/** One of the same version as this panel, or newer. */
const canTell = (source: object): source is Teller => 'frameTypes' in source && typeof source.frameTypes === 'function';
