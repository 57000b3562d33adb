/** Two sides of one question: what is selected, and what it is held against; drawn over each other, beside each other, or as a list. */
import { RadioButtonGroup, Stack } from '@grafana/ui';
import { useMemo } from 'react';
import { EMPTY } from 'rxjs';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import type { Baseline } from '../../datasource/data/comparison.ts';
import { baselineOf } from '../../datasource/data/comparison.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import { defaultComparison } from '../../datasource/data/profileQuery.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { askDiff } from '../data/compareSides.ts';
import type { PageState } from '../data/pageAddress.ts';
import { textOfMillis, timeRangeOf } from '../data/timeRange.ts';
import { Answer } from '../parts/Answer.tsx';
import { ChangeTable } from '../parts/ChangeTable.tsx';
import { FlameGraphBox } from '../parts/FlameGraphBox.tsx';
import { SideChart } from '../parts/SideChart.tsx';
import { SideGraph } from '../parts/SideGraph.tsx';
import type { Selection } from '../useSelection.ts';
import { BaselineControls } from './BaselineControls.tsx';
import type { PageProps } from './pageProps.ts';
import { SelectionPage } from './SelectionPage.tsx';

export function ComparePage(props: PageProps) {
  return <SelectionPage {...props}>{(selection) => <Sides {...props} selection={selection} />}</SelectionPage>;
}

const ways: { value: PageState['shown']; label: string }[] = [
  { value: 'overlay', label: 'Overlay' },
  { value: 'sides', label: 'Side by side' },
  { value: 'changes', label: 'What changed' },
];

function Sides({ server, location, selection }: PageProps & { readonly selection: Selection }) {
  const { state, change, adjust } = location;
  const { query, range, millis } = selection;
  const { labelSelector, shown } = state;
  const comparison = state.compareWith ?? defaultComparison;
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
