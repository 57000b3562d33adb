/**
 * Reads what a flame graph's frame says about where it comes from.
 *
 * Shape:  frame.meta.custom, written by our data source: profileTypeId, startMillis, endMillis, baselineStartMillis,
 *         baselineEndMillis, samples, profiles, pods, accuracy. Frames of other data sources have none of it.
 * Errors: what has another type than it should is passed over: it is only told.
 */
import type { DataFrame, PanelData } from '@grafana/data';
import type { FlameGraphMeta } from '../../flamegraph/flameGraphData.ts';

export interface MillisRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

export const askedRange = ({ timeRange: { from, to } }: Pick<PanelData, 'timeRange'>): MillisRange => ({
  startMillis: from.valueOf(),
  endMillis: to.valueOf(),
});

/** The dashboard's range stands in for what the frame leaves out. */
export function graphMetaOf(frame: DataFrame | undefined, asked: MillisRange | undefined): FlameGraphMeta {
  const custom: Readonly<Record<string, unknown>> = frame?.meta?.custom ?? {};
  const number = (name: string): number | undefined => {
    const value = custom[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const startMillis = number('startMillis') ?? asked?.startMillis;
  const endMillis = number('endMillis') ?? asked?.endMillis;
  const all = {
    profileTypeId: typeof custom.profileTypeId === 'string' ? custom.profileTypeId : undefined,
    startMillis,
    endMillis,
    rangeSeconds: secondsBetween(startMillis, endMillis),
    baselineRangeSeconds: secondsBetween(number('baselineStartMillis'), number('baselineEndMillis')),
    samples: number('samples'),
    profiles: number('profiles'),
    pods: number('pods'),
    accuracy: accuracyOf(custom.accuracy),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function secondsBetween(startMillis: number | undefined, endMillis: number | undefined): number | undefined {
  if (startMillis === undefined || endMillis === undefined || endMillis <= startMillis) return undefined;
  return (endMillis - startMillis) / 1_000;
}

function accuracyOf(value: unknown): FlameGraphMeta['accuracy'] {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind === 'exact') return { kind: 'exact' };
  const isEstimate = 'bound' in value && 'confidence' in value && value.kind === 'estimate';
  if (!isEstimate || typeof value.bound !== 'number' || typeof value.confidence !== 'number') return undefined;
  return { kind: 'estimate', bound: value.bound, confidence: value.confidence };
}

/** Why there is nothing, as our data source found out, and where something is. */
export function emptinessOf(frames: readonly DataFrame[]): { readonly message: string; readonly nearest?: MillisRange } | undefined {
  for (const { meta } of frames) {
    const custom: Readonly<Record<string, unknown>> = meta?.custom ?? {};
    if (typeof custom.emptyBecause !== 'string') continue;
    const { nearest } = custom;
    const hasRange = typeof nearest === 'object' && nearest !== null && 'startMillis' in nearest && 'endMillis' in nearest;
    if (!hasRange || typeof nearest.startMillis !== 'number' || typeof nearest.endMillis !== 'number') {
      return { message: custom.emptyBecause };
    }
    return { message: custom.emptyBecause, nearest: { startMillis: nearest.startMillis, endMillis: nearest.endMillis } };
  }
  return undefined;
}
