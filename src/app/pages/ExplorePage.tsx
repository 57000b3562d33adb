/** One selection: its values over time, and the flame graph and table of the range; a drag over the graph narrows it. */
import { Stack } from '@grafana/ui';
import { useMemo } from 'react';
import { EMPTY } from 'rxjs';
import { LabelSelectorField } from '../../datasource/components/LabelSelectorField.tsx';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import { formatOverTime } from '../../page/overTime.ts';
import { askOverTime, askFrames, queryOf } from '../data/selection.ts';
import { textOfMillis } from '../data/timeRange.ts';
import { Answer } from '../parts/Answer.tsx';
import { FlameGraphBox } from '../parts/FlameGraphBox.tsx';
import { RangeControls } from '../parts/RangeControls.tsx';
import { TimeChart } from '../parts/TimeChart.tsx';
import { useRange } from '../useRange.ts';
import { FirstRun } from './FirstRun.tsx';
import type { PageProps } from './pageProps.ts';

export function ExplorePage({ server, location }: PageProps) {
  const { state, change, adjust } = location;
  const { range, millis, refresh } = useRange(state);
  const { profileTypeId, labelSelector } = state;
  const idsKey = [...state.traceIds, ...state.spanIds, ...state.profileIds].join();
  const query = useMemo(() => queryOf(server, state), [server, idsKey, profileTypeId, labelSelector]);
  const overTime = useLoaded(
    () => (profileTypeId === '' ? EMPTY : askOverTime(server, query, millis)),
    [query, millis],
  );
  const frames = useLoaded(() => (profileTypeId === '' ? EMPTY : askFrames(server, query, millis)), [query, millis]);
  return (
    <Stack direction="column" gap={2}>
      <RangeControls server={server} location={location} range={range} onRefresh={refresh} />
      <Stack direction="row" wrap="wrap" gap={0.5}>
        <LabelSelectorField
          catalog={server.catalog}
          range={range}
          profileTypeId={profileTypeId}
          selector={labelSelector}
          onChange={(next) => change({ labelSelector: next })}
        />
      </Stack>
      {profileTypeId === '' ? (
        <FirstRun server={server} onFound={refresh} />
      ) : (
        <>
          <Answer loading={overTime} what="values over time">
            {({ lines, stepMillis }) => (
              <TimeChart
                label="Over time"
                lines={lines}
                range={millis}
                stepMillis={stepMillis}
                format={(value) => formatOverTime(profileTypeId, value)}
                onBrush={(part) => change(textOfMillis(part))}
              />
            )}
          </Answer>
          <Answer loading={frames} what="flame graph">
            {(found, isStale) => (
              <FlameGraphBox
                frames={found}
                query={query}
                range={range}
                state={state.graph}
                onStateChange={(graph) => adjust({ graph })}
                onGoTo={(part) => change(textOfMillis(part))}
                isStale={isStale}
              />
            )}
          </Answer>
        </>
      )}
    </Stack>
  );
}
