/** The panel: reads the flame graph out of the data frames and hands it to the drawing, or says why there is none. */
import type { PanelData, PanelProps } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { FlameGraphReading } from './data/readFlameGraph.ts';
import { readFlameGraph } from './data/readFlameGraph.ts';
import { themeOf } from './data/themeOf.ts';
import { emptinessOf } from './data/graphMeta.ts';
import { FlameGraphHost } from './FlameGraphHost.tsx';
import { frameMenuItems } from './frameMenuItems.ts';
import type { PanelOptions } from './panelOptions.ts';
import { optionsOf, stateOf } from './panelOptions.ts';

export function FlameGraphPanel(props: PanelProps<PanelOptions>) {
  const { data, width, height, options, onOptionsChange } = props;
  const grafanaTheme = useTheme2();
  const theme = useMemo(() => themeOf(grafanaTheme), [grafanaTheme]);
  const reading = useMemo(() => readFlameGraph(data.series, askedRange(data)), [data.series]);
  if (reading.kind !== 'graph') return <EmptyPanel height={height} sentence={sentenceFor(reading, data)} />;
  return (
    <FlameGraphHost
      graph={reading.graph}
      theme={theme}
      state={stateOf(options)}
      onStateChange={(state) => onOptionsChange(optionsOf(state, options))}
      menuItems={(frame) => frameMenuItems({ ...props, dataSources: getDataSourceSrv() }, frame)}
      width={width}
      height={height}
      isStale={data.state === LoadingState.Loading}
    />
  );
}

const askedRange = ({ timeRange: { from, to } }: PanelData) => ({
  startMillis: from.valueOf(),
  endMillis: to.valueOf(),
});

function EmptyPanel({ height, sentence }: { readonly height: number; readonly sentence: string }) {
  const { colors, spacing } = useTheme2();
  return (
    <div
      role="status"
      style={{
        height,
        display: 'flex',
        alignItems: 'center',
        justifyContent: 'center',
        textAlign: 'center',
        padding: spacing(2),
        color: colors.text.secondary,
      }}
    >
      {sentence}
    </div>
  );
}

/** An error explains an empty answer better than the answer does. */
function sentenceFor(reading: Exclude<FlameGraphReading, { kind: 'graph' }>, data: PanelData): string {
  const error = data.errors?.[0]?.message ?? data.error?.message;
  if (error !== undefined) return error;
  if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) return 'Loading profiles …';
  if (reading.kind === 'mistake') return `Nothing to draw: ${reading.message}.`;
  const because = emptinessOf(data.series)?.message;
  if (because !== undefined) return because;
  const selectors = (data.request?.targets ?? []).flatMap((target) =>
    'labelSelector' in target && typeof target.labelSelector === 'string' ? [target.labelSelector] : [],
  );
  const which = selectors.length === 0 ? '' : ` for ${selectors.join(' and ')}`;
  return `No profiles${which} in this time range.`;
}
