/** Who sends what, and what of it was refused and why: "no data" explains itself here. */
import { Alert, Button, InteractiveTable, Stack, Text } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { catchError, map, of, throwError } from 'rxjs';
import { useLoaded } from '../../datasource/components/useLoaded.ts';
import { spanText } from '../../datasource/data/explainEmpty.ts';
import { isUnknownQuestion } from '../../datasource/data/querierClient.ts';
import { formatValue } from '../../flamegraph/formatValue.ts';
import { lagText } from '../../page/lagText.ts';
import type { IngestHealth, IngestSender } from '../data/ingestSenders.ts';
import { readIngest } from '../data/ingestSenders.ts';
import { Answer } from '../parts/Answer.tsx';
import type { PageProps } from './pageProps.ts';

export function IngestPage({ server }: PageProps) {
  const [count, setCount] = useState(0);
  const senders = useLoaded(
    () =>
      server.client.recentIngest().pipe(
        map(readIngest),
        catchError((error: unknown) => (isUnknownQuestion(error) ? of(undefined) : throwError(() => error))),
      ),
    [server, count],
  );
  return (
    <Stack direction="column" gap={2} alignItems="flex-start">
      <Button variant="secondary" icon="sync" onClick={() => setCount(count + 1)}>
        Refresh
      </Button>
      <Answer loading={senders} what="senders">
        {(found) =>
          found === undefined ? (
            <Alert severity="info" title="This server does not tell who sends to it">
              Pyrolens does; a plain Pyroscope has no such answer.
            </Alert>
          ) : (
            <>
              <Text color="secondary">{summaryOf(found)}</Text>
              <Senders senders={found.senders} />
            </>
          )
        }
      </Answer>
    </Stack>
  );
}

const bytesText = (bytes: number): string => formatValue(bytes, 'bytes');

function summaryOf({ senders, diskBytes, isKeptForever }: IngestHealth): string {
  const lastDay = senders.reduce((sum, { bytesLastDay }) => sum + bytesLastDay, 0);
  const onDisk = diskBytes === undefined ? [] : [`${bytesText(diskBytes)} on disk`];
  const kept = isKeptForever ? [diskBytes === undefined ? 'kept in memory' : 'kept for ever'] : [];
  return [`${bytesText(lastDay)} came in the last 24 hours`, ...onDisk, ...kept].join(' · ');
}

interface Cell {
  readonly row: { readonly original: IngestSender };
}

/** What is not known is the smallest. */
const byLag = (a: Cell['row'], b: Cell['row']): number =>
  (a.original.lagMillis ?? -Infinity) - (b.original.lagMillis ?? -Infinity);

function Nowrap({ children }: { readonly children: React.ReactNode }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}

const columns = [
  {
    id: 'agent',
    header: 'Sender',
    sortType: 'alphanumeric' as const,
    cell: ({ row: { original } }: Cell) => `${original.agent} ${original.version}`,
  },
  { id: 'address', header: 'From', cell: ({ row: { original } }: Cell) => original.address },
  { id: 'route', header: 'Route', cell: ({ row: { original } }: Cell) => original.route },
  { id: 'formats', header: 'Format', cell: ({ row: { original } }: Cell) => original.formats.join(', ') },
  {
    id: 'services',
    header: 'Services',
    cell: ({ row: { original } }: Cell) => original.services.join(', '),
  },
  {
    id: 'profilesPerMinute',
    header: 'Profiles/min',
    sortType: 'number' as const,
    cell: ({ row: { original } }: Cell) => original.profilesPerMinute,
  },
  {
    id: 'bytes',
    header: 'Received',
    sortType: 'number' as const,
    cell: ({ row: { original } }: Cell) => <Nowrap>{bytesText(original.bytes)}</Nowrap>,
  },
  {
    id: 'bytesLastDay',
    header: 'In 24 h',
    sortType: 'number' as const,
    cell: ({ row: { original } }: Cell) => <Nowrap>{bytesText(original.bytesLastDay)}</Nowrap>,
  },
  {
    id: 'refused',
    header: 'Refused',
    sortType: 'number' as const,
    cell: ({ row: { original } }: Cell) => (
      <Text color={original.refused > 0 ? 'error' : 'secondary'}>{original.refused}</Text>
    ),
  },
  {
    id: 'lastSeenMillis',
    header: 'Last seen',
    sortType: 'number' as const,
    cell: ({ row: { original } }: Cell) => (
      <Nowrap>{spanText(Math.max(0, Date.now() - original.lastSeenMillis))} ago</Nowrap>
    ),
  },
  {
    id: 'lagMillis',
    header: 'Lag',
    sortType: byLag,
    cell: ({ row: { original } }: Cell) => (
      <Nowrap>{original.lagMillis === undefined ? '–' : lagText(original.lagMillis)}</Nowrap>
    ),
  },
];

function Senders({ senders }: { readonly senders: readonly IngestSender[] }) {
  const data = useMemo(() => [...senders], [senders]);
  if (data.length === 0) return <Text>Nobody has sent anything since the server started.</Text>;
  return (
    <div style={{ overflowX: 'auto', width: '100%' }}>
      <InteractiveTable
        columns={columns}
        data={data}
        getRowId={({ key }: IngestSender) => key}
        renderExpandedRow={(sender: IngestSender) => <Details sender={sender} />}
      />
    </div>
  );
}

function Details({ sender: { labels, refusals } }: { readonly sender: IngestSender }) {
  return (
    <Stack direction="column" gap={1}>
      <Text weight="medium">Labels of the latest profiles</Text>
      {labels.map((each) => (
        <Text key={each} variant="code">
          {each}
        </Text>
      ))}
      <Text weight="medium">{refusals.length === 0 ? 'Nothing was refused lately.' : 'Refused lately'}</Text>
      {refusals.map(({ timeMillis, reason, message }, i) => (
        <Text key={i} variant="bodySmall">
          {spanText(Math.max(0, Date.now() - timeMillis))} ago · {reason}: {message}
        </Text>
      ))}
    </Stack>
  );
}
