/** The flame graph of one side of a comparison. */
import type { TimeRange } from '@grafana/data';
import { Text } from '@grafana/ui';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import { millisOf } from '../../datasource/data/catalog.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import type { FlameGraphState } from '../../flamegraph/mountFlameGraph.types.ts';
import { askFrames } from '../data/selection.ts';
import type { Server } from '../useServer.ts';
import { Answer } from './Answer.tsx';
import { FlameGraphBox } from './FlameGraphBox.tsx';

interface Props {
  readonly title: string;
  readonly server: Server;
  readonly query: ProfileQuery;
  readonly range: TimeRange;
  readonly state: FlameGraphState;
  readonly onStateChange: (state: FlameGraphState) => void;
  readonly onGoTo: (range: MillisRange) => void;
}

export function SideGraph({ title, server, query, range, ...graph }: Props) {
  const frames = useLoaded(
    () => askFrames(server, query, millisOf(range)),
    [server, query, range.from.valueOf(), range.to.valueOf()],
  );
  return (
    <section aria-label={title} style={{ flex: '1 1 0', minWidth: 0 }}>
      <Text weight="medium">{title}</Text>
      <Answer loading={frames} what={title.toLowerCase()}>
        {(found, isStale) => <FlameGraphBox frames={found} query={query} range={range} isStale={isStale} {...graph} />}
      </Answer>
    </section>
  );
}
