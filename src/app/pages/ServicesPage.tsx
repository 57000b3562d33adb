/** All services at a glance: what each costs, what costs most in it, how that changed, what runs. */
import { Icon, InteractiveTable, Stack, Text, TextLink, Tooltip } from '@grafana/ui';
import { useMemo } from 'react';
import { EMPTY } from 'rxjs';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import { spanText } from '../../datasource/data/explainEmpty.ts';
import { withLabel } from '../../datasource/data/comparison.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { formatShare } from '../../flamegraph/formatValue.ts';
import { formatOverTime } from '../../page/overTime.ts';
import type { PageState } from '../data/pageAddress.ts';
import { addressOf } from '../data/pageAddress.ts';
import type { ServiceRow } from '../data/services.ts';
import { askServices } from '../data/services.ts';
import { Answer } from '../parts/Answer.tsx';
import { RangeControls } from '../parts/RangeControls.tsx';
import { Spark } from '../parts/Spark.tsx';
import { useRange } from '../useRange.ts';
import { FirstRun } from './FirstRun.tsx';
import type { PageProps } from './pageProps.ts';

export function ServicesPage({ server, location }: PageProps) {
  const { state } = location;
  const { range, millis, refresh } = useRange(state);
  const rows = useLoaded(
    () => (state.profileTypeId === '' ? EMPTY : askServices(server.client, state.profileTypeId, millis)),
    [server, state.profileTypeId, millis],
  );
  return (
    <Stack direction="column" gap={2}>
      <RangeControls server={server} location={location} range={range} onRefresh={refresh} />
      {state.profileTypeId === '' ? (
        <FirstRun server={server} onFound={refresh} />
      ) : (
        <Answer loading={rows} what="services">
          {(found) => <ServicesTable rows={found} range={millis} state={state} />}
        </Answer>
      )}
    </Stack>
  );
}

interface TableProps {
  readonly rows: readonly ServiceRow[];
  readonly range: MillisRange;
  readonly state: PageState;
}

function ServicesTable({ rows, range, state }: TableProps) {
  const columns = useMemo(() => columnsOf(range, state), [range, state]);
  const data = useMemo(() => [...rows], [rows]);
  if (data.length === 0) return <Text color="secondary">No service has sent such profiles in this time range.</Text>;
  return (
    <div style={{ overflowX: 'auto' }}>
      <InteractiveTable columns={columns} data={data} getRowId={({ service }: ServiceRow) => service} pageSize={50} />
    </div>
  );
}

interface Cell {
  readonly row: { readonly original: ServiceRow };
}

function columnsOf(range: MillisRange, state: PageState) {
  const of = (service: string): PageState => ({
    ...state,
    labelSelector: withLabel(state.labelSelector, 'service_name', service),
  });
  const sorted = (id: keyof ServiceRow, header: string, cell: (props: Cell) => React.ReactNode) => ({
    id,
    header,
    cell,
    sortType: byNumber(id),
    sortDescFirst: true,
  });
  return [
    {
      id: 'service',
      header: 'Service',
      sortType: 'alphanumeric' as const,
      cell: ({ row: { original } }: Cell) => (
        <TextLink href={addressOf('explore', of(original.service))}>
          {original.service === '' ? '(no name)' : original.service}
        </TextLink>
      ),
    },
    {
      id: 'points',
      header: 'Over time',
      cell: ({ row: { original } }: Cell) => (
        <Spark points={original.points} range={range} label={`${original.service} over time`} />
      ),
    },
    sorted('mean', 'Mean', ({ row: { original } }) => formatOverTime(state.profileTypeId, original.mean)),
    sorted('change', 'Against last week', ({ row: { original } }) => (
      <TextLink
        color="primary"
        href={addressOf('compare', { ...of(original.service), compareWith: { kind: 'offset', offset: '1w' } })}
      >
        {changeText(original.change)}
      </TextLink>
    )),
    {
      id: 'topFunction',
      header: 'Top function',
      cell: ({ row: { original } }: Cell) => <TopFunction row={original} />,
    },
    {
      id: 'versions',
      header: 'Versions',
      cell: ({ row: { original } }: Cell) => original.versions.slice(0, 3).join(', '),
    },
    sorted('pods', 'Pods', ({ row: { original } }) => (original.pods === 0 ? '–' : original.pods)),
    sorted('lastSeenMillis', 'Last seen', ({ row: { original } }) => <LastSeen millis={original.lastSeenMillis} />),
  ];
}

/** Rows without the number are the smallest. */
const byNumber =
  (id: keyof ServiceRow) =>
  (a: Cell['row'], b: Cell['row']): number =>
    Number(a.original[id] ?? -Infinity) - Number(b.original[id] ?? -Infinity);

function changeText(change: number | undefined): string {
  if (change === undefined) return 'new';
  if (Math.abs(change) < 0.005) return '±0 %';
  return `${change > 0 ? '▲' : '▼'} ${formatShare(Math.abs(change), 1)}`;
}

function TopFunction({ row: { topFunction } }: { readonly row: ServiceRow }) {
  if (topFunction === undefined) return <Text color="secondary">–</Text>;
  const { name, share } = topFunction;
  return (
    <Tooltip content={name}>
      <span style={{ display: 'inline-flex', gap: 8, maxWidth: 320 }}>
        <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</span>
        <span style={{ flex: 'none' }}>
          <Text color="secondary">{formatShare(share, 1)}</Text>
        </span>
      </span>
    </Tooltip>
  );
}

const staleMillis = 120_000;

function LastSeen({ millis }: { readonly millis: number }) {
  const age = Math.max(0, Date.now() - millis);
  if (age < 1_000) return 'just now';
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      {spanText(age)} ago {age > staleMillis && <Icon name="exclamation-triangle" title="no profiles lately" />}
    </span>
  );
}
