/** One selection: its values over time, and the flame graph and table of the range; a drag over the graph narrows it. */
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import { formatOverTime } from '../../page/overTime.ts';
import { askFrames, askOverTime } from '../data/selection.ts';
import { textOfMillis } from '../data/timeRange.ts';
import { Answer } from '../parts/Answer.tsx';
import { FlameGraphBox } from '../parts/FlameGraphBox.tsx';
import { TimeChart } from '../parts/TimeChart.tsx';
import type { Selection } from '../useSelection.ts';
import type { PageProps } from './pageProps.ts';
import { SelectionPage } from './SelectionPage.tsx';

export function ExplorePage(props: PageProps) {
  return <SelectionPage {...props}>{(selection) => <Selected {...props} selection={selection} />}</SelectionPage>;
}

function Selected({ server, location, selection }: PageProps & { readonly selection: Selection }) {
  const { state, change, adjust } = location;
  const { query, range, millis } = selection;
  const overTime = useLoaded(() => askOverTime(server, query, millis), [query, millis]);
  const frames = useLoaded(() => askFrames(server, query, millis), [query, millis]);
  return (
    <>
      <Answer loading={overTime} what="values over time">
        {({ lines, stepMillis }) => (
          <TimeChart
            label="Over time"
            lines={lines}
            range={millis}
            stepMillis={stepMillis}
            format={(value) => formatOverTime(state.profileTypeId, value)}
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
  );
}
