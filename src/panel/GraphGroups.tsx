/** The graphs of a query that splits: all beside each other, or the one that was chosen, with what is left to choose from. */
import type { PanelProps } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { RadioButtonGroup, useTheme2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { formatShare } from '../flamegraph/formatValue.ts';
import { askFrameTypes } from './askFrameTypes.ts';
import { askedRange } from './data/graphMeta.ts';
import { readFlameGraph } from './data/readFlameGraph.ts';
import type { GroupFrame } from './data/readGroups.ts';
import { themeOf } from './data/themeOf.ts';
import { FlameGraphHost } from './FlameGraphHost.tsx';
import { frameMenuItems } from './frameMenuItems.ts';
import type { PanelOptions } from './panelOptions.ts';
import { optionsOf, stateOf } from './panelOptions.ts';
import { useRecording } from './useRecording.tsx';

const barPixels = 40;
const narrowestPixels = 360;
const lowestPixels = 180;
const gapPixels = 8;
const titlePixels = 24;

interface Props extends PanelProps<PanelOptions> {
  readonly groups: readonly GroupFrame[];
  /** undefined: all. */
  readonly chosen: string | undefined;
  /** The one that was chosen, below a line of so many pixels. */
  readonly children: (room: number) => ReactNode;
}

export function GraphGroups(props: Props) {
  const { groups, chosen, options, onOptionsChange, children, width } = props;
  const choose = (group: string | undefined): void => {
    const kept = { ...options };
    delete kept.group;
    onOptionsChange({ ...kept, ...(group !== undefined && { group }) });
  };
  const choices = [{ value: '', label: 'All' }, ...groups.map(({ group }) => ({ value: group, label: group }))];
  return (
    <>
      <div style={{ width, height: barPixels, overflow: 'auto hidden' }}>
        <RadioButtonGroup
          size="sm"
          aria-label="Group"
          options={choices}
          value={chosen ?? ''}
          onChange={(group) => choose(group === '' ? undefined : group)}
        />
      </div>
      {chosen === undefined ? <Beside {...props} choose={choose} /> : children(barPixels)}
    </>
  );
}

function Beside({ choose, ...props }: Props & { readonly choose: (group: string) => void }) {
  const { groups, data, width, height, options, onOptionsChange } = props;
  const grafanaTheme = useTheme2();
  const theme = useMemo(() => themeOf(grafanaTheme), [grafanaTheme]);
  const { onRecord, dialog } = useRecording();
  const graphs = useMemo(
    () =>
      groups.flatMap(({ group, frame }) => {
        const reading = readFlameGraph([frame], askedRange(data));
        return reading.kind === 'graph' ? [{ group, frame, graph: reading.graph }] : [];
      }),
    [groups],
  );
  const sum = graphs.reduce((all, { graph }) => all + (graph.total[0] ?? 0), 0);
  const columns = Math.max(1, Math.min(graphs.length, Math.floor((width + gapPixels) / (narrowestPixels + gapPixels))));
  const rows = Math.ceil(graphs.length / columns);
  const cellHeight = Math.max(lowestPixels, Math.floor((height - barPixels - gapPixels * (rows - 1)) / rows));
  const isScrolled = rows * (cellHeight + gapPixels) - gapPixels > height - barPixels;
  const cellWidth = Math.floor((width - (isScrolled ? 16 : 0) - gapPixels * (columns - 1)) / columns);
  // Beside each other the graphs are drawn alone; what else was chosen holds for all.
  const state = { ...stateOf(options), view: 'icicle' as const };
  return (
    <div
      style={{
        height: height - barPixels,
        overflow: 'hidden auto',
        display: 'grid',
        gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)`,
        alignContent: 'start',
        gap: gapPixels,
      }}
    >
      {graphs.map(({ group, frame, graph }) => (
        <section key={group} aria-label={group}>
          <Title
            group={group}
            share={formatShare(graph.total[0] ?? 0, sum)}
            width={cellWidth}
            onChoose={() => choose(group)}
          />
          <FlameGraphHost
            graph={graph}
            theme={theme}
            state={state}
            onStateChange={({ view: _view, ...next }) =>
              onOptionsChange(optionsOf({ ...next, view: stateOf(options).view }, options))
            }
            menuItems={(info) => frameMenuItems({ ...props, dataSources: getDataSourceSrv(), frame, onRecord }, info)}
            width={cellWidth}
            height={cellHeight - titlePixels}
            isStale={data.state === LoadingState.Loading}
            frameTypes={(shown) => askFrameTypes(data, frame, shown, getDataSourceSrv())}
            isCompact
          />
        </section>
      ))}
      {dialog}
    </div>
  );
}

interface TitleProps {
  readonly group: string;
  readonly share: string;
  readonly width: number;
  readonly onChoose: () => void;
}

function Title({ group, share, width, onChoose }: TitleProps) {
  const { colors } = useTheme2();
  return (
    <button
      type="button"
      title={`Show ${group} alone`}
      onClick={onChoose}
      style={{
        display: 'flex',
        justifyContent: 'space-between',
        gap: gapPixels,
        width,
        height: titlePixels,
        padding: 0,
        border: 0,
        background: 'none',
        color: colors.text.primary,
        cursor: 'pointer',
      }}
    >
      <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: 500 }}>
        {group}
      </span>
      <span style={{ flex: 'none', color: colors.text.secondary }}>{share}</span>
    </button>
  );
}
