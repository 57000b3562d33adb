/** One side of a comparison over time; a drag over it chooses another range for that side. */
import { Stack, Text } from '@grafana/ui';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import type { ProfileQuery } from '../../datasource/data/profileQuery.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { momentLabel } from '../../page/chartScale.ts';
import { formatOverTime } from '../../page/overTime.ts';
import { askOverTime } from '../data/selection.ts';
import type { Server } from '../useServer.ts';
import { Answer } from './Answer.tsx';
import { TimeChart } from './TimeChart.tsx';

interface Props {
  readonly title: string;
  readonly server: Server;
  readonly query: ProfileQuery;
  readonly range: MillisRange;
  readonly onBrush: (range: MillisRange) => void;
}

export function SideChart({ title, server, query, range, onBrush }: Props) {
  // A comparison is mostly of a part of something longer: a quarter more on each side is there to drag into.
  const margin = (range.endMillis - range.startMillis) / 4;
  const around = { startMillis: range.startMillis - margin, endMillis: range.endMillis + margin };
  const overTime = useLoaded(
    () => askOverTime(server, query, around),
    [server, query.profileTypeId, query.labelSelector, range.startMillis, range.endMillis],
  );
  const now = Date.now();
  return (
    <div style={{ flex: '1 1 0', minWidth: 0 }}>
      <Stack direction="row" gap={1} wrap="wrap">
        <Text weight="medium">{title}</Text>
        <Text color="secondary">
          {query.labelSelector} · {momentLabel(range.startMillis, now)} – {momentLabel(range.endMillis, now)}
        </Text>
      </Stack>
      <Answer loading={overTime} what={title.toLowerCase()}>
        {({ lines, stepMillis }) => (
          <TimeChart
            label={title}
            lines={lines}
            range={around}
            marked={range}
            stepMillis={stepMillis}
            format={(value) => formatOverTime(query.profileTypeId, value)}
            height={90}
            onBrush={onBrush}
          />
        )}
      </Answer>
    </div>
  );
}
