/** The panel: reads the flame graph out of the data frames and hands it to the drawing, or says why there is none. */
import type { PanelProps } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { askFrameTypes } from './askFrameTypes.ts';
import { askedRange } from './data/graphMeta.ts';
import { readFlameGraph } from './data/readFlameGraph.ts';
import { readGroups } from './data/readGroups.ts';
import { themeOf } from './data/themeOf.ts';
import { EmptyPanel } from './EmptyPanel.tsx';
import { FlameGraphHost } from './FlameGraphHost.tsx';
import { frameMenuItems } from './frameMenuItems.ts';
import { GraphGroups } from './GraphGroups.tsx';
import type { PanelOptions } from './panelOptions.ts';
import { optionsOf, stateOf } from './panelOptions.ts';
import { useDetail } from './useDetail.ts';
import { useRecording } from './useRecording.tsx';

export function FlameGraphPanel(props: PanelProps<PanelOptions>) {
  const { data, options, height } = props;
  const groups = useMemo(() => readGroups(data.series), [data.series]);
  const chosen = groups.find(({ group }) => group === options.group);
  const ofChosen = useMemo(() => ({ ...data, series: chosen === undefined ? [] : [chosen.frame] }), [data, chosen]);
  if (groups.length === 0) return <OneGraph {...props} />;
  return (
    <GraphGroups {...props} groups={groups} chosen={chosen?.group}>
      {(room) => chosen && <OneGraph key={chosen.group} {...props} data={ofChosen} height={height - room} />}
    </GraphGroups>
  );
}

function OneGraph(props: PanelProps<PanelOptions>) {
  const { data, width, height, options, onOptionsChange, onChangeTimeRange } = props;
  const grafanaTheme = useTheme2();
  const theme = useMemo(() => themeOf(grafanaTheme), [grafanaTheme]);
  const reading = useMemo(() => readFlameGraph(data.series, askedRange(data)), [data.series]);
  const frame = reading.kind === 'graph' ? reading.frame : undefined;
  const { part, detail } = useDetail(data, frame);
  const { onRecord, dialog } = useRecording();
  if (reading.kind !== 'graph') {
    return <EmptyPanel reading={reading} data={data} height={height} onChangeTimeRange={onChangeTimeRange} />;
  }
  return (
    <>
      <FlameGraphHost
        graph={part ?? reading.graph}
        theme={theme}
        state={stateOf(options)}
        onStateChange={(state) => onOptionsChange(optionsOf(state, options))}
        menuItems={(info) =>
          frameMenuItems({ ...props, dataSources: getDataSourceSrv(), frame: reading.frame, onRecord }, info)
        }
        width={width}
        height={height}
        isStale={data.state === LoadingState.Loading}
        detail={detail}
        frameTypes={(graph) => askFrameTypes(data, reading.frame, graph, getDataSourceSrv())}
      />
      {dialog}
    </>
  );
}
