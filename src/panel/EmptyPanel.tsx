/** What stands where no graph is: why, and the way to the nearest profiles where there are some. */
import type { AbsoluteTimeRange, PanelData } from '@grafana/data';
import { dateTimeFormat, LoadingState } from '@grafana/data';
import { Button, useTheme2 } from '@grafana/ui';
import type { FlameGraphReading } from './data/readFlameGraph.ts';
import { emptinessOf } from './data/graphMeta.ts';

type NoGraph = Exclude<FlameGraphReading, { kind: 'graph' }>;

interface Props {
  readonly reading: NoGraph;
  readonly data: PanelData;
  readonly height: number;
  readonly onChangeTimeRange: (range: AbsoluteTimeRange) => void;
}

export function EmptyPanel({ reading, data, height, onChangeTimeRange }: Props) {
  const { colors, spacing } = useTheme2();
  const isLoading = data.state === LoadingState.Loading || data.state === LoadingState.NotStarted;
  const nearest = isLoading ? undefined : emptinessOf(data.series)?.nearest;
  return (
    <div
      style={{
        height,
        display: 'flex',
        flexDirection: 'column',
        gap: spacing(1),
        alignItems: 'center',
        justifyContent: 'center',
        textAlign: 'center',
        padding: spacing(2),
        overflow: 'auto',
        color: colors.text.secondary,
      }}
    >
      <div role="status">{sentenceFor(reading, data)}</div>
      {nearest !== undefined && (
        <Button
          variant="secondary"
          size="sm"
          icon="clock-nine"
          tooltip={`From ${dateTimeFormat(nearest.startMillis)} to ${dateTimeFormat(nearest.endMillis)}`}
          onClick={() => onChangeTimeRange({ from: nearest.startMillis, to: nearest.endMillis })}
        >
          Go there
        </Button>
      )}
    </div>
  );
}

/** An error explains an empty answer better than the answer does. */
function sentenceFor(reading: NoGraph, data: PanelData): string {
  const error = data.errors?.[0]?.message ?? data.error?.message;
  if (error !== undefined) return error;
  if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) return 'Loading profiles …';
  const because = emptinessOf(data.series)?.message;
  if (because !== undefined) return because;
  if (reading.kind === 'mistake') return `Nothing to draw: ${reading.message}.`;
  const selectors = (data.request?.targets ?? []).flatMap((target) =>
    'labelSelector' in target && typeof target.labelSelector === 'string' ? [target.labelSelector] : [],
  );
  const which = selectors.length === 0 ? '' : ` for ${selectors.join(' and ')}`;
  return `No profiles${which} in this time range.`;
}
