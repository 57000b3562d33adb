/** Keeps the part of a graph that was asked for at full detail, and asks for it anew when the panel's data is new. */
import type { DataFrame, PanelData } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { FlameGraphData } from '../flamegraph/flameGraphData.ts';
import type { DetailSource } from '../flamegraph/mountFlameGraph.types.ts';
import { askDetail } from './askDetail.ts';

interface Detail {
  /** undefined: the whole is shown. */
  readonly part: FlameGraphData | undefined;
  readonly detail: DetailSource;
}

export function useDetail(data: PanelData, frame: DataFrame | undefined): Detail {
  const [part, setPart] = useState<FlameGraphData>();
  const wanted = useRef<readonly string[]>(undefined);
  const latest = useRef({ data, frame });
  latest.current = { data, frame };
  const detail = useMemo(() => {
    const open = async (stack: readonly string[]): Promise<string | undefined> => {
      const { data, frame } = latest.current;
      if (frame === undefined) return undefined;
      wanted.current = stack;
      const answer = await askDetail(data, frame, stack, getDataSourceSrv());
      // Something else was asked for meanwhile.
      if (wanted.current !== stack) return undefined;
      if (answer.kind === 'graph') setPart(answer.graph);
      else leave();
      return answer.kind === 'graph' ? undefined : answer.why;
    };
    const leave = (): void => {
      wanted.current = undefined;
      setPart(undefined);
    };
    return { open, leave };
  }, []);
  useEffect(() => {
    // A refresh has the same stack in mind; until it is answered the part before stays.
    if (wanted.current !== undefined && data.state !== LoadingState.Loading) void detail.open([...wanted.current]);
  }, [data.series, detail]);
  return { part, detail };
}
