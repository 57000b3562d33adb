/** Finds the graphs of a query that splits: our data source names the group of each in frame.meta.custom. */
import type { DataFrame } from '@grafana/data';

export interface GroupFrame {
  readonly group: string;
  readonly frame: DataFrame;
}

/** None when there is one graph or none. */
export function readGroups(frames: readonly DataFrame[]): readonly GroupFrame[] {
  const found = frames.flatMap((frame) => {
    const group = textIn(frame, 'group');
    return group === undefined || frame.length === 0 ? [] : [{ group, frame }];
  });
  return found.length > 1 ? found : [];
}

/** The selector that has a frame's group alone, if it is one. */
export const selectorIn = (frame: DataFrame | undefined): string | undefined => textIn(frame, 'labelSelector');

function textIn(frame: DataFrame | undefined, name: string): string | undefined {
  const custom: Readonly<Record<string, unknown>> = frame?.meta?.custom ?? {};
  const value = custom[name];
  return typeof value === 'string' ? value : undefined;
}
