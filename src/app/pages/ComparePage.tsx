/** Two sides of one question: what is selected, and what it is held against; drawn over each other, beside each other, or as a list. */
import { RadioButtonGroup, Stack } from '@grafana/ui';
import { useMemo } from 'react';
import { EMPTY } from 'rxjs';
import { LabelSelectorField } from '../../datasource/components/LabelSelectorField.tsx';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import type { Baseline } from '../../datasource/data/comparison.ts';
import { baselineOf } from '../../datasource/data/comparison.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import { defaultComparison } from '../../datasource/data/profileQuery.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { askDiff } from '../data/compareSides.ts';
import type { PageState } from '../data/pageAddress.ts';
import { queryOf } from '../data/selection.ts';
import { textOfMillis, timeRangeOf } from '../data/timeRange.ts';
import { Answer } from '../parts/Answer.tsx';
import { ChangeTable } from '../parts/ChangeTable.tsx';
import { FlameGraphBox } from '../parts/FlameGraphBox.tsx';
import { RangeControls } from '../parts/RangeControls.tsx';
import { SideChart } from '../parts/SideChart.tsx';
import { SideGraph } from '../parts/SideGraph.tsx';
import { useRange } from '../useRange.ts';
import { BaselineControls } from './BaselineControls.tsx';
import { FirstRun } from './FirstRun.tsx';
import type { PageProps } from './pageProps.ts';

export function ComparePage(props: PageProps) {
  const { server, location } = props;
  const { state, change } = location;
  const { range, refresh } = useRange(state);
  return (
    <Stack direction="column" gap={2}>
      <RangeControls server={server} location={location} range={range} onRefresh={refresh} />
      <Stack direction="row" wrap="wrap" gap={0.5}>
        <LabelSelectorField
          catalog={server.catalog}
          range={range}
          profileTypeId={state.profileTypeId}
          selector={state.labelSelector}
          onChange={(labelSelector) => change({ labelSelector })}
        />
      </Stack>
      {state.profileTypeId === '' ? (
        <FirstRun server={server} onFound={refresh} />
      ) : (
        // A refresh is a new range, so that everything below asks anew.
        <Sides key={`${range.from.valueOf()}-${range.to.valueOf()}`} {...props} />
      )}
    </Stack>
  );
}

const ways: { value: PageState['shown']; label: string }[] = [
  { value: 'overlay', label: 'Overlay' },
  { value: 'sides', label: 'Side by side' },
  { value: 'changes', label: 'What changed' },
];

function Sides({ server, location }: PageProps) {
  const { state, change, adjust } = location;
  const { range, millis } = useRange(state);
  const { profileTypeId, labelSelector, shown } = state;
  const comparison = state.compareWith ?? defaultComparison;
  const idsKey = [...state.traceIds, ...state.spanIds, ...state.profileIds].join();
  const query = useMemo(() => queryOf(server, state), [server, idsKey, profileTypeId, labelSelector]);
  const key = JSON.stringify(comparison);
  const baseline = useMemo(() => baselineOf(comparison, labelSelector, millis), [key, labelSelector, millis]);
  const baselineQuery = useMemo(() => ({ ...query, labelSelector: baseline.labelSelector }), [query, baseline]);
  const diff = useLoaded(
    () => (shown === 'sides' ? EMPTY : askDiff(server, query, comparison, millis)),
    [server, query, key, millis, shown === 'sides'],
  );
  const graphProps = {
    state: state.graph,
    onStateChange: (graph: PageState['graph']) => adjust({ graph }),
    onGoTo: (part: Parameters<typeof textOfMillis>[0]) => change(textOfMillis(part)),
  };
  return (
    <>
      <BaselineControls server={server} location={location} query={query} range={millis} comparison={comparison} />
      <SideCharts server={server} query={query} millis={millis} baseline={baseline} onChange={change} />
      <Stack direction="row">
        <RadioButtonGroup
          aria-label="How to show it"
          fullWidth={false}
          value={shown}
          options={ways}
          onChange={(next) => change({ shown: next })}
        />
      </Stack>
      {shown === 'sides' ? (
        <Stack direction={{ xs: 'column', md: 'row' }} gap={2}>
          <SideGraph
            title="Baseline"
            server={server}
            query={baselineQuery}
            range={timeRangeOf(textOfMillis(baseline))}
            {...graphProps}
          />
          <SideGraph title="Selected" server={server} query={query} range={range} {...graphProps} />
        </Stack>
      ) : (
        <Answer loading={diff} what="comparison">
          {({ frames, changes }, isStale) =>
            shown === 'changes' ? (
              <ChangeTable changes={changes} notices={frames.flatMap(({ meta }) => meta?.notices ?? [])} />
            ) : (
              <FlameGraphBox frames={frames} query={query} range={range} isStale={isStale} {...graphProps} />
            )
          }
        </Answer>
      )}
    </>
  );
}

interface ChartProps {
  readonly server: PageProps['server'];
  readonly query: ProfileQuery;
  readonly millis: MillisRange;
  readonly baseline: Baseline;
  readonly onChange: (part: Partial<PageState>) => void;
}

/** A drag moves the range of its own side. */
function SideCharts({ server, query, millis, baseline, onChange }: ChartProps) {
  const { labelSelector } = baseline;
  return (
    <Stack direction={{ xs: 'column', md: 'row' }} gap={2}>
      <SideChart
        title="Baseline"
        server={server}
        query={{ ...query, labelSelector }}
        range={baseline}
        onBrush={(part) => onChange({ compareWith: { kind: 'range', ...part, labelSelector } })}
      />
      <SideChart
        title="Selected"
        server={server}
        query={query}
        range={millis}
        onBrush={(part) => onChange(textOfMillis(part))}
      />
    </Stack>
  );
}
