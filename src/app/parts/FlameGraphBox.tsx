/** The panel's flame graph in a page: as wide as there is room, its state in the address. */
import type { DataFrame, PanelData, TimeRange } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { Alert, Text, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import type { FlameGraphState } from '../../flamegraph/mountFlameGraph.types.ts';
import { askFrameTypes } from '../../panel/askFrameTypes.ts';
import { emptinessOf } from '../../panel/data/graphMeta.ts';
import { readFlameGraph } from '../../panel/data/readFlameGraph.ts';
import { themeOf } from '../../panel/data/themeOf.ts';
import { FlameGraphHost } from '../../panel/FlameGraphHost.tsx';
import { frameMenuItems } from '../../panel/frameMenuItems.ts';
import { useDetail } from '../../panel/useDetail.ts';
import { useRecording } from '../../panel/useRecording.tsx';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { NothingHere } from './NothingHere.tsx';
import { useWidth } from './useWidth.ts';

interface Props {
  readonly frames: readonly DataFrame[];
  readonly query: ProfileQuery;
  readonly range: TimeRange;
  readonly state: FlameGraphState;
  readonly onStateChange: (state: FlameGraphState) => void;
  readonly onGoTo: (range: MillisRange) => void;
  readonly isStale: boolean;
  readonly height?: number;
}

export function FlameGraphBox({ frames, query, range, state, onStateChange, onGoTo, isStale, height = 560 }: Props) {
  const { ref, width } = useWidth();
  const grafanaTheme = useTheme2();
  const theme = useMemo(() => themeOf(grafanaTheme), [grafanaTheme]);
  const reading = useMemo(
    () => readFlameGraph(frames, { startMillis: range.from.valueOf(), endMillis: range.to.valueOf() }),
    [frames],
  );
  const data = useMemo(() => dataOf(frames, query, range), [frames, query, range]);
  const drawn = reading.kind === 'graph' ? reading.frame : undefined;
  const { part, detail } = useDetail(data, drawn);
  const { onRecord, dialog } = useRecording();
  if (reading.kind === 'mistake') return <Alert severity="error" title={`Nothing to draw: ${reading.message}`} />;
  if (reading.kind === 'empty') {
    return (
      <NothingHere emptiness={emptinessOf(frames) ?? { message: 'No profiles in this time range.' }} onGoTo={onGoTo} />
    );
  }
  const notices = frames.flatMap(({ meta }) => meta?.notices ?? []);
  return (
    <div ref={ref}>
      {notices.map(({ text }) => (
        <Text key={text} element="p" color="secondary">
          {text}
        </Text>
      ))}
      {width > 0 && (
        <FlameGraphHost
          graph={part ?? reading.graph}
          theme={theme}
          state={state}
          onStateChange={onStateChange}
          menuItems={(frame) =>
            frameMenuItems({ data, replaceVariables: (text) => text, dataSources: getDataSourceSrv(), onRecord }, frame)
          }
          width={width}
          height={height}
          isStale={isStale}
          detail={detail}
          frameTypes={(graph) => askFrameTypes(data, drawn, graph, getDataSourceSrv())}
        />
      )}
      {dialog}
    </div>
  );
}

/** As a panel would have it: menus and further questions read the query out of the request. */
const dataOf = (frames: readonly DataFrame[], query: ProfileQuery, range: TimeRange): PanelData => ({
  series: [...frames],
  state: LoadingState.Done,
  timeRange: range,
  request: {
    app: 'pyrolens',
    requestId: 'pyrolens',
    timezone: '',
    startTime: 0,
    interval: '15s',
    intervalMs: 15_000,
    scopedVars: {},
    range,
    targets: [query],
  },
});
